"""What a campaign has come to, for its board: attempts, the lists, the pacing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.campaigns import CampaignListRow, LeadListRow
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow
from callcenter.db.models.leads import LeadRow
from callcenter.dialer.budget import PEOPLE, abandoned_by_law, in_the_limit
from callcenter.dialer.evidence.law import MACHINES
from callcenter.domain.campaign import Campaign

NEVER_PLACED = ("blocked", "unplaced")
RESERVED = "reserved"  # no outcome of the books: an agent looks at it, or it is about to be placed
# What a number on the board opens: name → outcomes; all others: by their times.
BY_OUTCOME: dict[str, tuple[str, ...]] = {
    "answered": PEOPLE,
    "connected": ("connected",),
    "abandoned": ("abandoned",),
    "opted-out": ("opted-out",),
    "machines": MACHINES,
    "machine": ("machine",),
    "machine-message": ("machine-message",),
    "no-answer": ("no-answer",),
    "busy": ("busy",),
    "failed": ("failed",),
    "lost": ("lost",),
    "not-placed": NEVER_PLACED,
    "blocked": ("blocked",),
    "unplaced": ("unplaced",),
}
BY_VERDICT = {"heard-human": "human", "heard-machine": "machine", "heard-unsure": "unsure"}
KINDS = ("all", "placed", "up", RESERVED, "in-the-limit", "over-patience", *BY_OUTCOME, *BY_VERDICT)


@dataclass(frozen=True)
class ListUse:
    name: str
    title: str
    weight: int
    leads: int
    tried: int
    done: int  # nothing more is due: finished, do-not-call, bad number, removed

    @property
    def penetration(self) -> float | None:
        return self.tried / self.leads if self.leads else None


@dataclass(frozen=True)
class Attempt:
    """One line of the list behind a number."""

    id: str
    number: str
    reserved_at: float
    placed_at: float | None
    answered_at: float | None
    ring_seconds: float | None
    agent_milliseconds: float | None  # from the end of the greeting until an agent was on
    verdict: str
    verdict_seconds: float | None
    outcome: str
    cause: str  # Q.850, or in words why
    agent: str
    call_id: str
    mode: str
    lead_id: int | None
    talk_seconds: float | None  # with an agent, so far as it is over


def outcomes(session: Session, campaign: str, since: float, until: float) -> dict[str, int]:
    """Attempts reserved in [since, until), by outcome; "" is still up, RESERVED not placed yet."""
    a = DialAttemptRow
    not_yet = (a.outcome == "") & a.placed_at.is_(None)
    became = case((not_yet, RESERVED), else_=a.outcome)
    found = session.execute(
        select(became, func.count())
        .where(a.campaign == campaign, a.reserved_at >= since, a.reserved_at < until)
        .group_by(became)
    )
    return {outcome: int(count) for outcome, count in found}


def placed(counts: dict[str, int]) -> int:
    """How many of `outcomes` went out to somebody."""
    never = (*NEVER_PLACED, RESERVED)
    return sum(count for outcome, count in counts.items() if outcome not in never)


def dials_per_connect(counts: dict[str, int]) -> float | None:
    connected = counts.get("connected", 0)
    return placed(counts) / connected if connected else None


def lists(session: Session, campaign: str) -> list[ListUse]:
    """In the campaign's order."""
    lead, share, of = LeadRow, CampaignListRow, LeadListRow
    counts = (
        select(
            lead.list_id,
            func.count().label("leads"),
            func.sum(case((lead.attempts > 0, 1), else_=0)).label("tried"),
            func.sum(case((lead.state != "open", 1), else_=0)).label("done"),
        )
        .join(share, share.list_id == lead.list_id)
        .where(share.campaign == campaign)
        .group_by(lead.list_id)
        .subquery()
    )
    found = session.execute(
        select(of.name, of.title, share.weight, counts.c.leads, counts.c.tried, counts.c.done)
        .join(share, share.list_id == of.id)
        .outerjoin(counts, counts.c.list_id == of.id)
        .where(share.campaign == campaign)
        .order_by(share.position)
    )
    return [
        ListUse(name, title, weight, int(leads or 0), int(tried or 0), int(done or 0))
        for name, title, weight, leads, tried, done in found
    ]


def decisions(
    session: Session, campaign: str, since: float, until: float, step_seconds: float
) -> list[PacingDecisionRow]:
    """Ascending, the last one of each step."""
    d = PacingDecisionRow
    found = session.scalars(
        select(d).where(d.campaign == campaign, d.at >= since, d.at < until).order_by(d.at)
    )
    by_step: dict[int, PacingDecisionRow] = {}
    for row in found:
        by_step[int(row.at // step_seconds)] = row
    return list(by_step.values())


def attempts(
    session: Session,
    campaign: Campaign,
    kind: str,
    since: float,
    until: float,
    *,
    before: tuple[float, str] | None = None,
    most: int = 100,
    only: Collection[str] | None = None,
) -> Sequence[Attempt]:
    """The newest first; `before`: (reserved_at, id) of the last one seen; `only`: ids."""
    a = DialAttemptRow
    conditions: list[ColumnElement[bool]] = [
        a.campaign == campaign.name, a.reserved_at >= since, a.reserved_at < until,
        *_of_kind(kind, campaign.patience_seconds),
    ]  # fmt: skip
    if only is not None:
        conditions.append(a.id.in_(only))
    if before is not None:
        at, id_ = before
        conditions.append((a.reserved_at < at) | ((a.reserved_at == at) & (a.id < id_)))
    found = session.scalars(
        select(a).where(*conditions).order_by(a.reserved_at.desc(), a.id.desc()).limit(most)
    )
    return [_attempt(row) for row in found]


def recorded(session: Session, attempts: Sequence[Attempt]) -> set[str]:
    """Those of which a recording is kept."""
    a = DialAttemptRow
    of_call = (a.node == Call.node) & (a.call_id == Call.id)
    ids = [each.id for each in attempts if each.answered_at]
    return set(
        session.scalars(select(a.id).join(Call, of_call).where(a.id.in_(ids), Call.recording != ""))
    )


PLACED: dict[str, list[ColumnElement[bool]]] = {
    "placed": [
        DialAttemptRow.outcome.not_in(NEVER_PLACED),
        (DialAttemptRow.outcome != "") | DialAttemptRow.placed_at.is_not(None),
    ],
    "up": [DialAttemptRow.outcome == "", DialAttemptRow.placed_at.is_not(None)],
    RESERVED: [DialAttemptRow.outcome == "", DialAttemptRow.placed_at.is_(None)],
}


def _of_kind(kind: str, patience_seconds: float) -> list[ColumnElement[bool]]:
    if kind == "all":
        return []
    if kind in PLACED:
        return PLACED[kind]
    if kind in BY_VERDICT:
        return [DialAttemptRow.verdict == BY_VERDICT[kind]]
    if kind in BY_OUTCOME:
        return [DialAttemptRow.outcome.in_(BY_OUTCOME[kind])]
    counted = [in_the_limit(patience_seconds)]
    return counted if kind == "in-the-limit" else [*counted, abandoned_by_law(patience_seconds)]


def _attempt(row: Any) -> Attempt:
    greeted = row.greeting_end_at or row.answered_at
    on = row.agent_on_at
    rang = row.answered_at or row.ended_at
    return Attempt(
        row.id, row.number, row.reserved_at, row.placed_at, row.answered_at,
        rang - row.placed_at if rang and row.placed_at else None,
        (on - greeted) * 1000 if on and greeted else None,
        row.verdict, row.verdict_ms / 1000 if row.verdict_ms is not None else None, row.outcome,
        row.cause, row.agent, row.call_id, row.mode, row.lead_id,
        row.ended_at - on if on and row.ended_at else None,
    )  # fmt: skip
