"""Leads that might be dialed now, in the campaign's order. The rules have the last word: this only
leaves out, in SQL, what surely is not due, so that a million leads can be asked twice a second."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.dialer.compliance.calling_hours import closed_by, hours_of
from callcenter.dialer.leads.callbacks import due
from callcenter.dialer.leads.conditions import clause, condition_text
from callcenter.domain.campaign import Campaign, LeadOrder

HOPPER_LEADS = 500
HELD_SECONDS = 60.0  # then leads that were loaded, or are due, meanwhile have their turn
ZONES_SECONDS = 60.0
ZONES_KEPT_SECONDS = 900.0  # a million leads are read for the few values there are
EMPTY_SECONDS = 5.0  # a list that had no more is asked again
EMPTY_TIMES = 20  # or after so many times what asking took: a rule may match one lead of millions

_ORDERS: dict[LeadOrder, tuple[ColumnElement[Any], ...]] = {
    "oldest-first": (LeadRow.due_at.asc(), LeadRow.id.asc()),
    "newest-first": (LeadRow.due_at.asc(), LeadRow.id.desc()),
    "least-tried": (LeadRow.attempts.asc(), LeadRow.due_at.asc(), LeadRow.id.asc()),
    "random": (LeadRow.shuffle.asc(), LeadRow.id.asc()),
}


def candidates(
    session: Session,
    campaign: Campaign,
    list_name: str,
    now: float,
    limit: int,
    closed_zones: tuple[str, ...] = (),
) -> list[int]:
    """Ids of leads of one list; `closed_zones` are values of `leads.zones` to leave out. Leads that
    an agent promised to call are not among them: `due_callbacks` has them for that agent."""
    kept = select(CallbackRow.lead_id).where(
        CallbackRow.state == "open",
        CallbackRow.campaign == campaign.name,
        CallbackRow.agent != "",
    )
    list_id = session.scalar(select(LeadListRow.id).where(LeadListRow.name == list_name))
    query = (
        select(LeadRow.id)
        .where(
            LeadRow.list_id == list_id,
            LeadRow.state == "open",
            LeadRow.attempt == "",
            LeadRow.due_at <= now,
            LeadRow.skip_until <= now,
            LeadRow.id.not_in(kept),
            clause(campaign.filter, now),
        )
        .order_by(LeadRow.priority.desc(), *_first_of_all(campaign, now), *_ORDERS[campaign.order])
        .limit(limit)
    )
    if closed_zones:
        query = query.where(LeadRow.zones.not_in(closed_zones))
    return list(session.scalars(query))


def _first_of_all(campaign: Campaign, now: float) -> tuple[ColumnElement[Any], ...]:
    rules = [
        (clause(condition_text(rule), now), place) for place, rule in enumerate(campaign.first)
    ]
    return (case(*rules, else_=len(rules)).asc(),) if rules else ()


def due_callbacks(
    session: Session, campaign: Campaign, now: float, agent: str, limit: int
) -> list[int]:
    """Leads whose callback is due: those promised by this agent or by anyone."""
    found = session.execute(due(campaign.name, now, ("", agent)).limit(limit))
    return list(dict.fromkeys(lead for _, lead in found))


class Hopper:
    """Some candidates of one campaign at hand, so that a large list is not sorted for each call.

    What it holds may be stale: reserving asks every rule again. One a campaign, in one process.
    """

    def __init__(
        self,
        shuffler: random.Random | None = None,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._stopwatch = stopwatch
        self._held: dict[str, deque[int]] = {}
        self._held_until = 0.0
        self._empty_until: dict[str, float] = {}
        self._zones: tuple[str, ...] = ()
        self._zones_until = 0.0
        self._closed: tuple[str, ...] = ()
        self._closed_until = 0.0
        self._settings: Campaign | None = None
        self._random = shuffler or random.Random()  # noqa: S311 - which list is next is no secret

    def take(self, session: Session, campaign: Campaign, now: float, limit: int) -> list[int]:
        """Up to `limit` ids, from the lists by their weights. Empty: nothing at hand now."""
        if campaign != self._settings:
            self._forget(campaign)
        if now >= self._held_until:
            self._held.clear()
            self._held_until = now + HELD_SECONDS
        weights = {share.list: share.weight for share in campaign.lists if share.weight > 0}
        taken: list[int] = []
        while weights and len(taken) < limit:
            name = self._random.choices(list(weights), list(weights.values()))[0]
            held = self._filled(session, campaign, name, now)
            if held:
                taken.append(held.popleft())
            else:
                del weights[name]
        return taken

    def put_back(self, list_name: str, lead_ids: list[int]) -> None:
        """Taken but not wanted: they are the next ones again."""
        self._held.setdefault(list_name, deque()).extendleft(reversed(lead_ids))

    def _filled(self, session: Session, campaign: Campaign, name: str, now: float) -> deque[int]:
        held = self._held.setdefault(name, deque())
        if not held and now >= self._empty_until.get(name, 0.0):
            closed, began = self._closed_zones(session, campaign, now), self._stopwatch()
            held.extend(candidates(session, campaign, name, now, HOPPER_LEADS, closed))
            if len(held) < HOPPER_LEADS:
                took_seconds = self._stopwatch() - began
                self._empty_until[name] = now + max(EMPTY_SECONDS, EMPTY_TIMES * took_seconds)
        return held

    def _closed_zones(self, session: Session, campaign: Campaign, now: float) -> tuple[str, ...]:
        if now >= self._zones_until:
            self._zones = zones_of_leads(session, campaign)
            self._zones_until = now + ZONES_KEPT_SECONDS
        if now >= self._closed_until:
            self._closed = closed_zones(campaign, self._zones, now)
            self._closed_until = now + ZONES_SECONDS
        return self._closed

    def _forget(self, campaign: Campaign) -> None:
        self._held.clear()
        self._empty_until.clear()
        self._zones_until = self._closed_until = 0.0
        self._settings = campaign


def zones_of_leads(session: Session, campaign: Campaign) -> tuple[str, ...]:
    """The values of `leads.zones` in the campaign's lists."""
    lists = select(LeadListRow.id).where(LeadListRow.name.in_([s.list for s in campaign.lists]))
    query = select(LeadRow.zones).where(LeadRow.list_id.in_(lists), LeadRow.state == "open")
    return tuple(session.scalars(query.distinct()))


def closed_zones(campaign: Campaign, zones_of: tuple[str, ...], now: float) -> tuple[str, ...]:
    """Which of these values of `leads.zones` are outside calling hours now.

    Hours of regions may be wider than the campaign's own, so with any only the preset's count.
    """
    hours = hours_of(campaign)
    if campaign.regions:
        hours = hours[:1]
    return tuple(
        zones for zones in zones_of if zones and closed_by(hours, tuple(zones.split(",")), now)
    )


NewId = Callable[[], str]
