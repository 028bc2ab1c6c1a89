"""Folds again what new facts touch, and replaces its rows. Same facts, same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerFact, LedgerRun
from callcenter.ledger.books import CallBooks
from callcenter.ledger.facts import CEL, Fact
from callcenter.ledger.fold_agent import fold_agent
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.parse_queue_log import PBX_STARTED
from callcenter.ledger.rollups import Touched, roll_up

# queue_log rounds Asterisk's start down to a second, and no call can come in before modules are
# loaded: what began up to half a second after the written start belongs to the run before it.
START_SLACK_SECONDS = 0.5
# The supervisor and systemd start Asterisk again at once, so a start is the best witness of when
# the run before it died; after a longer silence (machine off) its last written fact is.
RESTARTED_AT_ONCE_SECONDS = 300.0
CHUNK = 200


@dataclass
class Dirty:
    """What a batch of new facts touches."""

    calls: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)  # ids that a transfer joined into an older call
    agents: dict[str, float] = field(default_factory=dict)  # agent → oldest new fact
    runs: set[float] = field(default_factory=set)
    oldest_at: float | None = None


# (call id, its facts, when its Asterisk died) → its books
Fold = Callable[[str, Iterable[Fact], float | None], CallBooks | None]


def refold(session: Session, node: str, dirty: Dirty, fold: Fold = fold_call) -> None:
    """Brings the books of everything in `dirty` up to the facts in the database."""
    starts = _starts(session, node)
    calls = dirty.calls | _calls_cut_by(session, node, dirty, starts)
    facts = _facts_of_calls(session, node, calls)
    books = []
    for call_id in sorted(calls):
        cut_at = _cut_at(session, node, facts.get(call_id, []), starts)
        folded = fold(call_id, facts.get(call_id, []), cut_at)
        if folded is not None:
            books.append(folded)
    touched = Touched()
    replace_books(session, node, calls | dirty.gone, books, touched)
    for agent, oldest in _agents(session, node, dirty).items():
        _refold_agent(session, node, agent, oldest, touched)
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


def _facts_of_calls(session: Session, node: str, calls: Iterable[str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    listed = sorted(calls)
    for begin in range(0, len(listed), CHUNK):
        some = listed[begin : begin + CHUNK]
        query = select(LedgerFact).where(LedgerFact.node == node, LedgerFact.call_id.in_(some))
        for row in session.scalars(query):
            found.setdefault(row.call_id, []).append(_fact(row))
    return found


def _fact(row: LedgerFact) -> Fact:
    return Fact(
        source=row.source,
        digest=row.digest,
        at=row.at,
        event=row.event,
        uniqueid=row.uniqueid,
        linkedid=row.fields.get("linkedid", ""),
        agent=row.agent,
        fields=row.fields,
    )


def replace_books(
    session: Session, node: str, calls: set[str], books: Sequence[CallBooks], touched: Touched
) -> None:
    """Takes `calls` out and puts `books` in; notes in `touched` the sums that both touch."""
    _note_present(session, node, calls, touched)
    _delete_books(session, node, calls)
    _insert_books(session, node, books)
    for each in books:
        for visit in each.visits:
            touched.visit(visit.queue, visit.entered_at)
        for talk in each.talks:
            touched.talk(talk.queue, talk.agent, talk.started_at)


def _note_present(session: Session, node: str, calls: Iterable[str], touched: Touched) -> None:
    visit, talk = QueueVisit, CallTalk
    visits = select(visit.queue, visit.entered_at).where(visit.node == node)
    talks = select(talk.queue, talk.agent, talk.started_at).where(talk.node == node)
    listed = sorted(calls)
    for begin in range(0, len(listed), CHUNK):
        some = listed[begin : begin + CHUNK]
        for queue, entered_at in session.execute(visits.where(visit.call_id.in_(some))):
            touched.visit(queue, entered_at)
        for queue, agent, started_at in session.execute(talks.where(talk.call_id.in_(some))):
            touched.talk(queue, agent, started_at)


def _delete_books(session: Session, node: str, calls: Iterable[str]) -> None:
    listed = sorted(calls)
    for begin in range(0, len(listed), CHUNK):
        some = listed[begin : begin + CHUNK]
        session.execute(delete(Call).where(Call.node == node, Call.id.in_(some)))
        for table in (CallLeg, QueueVisit, CallTalk, CallEvent):
            session.execute(delete(table).where(table.node == node, table.call_id.in_(some)))


_PARTS = ("legs", "visits", "talks", "timeline")


def _insert_books(session: Session, node: str, books: Sequence[CallBooks]) -> None:
    calls, legs, visits, talks, events = [], [], [], [], []
    for each in books:
        row = {key: value for key, value in vars(each).items() if key not in _PARTS}
        calls.append({"node": node, **row})
        key = {"node": node, "call_id": each.id}
        legs += [{**key, **asdict(leg)} for leg in each.legs]
        visits += [{**key, "number": n, **asdict(one)} for n, one in enumerate(each.visits, 1)]
        talks += [{**key, "number": n, **asdict(one)} for n, one in enumerate(each.talks, 1)]
        events += [{**key, "number": n, **asdict(one)} for n, one in enumerate(each.timeline, 1)]
    for table, rows in (
        (Call, calls),
        (CallLeg, legs),
        (QueueVisit, visits),
        (CallTalk, talks),
        (CallEvent, events),
    ):
        if rows:
            session.execute(insert(table), rows)


def _agents(session: Session, node: str, dirty: Dirty) -> dict[str, float]:
    """Agents to fold, with the oldest instant that may change; a new start ends every talk."""
    agents = dict(dirty.agents)
    for start in dirty.runs:
        query = select(AgentInterval.agent).where(
            AgentInterval.node == node,
            AgentInterval.started_at <= start,
            AgentInterval.ended_at.is_(None) | (AgentInterval.ended_at > start),
        )
        for agent in session.scalars(query):
            agents[agent] = min(start, agents.get(agent, start))
    return agents


_SPAN = (
    AgentInterval.started_at,
    AgentInterval.ended_at,
    AgentInterval.state,
    AgentInterval.reason,
)


def _refold_agent(session: Session, node: str, agent: str, oldest: float, touched: Touched) -> None:
    """From the sign-in before `oldest` on: what came earlier cannot change."""
    mine = (AgentInterval.node == node, AgentInterval.agent == agent)
    since = session.scalar(
        select(func.max(AgentInterval.started_at)).where(
            *mine, AgentInterval.signs_in, AgentInterval.started_at < oldest
        )
    )
    begin = since if since is not None else 0.0
    query = select(LedgerFact).where(
        LedgerFact.node == node,
        LedgerFact.at >= begin,
        (LedgerFact.agent == agent) | (LedgerFact.event == PBX_STARTED),
    )
    facts = [_fact(row) for row in session.scalars(query)]
    replaced = (*mine, AgentInterval.started_at >= begin)
    found = session.execute(select(*_SPAN).where(*replaced))
    before = {(start, end, state, reason) for start, end, state, reason in found}
    session.execute(delete(AgentInterval).where(*replaced))
    intervals = fold_agent(facts)
    if intervals:
        rows = [{"node": node, "agent": agent, **vars(each)} for each in intervals]
        session.execute(insert(AgentInterval), rows)
    after = {(each.started_at, each.ended_at, each.state, each.reason) for each in intervals}
    for start, end, *_ in before ^ after:
        touched.interval(agent, start, end)
