"""Steps that the dialplan reports through CELGenUserEvent(CC_STEP, kind|name|detail)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
    if fact.event != STEP and fact.fields.get("user_event") != STEP:
        return None
    return _step(extra(fact).get("extra", "")) if fact.source == CEL else None


@lru_cache(maxsize=20_000)  # each is asked for several times while its call is folded
def _step(text: str) -> Step:
    kind, name, detail = (text + "||").split("|", 2)
    return Step(kind, name, detail.removesuffix("||").removesuffix("|"))
