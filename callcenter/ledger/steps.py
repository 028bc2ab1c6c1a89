"""Steps that the dialplan reports through CELGenUserEvent(CC_STEP, kind|name|detail)."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.ledger.channels import extra
from callcenter.ledger.facts import CEL, Fact

STEP = "CC_STEP"


@dataclass(frozen=True)
class Step:
    kind: str
    name: str
    detail: str


def step_of(fact: Fact) -> Step | None:
    """The step this fact reports, or None. Detail may hold `|`; kind and name never do."""
    if fact.source != CEL or STEP not in (fact.event, fact.get("user_event")):
        return None
    kind, name, detail = (extra(fact).get("extra", "") + "||").split("|", 2)
    return Step(kind, name, detail.removesuffix("||").removesuffix("|"))
