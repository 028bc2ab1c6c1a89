"""Searching calls by part of a number, so that nobody waits for every call to be looked at."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.number_index import SHORTEST, has_number_index
from callcenter.domain.errors import InvalidInput
from callcenter.reports.call_filter import CallFilter, within

MOST_LOOKED_AT = 100_000  # calls


def searchable(session: Session, chosen: CallFilter) -> CallFilter:
    """As asked where it is quick; with more calls than that, and no index of parts, only a whole
    number can be found. Raises InvalidInput for a part of one then."""
    text = chosen.number
    if not text or (len(text) >= SHORTEST and has_number_index(session)):
        return chosen
    some = select(Call.id).where(*within(Call.started_at, chosen))
    if session.scalar(some.order_by(Call.started_at).offset(MOST_LOOKED_AT).limit(1)) is None:
        return chosen
    whole = or_(Call.caller_number == text, Call.dialed == text)
    if session.scalar(select(Call.id).where(whole).limit(1)) is None:
        raise InvalidInput(
            f"these are more than {MOST_LOOKED_AT:,} calls, and no number is {text}: choose a "
            "shorter period to search for part of a number, or write the whole number as the list "
            "shows it (on PostgreSQL, callcenter db index-numbers makes this search quick)"
        )
    return replace(chosen, whole_number=True)
