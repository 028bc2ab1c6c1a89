"""Folds again what new facts touch, and replaces its rows. Same facts, same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.db.many_rows import insert_rows
from callcenter.db.models.calls import Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerFact, LedgerRun
from callcenter.ledger.books import CallBooks, Leg, Talk, TimelineEntry, Visit
from callcenter.ledger.facts import CEL, Fact
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.keep_agents import refold_agent, touched_agents
from callcenter.ledger.kept_facts import chunks, facts_of_calls
from callcenter.ledger.parse_queue_log import PBX_STARTED
from callcenter.ledger.rollups import Touched, note_books, note_present, roll_up

# queue_log rounds Asterisk's start down to a second, and no call can come in before modules are
# loaded: what began up to half a second after the written start belongs to the run before it.
START_SLACK_SECONDS = 0.5
# The supervisor and systemd start Asterisk again at once, so a start is the best witness of when
# the run before it died; after a longer silence (machine off) its last written fact is.
RESTARTED_AT_ONCE_SECONDS = 300.0


@dataclass
class Dirty:
    """What a batch of new facts touches."""

    calls: set[str] = field(default_factory=set)
    facts: dict[str, list[Fact]] = field(default_factory=dict)  # all of a call, where at hand
    gone: set[str] = field(default_factory=set)  # ids that a transfer joined into an older call
    agents: dict[str, float] = field(default_factory=dict)  # agent → oldest new fact
    runs: set[float] = field(default_factory=set)
    wrap_ups: set[str] = field(default_factory=set)  # calls that a wrap-up became known of
    oldest_at: float | None = None


# (call id, its facts, when its Asterisk died) → its books
Fold = Callable[[str, Iterable[Fact], float | None], CallBooks | None]


def refold(session: Session, node: str, dirty: Dirty, fold: Fold = fold_call) -> None:
    """Brings the books of everything in `dirty` up to the facts in the database."""
    starts = _starts(session, node)
    calls = dirty.calls | _calls_cut_by(session, node, dirty, starts)
    facts = facts_of_calls(session, node, calls - dirty.facts.keys()) | dirty.facts
    books = []
    for call_id in sorted(calls):
        cut_at = _cut_at(session, node, facts.get(call_id, []), starts)
        folded = fold(call_id, facts.get(call_id, []), cut_at)
        if folded is not None:
            books.append(folded)
    touched = Touched()
    replace_books(session, node, calls | dirty.gone, books, touched)
    agents = touched_agents(session, node, dirty.agents, dirty.runs, dirty.wrap_ups)
    for agent, oldest in agents.items():
        refold_agent(session, node, agent, oldest, touched)
    roll_up(session, touched)


def _starts(session: Session, node: str) -> list[float]:
    query = select(LedgerRun.started_at).where(LedgerRun.node == node)
    return list(session.scalars(query.order_by(LedgerRun.started_at)))


def _calls_cut_by(session: Session, node: str, dirty: Dirty, starts: Sequence[float]) -> set[str]:
    """Open calls that a new start shows to be dead, and cut ones a late line may have extended."""
    found: set[str] = set()
    query = select(Call.id).where(Call.node == node)
    for start in dirty.runs:
        early = query.where(Call.started_at < start + START_SLACK_SECONDS)
        found |= set(session.scalars(early.where(Call.ended_at.is_(None))))
        found |= set(session.scalars(early.where(Call.outcome == "cut", Call.ended_at >= start)))
    if dirty.oldest_at is not None and starts and dirty.oldest_at < starts[-1]:
        late = query.where(Call.outcome == "cut", Call.started_at < starts[-1] + 1)
        before = [start for start in starts if start <= dirty.oldest_at]
        found |= set(session.scalars(late.where(Call.ended_at >= before[-1]) if before else late))
    return found


def _cut_at(
    session: Session, node: str, facts: Sequence[Fact], starts: Sequence[float]
) -> float | None:
    """When the run that carried this call died, if a newer one has started."""
    if not facts:
        return None
    # queue_log has whole seconds: a call in the second of the start would seem older than it.
    began = min(fact.at for fact in [f for f in facts if f.source == CEL] or facts)
    start = next((each for each in starts if began < each + START_SLACK_SECONDS), None)
    if start is None:
        return None
    last = session.scalar(
        select(func.max(LedgerFact.at)).where(
            LedgerFact.node == node,
            LedgerFact.at < start + START_SLACK_SECONDS,
            LedgerFact.event != PBX_STARTED,
        )
    )
    sign = max(last or began, max(fact.at for fact in facts))
    return max(sign, start) if start - sign <= RESTARTED_AT_ONCE_SECONDS else sign


def replace_books(
    session: Session, node: str, calls: set[str], books: Sequence[CallBooks], touched: Touched
) -> None:
    """Takes `calls` out and puts `books` in; notes in `touched` the sums that both touch."""
    present = note_present(session, node, calls, touched)
    _delete_books(session, node, present)
    _insert_books(session, node, books)
    note_books(books, touched)


def _delete_books(session: Session, node: str, calls: Iterable[str]) -> None:
    for some in chunks(sorted(calls)):
        session.execute(delete(Call).where(Call.node == node, Call.id.in_(some)))
        for table in (CallLeg, QueueVisit, CallTalk, CallEvent):
            session.execute(delete(table).where(table.node == node, table.call_id.in_(some)))


_PARTS = ("legs", "visits", "talks", "timeline")
_CALL, _LEG, _VISIT, _TALK, _EVENT = (
    tuple(each.name for each in fields(kind) if each.name not in _PARTS)
    for kind in (CallBooks, Leg, Visit, Talk, TimelineEntry)
)
_call, _leg, _visit, _talk, _event = (
    attrgetter(*names) for names in (_CALL, _LEG, _VISIT, _TALK, _EVENT)
)


def _insert_books(session: Session, node: str, books: Sequence[CallBooks]) -> None:
    calls, legs, visits, talks, events = [], [], [], [], []
    for each in books:
        calls.append((node, *_call(each)))
        key, known = (node, each.id), bool(each.caller_number)
        legs += [(*key, *_leg(one)) for one in each.legs]
        visits += [(*key, n, known, *_visit(one)) for n, one in enumerate(each.visits, 1)]
        talks += [(*key, n, *_talk(one)) for n, one in enumerate(each.talks, 1)]
        events += [(*key, n, *_event(one)) for n, one in enumerate(each.timeline, 1)]
    own = ("node", "call_id")
    insert_rows(session, Call, ("node", *_CALL), calls)
    insert_rows(session, CallLeg, (*own, *_LEG), legs)
    insert_rows(session, QueueVisit, (*own, "number", "caller_known", *_VISIT), visits)
    insert_rows(session, CallTalk, (*own, "number", *_TALK), talks)
    insert_rows(session, CallEvent, (*own, "number", *_EVENT), events)
