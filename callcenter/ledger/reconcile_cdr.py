"""CDR against CEL: each call that ended is in both, answered in both or neither, at the same times.

A call that Asterisk's end cut has no CDR, for that is written when a channel ends. A node whose CDR
is not read (another system's history) is not judged by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import exists, func, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallLeg
from callcenter.db.models.ledger import NOT_OF_CEL, LedgerFact, LedgerSource
from callcenter.ledger.kept_facts import chunks
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.parse_own_cdr import ANSWERED, UNANSWERED
from callcenter.ledger.unreconciled import Period, Unreconciled

SLACK_SECONDS = 2.0  # the CDR has whole seconds
EVENTS = (ANSWERED, UNANSWERED)


def cdr_differs(session: Session, period: Period) -> Iterator[Unreconciled]:
    for node, first_at in _known_since(session, period):
        within = Period(max(period.since, first_at), period.before, node)
        yield from _unknown_to_cel(session, within)
        yield from _calls_differ(session, within)


def _known_since(session: Session, period: Period) -> Iterator[tuple[str, float]]:
    """Nodes whose own CDR is read, with its first instant."""
    source, fact = LedgerSource, LedgerFact
    query = select(source.node).where(*period.of(source.node), source.name == CDR)
    for node in session.scalars(query):
        firsts = [
            session.scalar(
                select(fact.at)
                .where(literal_column(NOT_OF_CEL), fact.event == event, fact.node == node)
                .order_by(fact.at)
                .limit(1)
            )
            for event in EVENTS
        ]
        known = [at for at in firsts if at is not None]
        if known:
            yield node, min(known)


def _unknown_to_cel(session: Session, period: Period) -> Iterator[Unreconciled]:
    query = (
        select(LedgerFact.node, LedgerFact.call_id, func.min(LedgerFact.at))
        .where(
            *period.of(LedgerFact.node),
            literal_column(NOT_OF_CEL),
            LedgerFact.event.in_(EVENTS),
            LedgerFact.at.between(period.since, period.before),
            ~exists().where(Call.node == LedgerFact.node, Call.id == LedgerFact.call_id),
        )
        .group_by(LedgerFact.node, LedgerFact.call_id)
    )
    for row in session.execute(query):
        yield Unreconciled("cdr-only", *row, "the CDR knows this call and CEL does not")


def _calls_differ(session: Session, period: Period) -> Iterator[Unreconciled]:
    cut = exists().where(
        CallLeg.node == Call.node, CallLeg.call_id == Call.id, CallLeg.cause == "cut"
    )
    # Of an open line Asterisk writes one CDR for each call that met it, and none of the rest.
    open_line = exists().where(
        CallEvent.node == Call.node,
        CallEvent.call_id == Call.id,
        CallEvent.kind == "agent",
        CallEvent.detail == "open-line",
    )
    answered = exists().where(
        CallLeg.node == Call.node, CallLeg.call_id == Call.id, CallLeg.answered_at.is_not(None)
    )
    talked = Call.answered_at.is_not(None)
    query = select(Call.id, Call.started_at, Call.ended_at, talked, answered).where(
        *period.of(Call.node),
        Call.ended_at.between(period.since, period.before),
        # The first second of the file may have had a call that was there before it.
        Call.started_at > period.since,
        ~cut,
        ~open_line,
    )
    calls = {row[0]: row for row in session.execute(query)}
    for some in chunks(calls):
        records = _records(session, period.node, some)
        for call_id in some:
            _, started_at, ended_at, *answers = calls[call_id]
            end = ended_at or started_at  # it has ended: the query says so
            why = _difference(records.get(call_id, []), started_at, end, *answers)
            if why is not None:
                yield Unreconciled(why[0], period.node, call_id, started_at, why[1])


_Record = tuple[float, float, bool]  # begin, end, answered


def _records(session: Session, node: str, calls: Sequence[str]) -> dict[str, list[_Record]]:
    fact = LedgerFact
    query = select(fact.call_id, fact.at, fact.event, fact.fields).where(
        fact.node == node, fact.call_id.in_(calls), fact.event.in_(EVENTS)
    )
    found: dict[str, list[_Record]] = {}
    for call_id, at, event, fields in session.execute(query):
        record = (at, float(fields.get("end_at") or at), event == ANSWERED)
        found.setdefault(call_id, []).append(record)
    return found


def _difference(
    records: Sequence[_Record], started_at: float, ended_at: float, talked: bool, answered: bool
) -> tuple[str, str] | None:
    """(kind, why) of the first that differs. Pure.

    `talked`: two sides were connected. `answered`: any channel was, perhaps by the dialplan; of
    such a call the CDR tells how the last phone rang.
    """
    if not records:
        return "cdr-missing", "CEL knows this call and the CDR does not"
    said = any(has_answer for *_, has_answer in records)
    if talked and not said:
        return "cdr-answer", "CEL shows an answer that the CDR does not"
    if said and not answered:
        return "cdr-answer", "the CDR shows an answer that CEL does not"
    begins = min(begin for begin, *_ in records) - started_at
    ends = max(end for _, end, _ in records) - ended_at
    for seconds, what in ((begins, "begins"), (ends, "ends")):
        if abs(seconds) > SLACK_SECONDS:
            when = "later" if seconds > 0 else "earlier"
            return "cdr-times", f"it {what} {abs(seconds):.0f} s {when} in the CDR than in CEL"
    return None
