"""Answered calls of a trunk that no rate covers: what `RateBook.rate_for` decides, as SQL."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, and_, case, exists, false, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from callcenter.db.models.calls import Call, CallLeg
from callcenter.db.models.rates import CallRateRow
from callcenter.domain.periods import offset_stretches


class _DayOf(FunctionElement[Any]):
    """The date of epoch seconds in UTC; add a zone's offset for its local one."""

    type = Date()
    inherit_cache = True


@compiles(_DayOf)
def _day_of(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, 'unixepoch')"


@compiles(_DayOf, "postgresql")
def _day_of_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    at = compiler.process(element.clauses, **options)
    return f"(to_timestamp({at}) AT TIME ZONE 'UTC')::date"


def answered_channels(trunk: str) -> tuple[ColumnElement[bool], ...]:
    """Of the call, over this trunk, that somebody answered: what is billed."""
    return (
        CallLeg.node == Call.node,
        CallLeg.call_id == Call.id,
        CallLeg.channel.like("PJSIP/trunk-%"),
        CallLeg.party == trunk,
        CallLeg.answered_at.is_not(None),
    )


def unrated(since: float, until: float, trunk: str, zone: str) -> ColumnElement[bool]:
    """For a query over calls begun in the period with such a channel."""
    customer = exists().where(*answered_channels(trunk), CallLeg.role == "customer")
    has_number = or_(Call.direction == "outbound", customer)
    return ~and_(has_number, _has_rate(since, until, trunk, ZoneInfo(zone)))


def _has_rate(since: float, until: float, trunk: str, zone: ZoneInfo) -> ColumnElement[bool]:
    rate = CallRateRow
    of_trunk = (rate.direction == Call.direction, rate.trunk.in_((trunk, "")))
    in_force = [
        and_(
            Call.started_at >= begin,
            Call.started_at < end,
            rate.valid_from <= _DayOf(Call.started_at + offset),
        )
        for begin, end, offset in offset_stretches(since, until, zone)
    ]
    return exists().where(*of_trunk, _digits().startswith(rate.prefix), or_(false(), *in_force))


def _digits() -> ColumnElement[str]:
    """As `rates.digits_of`: without `+` or `00` in front."""
    dialed = Call.dialed
    return case(
        (dialed.like("+%"), func.substr(dialed, 2)),
        (dialed.like("00%"), func.substr(dialed, 3)),
        else_=dialed,
    )
