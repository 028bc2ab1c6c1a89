"""What is known of a campaign: its own figures of late, or those of benchmark B1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import is_readable
from callcenter.db.models.campaigns import CampaignRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.site_store import load_site
from callcenter.domain.campaign import MODES_WITH_AGENTS
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import day_start, local_day
from callcenter.simulation.b1 import b1
from callcenter.simulation.past_day import PastDay, scenario_document, what_happened
from callcenter.simulation.past_day_rows import past_day
from web.services import services

LEARNED_DAYS = 7
B1_AGENTS = 10


@dataclass(frozen=True)
class Learned:
    """`document`: the scenario to change; `was`: the last day dialed, as it was, or nothing."""

    campaign: str  # empty: benchmark B1
    document: Mapping[str, Any]
    why_b1: str = ""
    dials: int = 0
    facts: Mapping[str, float] = field(default_factory=dict)
    was: Mapping[str, float] | None = None
    was_on: date | None = None


def campaigns() -> list[tuple[str, str]]:
    """(name, title) of those that agents take the calls of, dialed last first."""
    last = func.max(DialAttemptRow.reserved_at)
    with services().sessions() as session:
        found = session.execute(
            select(CampaignRow.name, CampaignRow.title)
            .outerjoin(DialAttemptRow, DialAttemptRow.campaign == CampaignRow.name)
            .where(CampaignRow.mode.in_(MODES_WITH_AGENTS))
            .group_by(CampaignRow.name, CampaignRow.title)
            .order_by(func.coalesce(last, 0.0).desc(), CampaignRow.name)
        )
        return [(name, title) for name, title in found]


def learned_of(campaign: str) -> Learned:
    """Of the days until yesterday when there are enough calls, else of today too, else B1's."""
    if not campaign:
        return _b1("This is benchmark B1: a usual campaign to homes, none of yours.")
    with services().sessions() as session:
        head = select(CampaignRow.title, CampaignRow.mode).where(CampaignRow.name == campaign)
        row = session.execute(head).one_or_none()
        if row is None:
            return _b1("That campaign is gone, so this is benchmark B1.")
        if not is_readable(session, campaign):
            return _b1(f"“{row.title}” cannot be read, so this is benchmark B1.")
        if row.mode not in MODES_WITH_AGENTS:
            return _b1(f"“{row.title}” dials every free line: no pacing to try. This is B1.")
        title, zone = row.title, ZoneInfo(load_site(session).timezone)
        now = services().clock()
        today = day_start(local_day(now, zone), zone)
        # Figures that move while a run goes on would make each ask a new one.
        for until in (today, now // 3600 * 3600 + 3600):
            learned = _learned(session, campaign, zone, until)
            if learned is not None:
                return learned
    return _b1(
        f"“{title}” has not dialed enough in the last week to learn from, so this is benchmark B1: "
        "a usual campaign to homes. From some fifty calls on the figures here are its own."
    )


def _learned(session: Session, campaign: str, zone: ZoneInfo, until: float) -> Learned | None:
    first = local_day(until - 1, zone) - timedelta(days=LEARNED_DAYS - 1)
    week = past_day(session, campaign, day_start(first, zone), until)
    try:
        document = scenario_document(week, through_the_day=False)
    except InvalidInput:
        return None
    # Several days: a shift is as long as the dialing of one of them.
    days = {local_day(call.placed_at, zone) for call in week.calls}
    last = max(days)
    day = past_day(session, campaign, day_start(last, zone), min(until, _end(last, zone)))
    document["shift_seconds"] = max(1800.0, round(week.dialing_seconds / len(days)))
    return Learned(campaign, document, "", len(week.calls), _facts(week), what_happened(day), last)


def _end(day: date, zone: ZoneInfo) -> float:
    return day_start(day + timedelta(days=1), zone)


def _facts(week: PastDay) -> dict[str, float]:
    people = [call for call in week.calls if call.kind == "human"]
    wrap_up = week.wrap_up_seconds
    return {
        "human": len(people) / len(week.calls),
        "machine": sum(call.kind == "machine" for call in week.calls) / len(week.calls),
        "talk": sum(week.talk_seconds) / len(week.talk_seconds),
        "wrap_up": sum(wrap_up) / len(wrap_up) if wrap_up else 0.0,
        "answer": sum(call.answered_after for call in people) / max(1, len(people)),
    }


def _b1(why: str) -> Learned:
    facts = {"human": 0.25, "machine": 0.30, "talk": 120.0, "wrap_up": 20.0, "answer": 10.0}
    return Learned("", b1(B1_AGENTS), why, facts=facts)
