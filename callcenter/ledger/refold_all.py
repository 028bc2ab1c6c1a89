"""Every call and every agent's day once more from the facts, as the fold of today reads them.

For after an update that folds otherwise. In steps, each a transaction of its own in which the
node's ledger waits; a step done twice changes nothing, so it may be broken off and begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import exists, literal_column, select, tuple_, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.calls import Call, CallLeg, QueueVisit
from callcenter.db.models.ledger import OF_AN_AGENT, LedgerFact, LedgerSource
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.import_history import fold_any
from callcenter.ledger.keep_books import Dirty, Fold, refold
from callcenter.ledger.kept_facts import facts_of_calls
from callcenter.ledger.rollups import Touched, roll_up

CALLS_A_STEP = 500

Said = Callable[[str, int], None]  # (node, calls folded so far)


def refold_all(sessions: sessionmaker[Session], said: Said = lambda *_: None) -> int:
    """How many calls were folded. Calls and intervals without facts stay as they are."""
    with sessions() as session:
        nodes = list(session.scalars(select(LedgerSource.node).distinct()))
    return sum(_refold_node(sessions, node, said) for node in sorted(nodes))


def _refold_node(sessions: sessionmaker[Session], node: str, said: Said) -> int:
    done = 0
    place: tuple[float, str] | None = (0.0, "")
    while place is not None:
        with sessions.begin() as session:
            _hold_ledger(session, node)
            found = _next_calls(session, node, place)
            _refold_calls(session, node, [call for _, call in found])
        done += len(found)
        place = found[-1] if found else None
        said(node, done)
    with sessions.begin() as session:
        _hold_ledger(session, node)
        _refold_calls(session, node, list(_calls_without_books(session, node)))
    for agent in _agents(sessions, node):
        with sessions.begin() as session:
            _hold_ledger(session, node)
            refold(session, node, Dirty(agents={agent: 0.0}))
    return done


def _hold_ledger(session: Session, node: str) -> None:
    """First of all a write to what each batch of the ledger writes: neither reads old facts."""
    mine = LedgerSource.node == node
    session.execute(update(LedgerSource).where(mine).values(read_at=LedgerSource.read_at))


def _next_calls(
    session: Session, node: str, after: tuple[float, str]
) -> Sequence[tuple[float, str]]:
    """In the order of time, so that a step touches the sums of few days."""
    rows = session.execute(
        select(Call.started_at, Call.id)
        .where(Call.node == node, tuple_(Call.started_at, Call.id) > tuple_(*after))
        .order_by(Call.started_at, Call.id)
        .limit(CALLS_A_STEP)
    )
    return [(at, call) for at, call in rows]


def _calls_without_books(session: Session, node: str) -> Iterator[str]:
    """Of facts that no call came of until now."""
    known = exists().where(Call.node == LedgerFact.node, Call.id == LedgerFact.call_id)
    query = select(LedgerFact.call_id).where(
        LedgerFact.node == node, LedgerFact.call_id != "", ~known
    )
    yield from session.scalars(query.distinct())


def _agents(sessions: sessionmaker[Session], node: str) -> list[str]:
    with sessions() as session:
        query = select(LedgerFact.agent).where(LedgerFact.node == node, literal_column(OF_AN_AGENT))
        return sorted(session.scalars(query.distinct()))


def _refold_calls(session: Session, node: str, calls: Sequence[str]) -> None:
    facts = facts_of_calls(session, node, calls)
    live = set(_with_legs(session, node, list(facts)))
    known = _known_returns(session, node, list(facts))
    ways: tuple[tuple[set[str], Fold], ...] = ((live, fold_call), (facts.keys() - live, fold_any))
    for mine, fold in ways:
        if mine:
            some = {call: facts[call] for call in mine}
            refold(session, node, Dirty(calls=mine, facts=some), fold)
    _put_back(session, node, known)


def _with_legs(session: Session, node: str, calls: Sequence[str]) -> Iterator[str]:
    """The others came from another system's queue_log, or have no books yet."""
    query = select(CallLeg.call_id).where(CallLeg.node == node, CallLeg.call_id.in_(calls))
    yield from session.scalars(query.distinct())


Return = tuple[str, int, float | None]  # call, number of the visit, when its caller came back


def _known_returns(session: Session, node: str, calls: Sequence[str]) -> list[Return]:
    """What the visits of callers tell whose numbers are forgotten: no fact has it any more."""
    visit = QueueVisit
    query: Any = (
        select(visit.call_id, visit.number, visit.next_at)
        .join(Call, (Call.node == visit.node) & (Call.id == visit.call_id))
        .where(visit.node == node, visit.call_id.in_(calls), visit.caller_known)
        .where(Call.caller_number == "")
    )
    return [(call, number, at) for call, number, at in session.execute(query)]


def _put_back(session: Session, node: str, known: Sequence[Return]) -> None:
    touched = Touched()
    for call, number, next_at in known:
        row = session.get(QueueVisit, (node, call, number), populate_existing=True)
        if row is not None:
            row.caller_known, row.next_at = True, next_at
            touched.visit(row.queue, row.entered_at)
    session.flush()
    if known:
        roll_up(session, touched)
