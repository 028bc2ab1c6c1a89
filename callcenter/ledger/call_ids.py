"""Which call a channel belongs to. Calls joined by a transfer become one: the oldest id stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from callcenter.ledger.channels import age_of
from callcenter.ledger.facts import Fact

_ATTEMPT = re.compile(r".+-[0-9a-f]{32}-[0-9]+\.0", re.ASCII)


def is_attempt(channel: str) -> bool:
    """A campaign's call out: the dialer chose its id (docs/architecture.md, Dialing)."""
    return _ATTEMPT.fullmatch(channel) is not None


def join(known: Mapping[str, str], facts: Iterable[Fact]) -> tuple[dict[str, str], dict[str, str]]:
    """`known`: channel → call id so far. Returns (channel → call id, old call id → new one)."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def unite(one: str, other: str) -> None:
        first, second = sorted((root(one), root(other)), key=age_of)
        parent[second] = first

    for channel, call in known.items():
        unite(channel, call)
    for channel, call in {(fact.uniqueid, fact.linkedid) for fact in facts if fact.uniqueid}:
        unite(channel, call or channel)
    moved = {call: root(call) for call in set(known.values()) if root(call) != call}
    return {name: root(name) for name in list(parent)}, moved
