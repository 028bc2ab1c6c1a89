"""All books once more from the facts: as they were where the fold is, else as it folds today."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import delete, select, update

from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerFact
from callcenter.ledger import refold_all as module
from callcenter.ledger.refold_all import refold_all
from callcenter.ledger.rollups.prove import prove
from tests.unit.ledger.histories import history
from tests.unit.ledger.ledger_books import books, empty_ledger, feed

START = 1_795_000_000


def test_books_of_an_older_fold_become_todays_and_forgotten_callers_stay_counted(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CALLS_A_STEP", 3)
    engine = empty_ledger(database_url)
    lines, truths = history(Random(3), 12, START)
    feed(engine, lines)
    true = books(engine)
    assert refold_all(sessions(engine)) == len(truths)
    assert books(engine) == true  # with the same fold nothing changes
    with sessions(engine).begin() as session:
        session.execute(update(QueueVisit).values(outcome="timeout"))  # as the older fold had it
        session.execute(delete(CallTalk))
        session.execute(delete(AgentInterval))
        forgotten = session.scalars(select(Call.id).order_by(Call.id).limit(4)).all()
        for fact in session.scalars(select(LedgerFact).where(LedgerFact.call_id.in_(forgotten))):
            fact.fields = {k: v for k, v in fact.fields.items() if k != "caller_number"}
        mine = QueueVisit.call_id.in_(forgotten)
        session.execute(update(Call).where(Call.id.in_(forgotten)).values(caller_number=""))
        session.execute(update(QueueVisit).where(mine).values(caller_known=True, next_at=START))
        back = session.scalars(select(QueueVisit.call_id).where(mine)).all()
    assert back
    said: list[tuple[str, int]] = []
    refold_all(sessions(engine), lambda node, done: said.append((node, done)))
    assert said[-1] == ("pbx1", len(truths))
    found = books(engine)
    for table in ("call_talks", "agent_intervals"):
        assert found[table] == true[table]
    with sessions(engine)() as session:
        outcomes = {each.outcome for truth in truths for each in truth.visits}
        assert set(session.scalars(select(QueueVisit.outcome))) == outcomes > {"timeout"}
        query = select(QueueVisit).where(QueueVisit.call_id.in_(forgotten))
        assert all(row.next_at == START and row.caller_known for row in session.scalars(query))
    _, wrong = prove(sessions(engine))
    assert wrong == []
