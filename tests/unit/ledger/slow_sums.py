"""What kept sums have to be: slow and obvious, every raw row looked at in Python."""

from __future__ import annotations

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.rollups import (
    AgentDay,
    CallerMonth,
    CallerYear,
    DidDay,
    HouseQuarter,
    OfferDay,
    QueueQuarter,
    QueueWaitDay,
    TransferDay,
    TrunkQuarter,
)
from callcenter.domain.counts import WAIT_EDGES
from callcenter.domain.periods import period_start
from tests.unit.ledger.ledger_books import rows

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 7 * 86_400
Sums = dict[tuple[Any, ...], Any]


def us(seconds: float) -> int:
    return round(seconds * 1_000_000)


def day(at: float) -> float:
    return period_start(at, "day", BERLIN)


def kept(engine: Engine, table: Any, keys: int) -> Sums:
    """(keys…) → the other columns."""
    names = table.__table__.columns.keys()
    found = ([getattr(row, name) for name in names] for row in rows(engine, table))
    return {tuple(values[:keys]): values[keys:] for values in found}


def assert_further_sums_are_true(engine: Engine) -> None:
    for table, keys, reference in (
        (HouseQuarter, 1, house), (QueueWaitDay, 3, waits), (AgentDay, 2, agents),
        (OfferDay, 3, offers), (DidDay, 3, dids), (TransferDay, 5, transfers),
        (TrunkQuarter, 2, trunks), (CallerYear, 2, callers), (CallerMonth, 2, monthly_callers),
    ):  # fmt: skip
        assert kept(engine, table, keys) == reference(engine), table.__tablename__
    assert {key(visit): visit.next_at for visit in rows(engine, QueueVisit)} == returns(engine)


def key(visit: QueueVisit) -> tuple[str, str, int]:
    return visit.node, visit.call_id, visit.number


def house(engine: Engine) -> Sums:
    found: Sums = {}
    greatest = QueueQuarter.__table__.columns.keys().index("longest_wait_us") - 2
    for (start, _), sums in kept(engine, QueueQuarter, 2).items():
        present = found.get((start,), [0] * len(sums))
        found[start,] = [a + b for a, b in zip(present, sums, strict=True)]
        found[start,][greatest] = max(present[greatest], sums[greatest])
    return found


def waits(engine: Engine) -> Sums:
    found: Sums = {}
    for visit in rows(engine, QueueVisit):
        if visit.outcome != "waiting":
            place = (day(visit.entered_at), visit.queue, visit.outcome)
            row = found.setdefault(place, [0] * (len(WAIT_EDGES) + 1))
            row[sum(visit.wait_seconds > edge for edge in WAIT_EDGES)] += 1
    return found


def agents(engine: Engine) -> Sums:
    found: Sums = {}
    for talk in rows(engine, CallTalk):
        if talk.agent:
            row = found.setdefault((day(talk.started_at), talk.agent), [0, 0, 0])
            row[0] += 1
            row[1] += us(talk.talk_seconds)
            row[2] += us(talk.hold_seconds)
    return found


def offers(engine: Engine) -> Sums:
    queues = {call.id: call.queue for call in rows(engine, Call)}
    found: Sums = {}
    for event in rows(engine, CallEvent):
        if event.kind in ("agent_rang", "no_answer") and event.agent:
            row = found.setdefault((day(event.at), event.agent, queues[event.call_id]), [0, 0])
            row[event.kind == "no_answer"] += 1
    return found


def dids(engine: Engine) -> Sums:
    found: Sums = {}
    for call in rows(engine, Call):
        if call.direction == "inbound":
            row = found.setdefault((day(call.started_at), call.dialed, call.queue), [0, 0, 0, 0])
            row[0] += 1
            row[1] += call.outcome == "answered"
            row[2] += us(call.talk_seconds)
            row[3] += us(call.hold_seconds)
    return found


def transfers(engine: Engine) -> Sums:
    talks = {(talk.call_id, talk.number): talk for talk in rows(engine, CallTalk)}
    found: Counter[tuple[Any, ...]] = Counter()
    for (call_id, number), talk in talks.items():
        to = talks.get((call_id, number + 1))
        if to is not None and to.phone != talk.phone:
            found[day(talk.started_at), talk.agent, talk.queue, to.agent, to.phone] += 1
    return {place: [times] for place, times in found.items()}


def trunks(engine: Engine) -> Sums:
    legs = [
        leg for leg in rows(engine, CallLeg)
        if leg.channel.startswith("PJSIP/trunk-") and (leg.ended_at or 0) > leg.started_at
    ]  # fmt: skip
    found: Sums = {}
    for leg in legs:
        at = leg.started_at // 900 * 900
        while at < leg.ended_at:
            found[at, leg.party] = [0, 0, 0]
            at += 900
    for (start, party), row in found.items():
        mine = [
            (max(leg.started_at, start), min(leg.ended_at, start + 900), leg.started_at)
            for leg in legs
            if leg.party == party and leg.started_at < start + 900 and leg.ended_at > start
        ]
        row[0] = sum(start <= began for _, _, began in mine)
        row[1] = sum(us(end - begin) for begin, end, _ in mine)
        row[2] = max(sum(a <= at < b for a, b, _ in mine) for at, _, _ in mine)
    return found


def callers(engine: Engine, by: str = "year") -> Sums:
    found: Sums = {}
    for call in rows(engine, Call):
        if call.direction == "inbound" and call.caller_number:
            at = call.started_at
            place = (period_start(at, by, BERLIN), call.caller_number)
            calls, answered, first, last = found.get(place, (0, 0, at, at))
            answered += call.outcome == "answered"
            found[place] = [calls + 1, answered, min(first, at), max(last, at)]
    return found


def monthly_callers(engine: Engine) -> Sums:
    return callers(engine, "month")


def returns(engine: Engine) -> dict[tuple[str, str, int], float | None]:
    numbers = {call.id: call.caller_number for call in rows(engine, Call)}
    visits = rows(engine, QueueVisit)
    found = {}
    for visit in visits:
        after = [
            other.entered_at for other in visits
            if numbers[other.call_id] == numbers[visit.call_id] != ""
            and (other.queue, other.call_id != visit.call_id) == (visit.queue, True)
            and (other.entered_at, other.call_id) > (visit.entered_at, visit.call_id)
            and other.entered_at - visit.entered_at <= WEEK
        ]  # fmt: skip
        found[key(visit)] = min(after, default=None)
    return found
