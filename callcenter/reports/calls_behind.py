"""Which calls lie behind a number that counts neither calls, visits nor talks.

Each is the report's own condition, so that the list shows what the report counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, or_, tuple_
from sqlalchemy.orm import aliased

from callcenter.db.models.calls import Call, CallLeg, QueueVisit
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import offset_stretches
from callcenter.reports.dispositions import disposed_calls
from callcenter.reports.first_call_resolution import called_again
from callcenter.reports.ivr_path import calls_on_path
from callcenter.reports.sums import FIRST_WEEKDAY, HOURS_A_WEEK
from callcenter.reports.transfers import transferred_calls
from callcenter.reports.trunk_use import LONGEST_CALL_SECONDS
from callcenter.reports.unrated_calls import answered_channels, unrated

KINDS = (
    "transfers", "channels", "channels-begun", "billed", "unrated", "dispositions", "path",
)  # fmt: skip
ALWAYS = (0.0, 4e9)  # since and until where none is given


@dataclass(frozen=True)
class Behind:
    """What the link of such a number carries besides period, queue and agent."""

    hour_of_week: int | None = None  # of a visit; Monday 00:00 is 0
    zone: str = "UTC"
    returning: bool = False  # of a visit: that number called the queue again
    to_agent: str = ""
    to_phone: str = ""
    step: int = 0
    place: str = ""
    then: str = ""
    disposition: str = ""
    campaign: str = ""


NOTHING_BEHIND = Behind()


def calls_behind(
    kind: str,
    since: float | None,
    until: float | None,
    queue: str,
    agent: str,
    trunk: str,
    behind: Behind,
) -> ColumnElement[bool]:
    """`kind`: one of KINDS. For a query over calls."""
    start, end = since if since is not None else ALWAYS[0], until or ALWAYS[1]
    if kind == "transfers":
        one = transferred_calls(start, end, queue, agent, behind.to_agent, behind.to_phone)
        return tuple_(Call.node, Call.id).in_(one)
    if kind == "dispositions":
        named = disposed_calls(start, end, queue, agent, behind.campaign, behind.disposition)
        return tuple_(Call.node, Call.id).in_(named)
    if kind == "path":
        queues = (queue,) if queue else ()
        found = calls_on_path(start, end, queues, behind.step, behind.place, behind.then)
        return tuple_(Call.node, Call.id).in_(found)
    if kind in ("billed", "unrated"):
        billed = _billed(start, end, trunk, queue)
        if kind == "billed":
            return billed
        _with_period(since, until)
        return and_(billed, unrated(start, end, trunk, behind.zone))
    return _has_channel(start, end, trunk, begun=kind == "channels-begun")


def visit_conditions(
    since: float | None, until: float | None, behind: Behind
) -> list[ColumnElement[bool]]:
    """For a query over queue visits."""
    found: list[ColumnElement[bool]] = []
    if behind.hour_of_week is not None:
        found.append(_in_hour(since, until, behind.hour_of_week, ZoneInfo(behind.zone)))
    if behind.returning:
        call = aliased(Call)
        found.append(
            exists().where(
                call.node == QueueVisit.node,
                call.id == QueueVisit.call_id,
                call.caller_number != "",
                called_again(call, QueueVisit),
            )
        )
    return found


def hour_of_week(weekday: int, hour: int) -> int:
    return weekday * 24 + hour


def _in_hour(
    since: float | None, until: float | None, wanted: int, zone: ZoneInfo
) -> ColumnElement[bool]:
    if since is None or until is None:
        raise InvalidInput("an hour of the week needs a period: give its beginning and its end")
    # The database counts its weeks from 1970-01-01, a Thursday.
    number = (wanted - FIRST_WEEKDAY * 24) % HOURS_A_WEEK
    at = QueueVisit.entered_at
    return or_(
        *(
            and_(
                at >= begin,
                at < end,
                cast(func.floor((at + offset) / 3600), Integer) % HOURS_A_WEEK == number,
            )
            for begin, end, offset in offset_stretches(since, until, zone)
        )
    )


def _with_period(since: float | None, until: float | None) -> None:
    if since is None or until is None:
        raise InvalidInput("this number needs a period: give its beginning and its end")


def _billed(since: float, until: float, trunk: str, queue: str) -> ColumnElement[bool]:
    answered = exists().where(*answered_channels(trunk))
    return and_(Call.started_at >= since, Call.started_at < until, Call.queue == queue, answered)


def _has_channel(since: float, until: float, trunk: str, *, begun: bool) -> ColumnElement[bool]:
    up = CallLeg.started_at >= since if begun else func.coalesce(CallLeg.ended_at, until) > since
    return and_(
        Call.started_at >= since - LONGEST_CALL_SECONDS,
        Call.started_at < until,
        exists().where(
            CallLeg.node == Call.node,
            CallLeg.call_id == Call.id,
            CallLeg.channel.like("PJSIP/trunk-%"),
            CallLeg.party == trunk,
            CallLeg.started_at < until,
            up,
        ),
    )
