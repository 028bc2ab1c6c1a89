"""The dialer's own attempts against CEL: each placed call is in both, and ended the same way."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.ledger import LedgerChannel
from callcenter.ledger.call_ids import is_attempt
from callcenter.ledger.unreconciled import Period, Unreconciled

# Nothing was sent, or nobody can say what became of it.
NO_CALL = ("", "blocked", "unplaced", "lost")


def attempts_differ(session: Session, period: Period, open_before: float) -> Iterator[Unreconciled]:
    """`open_before`: what was placed before this has had its time to end."""
    yield from _placed_unknown(session, period)
    yield from _calls_of_nobody(session, period)
    yield from _outcomes_differ(session, period)
    yield from _never_settled(session, period, open_before)


def _placed_unknown(session: Session, period: Period) -> Iterator[Unreconciled]:
    row = DialAttemptRow
    query = select(row.node, row.call_id, row.placed_at).where(
        *period.of(row.node),
        row.placed_at.between(period.since, period.before),
        row.ended_at < period.before,
        row.outcome.not_in(NO_CALL),
        # A transfer may have joined it into an older call: its channel is known then.
        ~exists().where(LedgerChannel.node == row.node, LedgerChannel.uniqueid == row.call_id),
    )
    for node, call_id, at in session.execute(query):
        why = "the dialer placed this call and CEL does not know it"
        yield Unreconciled("attempt-no-call", node, call_id, at or 0.0, why)


def _calls_of_nobody(session: Session, period: Period) -> Iterator[Unreconciled]:
    row = DialAttemptRow
    query = select(Call.node, Call.id, Call.started_at).where(
        *period.of(Call.node),
        Call.started_at.between(period.since, period.before),
        Call.id.like("%-%-%.0"),
        ~exists().where(row.node == Call.node, row.call_id == Call.id),
    )
    for node, call_id, at in session.execute(query):
        if is_attempt(call_id):
            why = "the dialer has no attempt that belongs to this call"
            yield Unreconciled("call-no-attempt", node, call_id, at, why)


def _outcomes_differ(session: Session, period: Period) -> Iterator[Unreconciled]:
    row = DialAttemptRow
    talked = exists().where(
        CallTalk.node == row.node, CallTalk.call_id == row.call_id, CallTalk.agent != ""
    )
    query = select(row.node, row.call_id, row.placed_at).where(
        *period.of(row.node),
        row.placed_at.between(period.since, period.before),
        row.ended_at < period.before,
    )
    known = exists().where(Call.node == row.node, Call.id == row.call_id, Call.outcome != "cut")
    for node, call_id, at in session.execute(query.where(row.outcome == "abandoned", talked)):
        why = "the dialer says nobody was there for the person, and an agent talked with them"
        yield Unreconciled("attempt-outcome", node, call_id, at or 0.0, why)
    for node, call_id, at in session.execute(
        query.where(row.outcome == "connected", known, ~talked)
    ):
        why = "the dialer says an agent talked with the person, and CEL shows no such talk"
        yield Unreconciled("attempt-outcome", node, call_id, at or 0.0, why)


def _never_settled(session: Session, period: Period, open_before: float) -> Iterator[Unreconciled]:
    row = DialAttemptRow
    query = select(row.node, row.call_id, row.placed_at).where(
        *period.of(row.node),
        row.outcome == "",
        row.reserved_at < open_before,
        row.placed_at.is_not(None),
    )
    for node, call_id, at in session.execute(query):
        why = "the dialer placed it more than 12 hours ago and it has no outcome"
        yield Unreconciled("attempt-open", node, call_id, at or 0.0, why)
