"""Notes what rows of the books touch: as they are in the database, or as newly folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.ledger.books import CallBooks
from callcenter.ledger.rollups.touched import Touched

CHUNK = 500
OFFERS = ("agent_rang", "no_answer")
TRUNK_CHANNEL = "PJSIP/trunk-"


def note_present(session: Session, node: str, calls: Iterable[str], touched: Touched) -> list[str]:
    """Rows that are about to be taken out. Of `calls` those that there are: most are folded for
    the first time."""
    listed, present = sorted(calls), list[str]()
    for begin in range(0, len(listed), CHUNK):
        some = listed[begin : begin + CHUNK]
        numbers = _note_calls(session, node, some, touched)
        if numbers:
            _note_parts(session, node, list(numbers), numbers, touched)
            present += numbers
    return present


def _note_calls(
    session: Session, node: str, some: Sequence[str], touched: Touched
) -> dict[str, str]:
    """Call → its caller's number."""
    row = Call
    query = select(row.id, row.caller_number, row.dialed, row.started_at)
    found = {}
    for call_id, number, dialed, at in session.execute(
        query.where(row.node == node, row.id.in_(some))
    ):
        touched.call(number, dialed, at)
        found[call_id] = number
    return found


def _note_parts(
    session: Session, node: str, some: Sequence[str], numbers: dict[str, str], touched: Touched
) -> None:
    visit, talk, leg, event = QueueVisit, CallTalk, CallLeg, CallEvent
    for call_id, queue, entered_at, waited in session.execute(
        select(visit.call_id, visit.queue, visit.entered_at, visit.wait_seconds).where(
            visit.node == node, visit.call_id.in_(some)
        )
    ):
        touched.visit(queue, entered_at, waited, numbers[call_id])
    talks = session.execute(
        select(talk.call_id, talk.queue, talk.agent, talk.started_at).where(
            talk.node == node, talk.call_id.in_(some)
        )
    ).all()
    times = Counter(call_id for call_id, *_ in talks)
    for call_id, queue, agent, at in talks:
        touched.talk(queue, agent, at)
        if times[call_id] > 1:
            touched.transfer(agent, at)
    for party, start, end in session.execute(
        select(leg.party, leg.started_at, leg.ended_at).where(
            leg.node == node, leg.call_id.in_(some), leg.channel.startswith(TRUNK_CHANNEL)
        )
    ):
        touched.trunk(party, start, end)
    for agent, at in session.execute(
        select(event.agent, event.at).where(
            event.node == node, event.call_id.in_(some), event.kind.in_(OFFERS)
        )
    ):
        touched.offer(agent, at)


def note_books(books: Iterable[CallBooks], touched: Touched) -> None:
    """Rows that have just been put in."""
    for each in books:
        touched.call(each.caller_number, each.dialed, each.started_at)
        for visit in each.visits:
            touched.visit(visit.queue, visit.entered_at, visit.wait_seconds, each.caller_number)
        for talk in each.talks:
            touched.talk(talk.queue, talk.agent, talk.started_at)
            if len(each.talks) > 1:
                touched.transfer(talk.agent, talk.started_at)
        for leg in each.legs:
            if leg.channel.startswith(TRUNK_CHANNEL):
                touched.trunk(leg.party, leg.started_at, leg.ended_at)
        for event in each.timeline:
            if event.kind in OFFERS:
                touched.offer(event.agent, event.at)
