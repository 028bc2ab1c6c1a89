"""Calls of two nodes with the same ids never mix: in the books, in what is found, on a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.domain.errors import NotFound
from callcenter.ledger.ingest import ingest
from callcenter.ledger.reader import Batch, Position
from callcenter.ledger.reconcile import reconcile
from callcenter.reports.call_detail import call_detail
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import Lines, empty_ledger

TABLES = (Call, CallLeg, QueueVisit, CallTalk, CallEvent, AgentInterval)


@pytest.fixture
def ledger(database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(database_url)
    yield engine
    engine.dispose()


def read(engine: Engine, node: str, lines: Lines) -> None:
    for source in ("queue_log", "cel"):
        some = tuple(line for where, line in lines if where == source)
        with sessions(engine).begin() as session:
            ingest(session, node, source, Batch(some, Position(), more=False), 0.0)


def rows_of(engine: Engine, node: str) -> dict[str, list[str]]:
    with sessions(engine)() as session:
        return {
            table.__tablename__: sorted(
                str(tuple(row)[1:])
                for row in session.execute(
                    select(*table.__table__.columns).where(table.node == node)
                )
            )
            for table in TABLES
        }


def test_the_same_lines_on_two_nodes_are_two_sets_of_books(ledger: Engine) -> None:
    lines = recorded("signin") + recorded("attended_twice")
    read(ledger, "pbx1", lines)
    alone = rows_of(ledger, "pbx1")
    # of the other node only the first half is known yet: its call goes on
    read(ledger, "pbx2", [each for each in lines if "HANGUP" not in each[1]][:40])
    assert rows_of(ledger, "pbx1") == alone
    read(ledger, "pbx2", lines)
    assert rows_of(ledger, "pbx1") == rows_of(ledger, "pbx2") == alone


def test_a_new_asterisk_on_one_node_cuts_no_call_of_the_other(ledger: Engine) -> None:
    lines = recorded("killed")
    before = [each for each in lines if "QUEUESTART" not in each[1]]
    for node in ("pbx1", "pbx2"):
        read(ledger, node, before)
    read(ledger, "pbx2", lines)
    with sessions(ledger)() as session:
        found = {row.node: row.outcome for row in session.execute(select(Call.node, Call.outcome))}
    assert found == {"pbx1": "", "pbx2": "cut"}


def test_a_call_is_found_by_id_and_node(ledger: Engine) -> None:
    lines = recorded("attended_twice")
    read(ledger, "pbx1", lines)
    with sessions(ledger)() as session:
        call_id = session.scalar(select(Call.id))
        assert call_id is not None
        assert call_detail(session, call_id).call.node == "pbx1"
    read(ledger, "pbx2", [(where, line.replace("Eve", "Bob")) for where, line in lines])
    with sessions(ledger)() as session:
        # also by a channel that a transfer brought into the call
        other = session.scalars(
            select(CallLeg.uniqueid).where(CallLeg.uniqueid != call_id).limit(1)
        ).one()
        for uniqueid in (call_id, other):
            for node in ("pbx1", "pbx2"):
                detail = call_detail(session, uniqueid, node=node)
                nodes = [detail.call.node, *(leg.node for leg in detail.legs)]
                nodes += [talk.node for talk in detail.talks]
                nodes += [event.node for event in detail.timeline]
                assert set(nodes) == {node}
                assert call_detail(session, uniqueid, here=node).call.node == node
            with pytest.raises(NotFound, match="calls of 2 nodes have this id"):
                call_detail(session, uniqueid)
        with pytest.raises(NotFound):
            call_detail(session, call_id, node="pbx3")


def test_each_node_is_judged_by_its_own_lines(ledger: Engine, tmp_path: Path) -> None:
    lines = recorded("answered")
    read(ledger, "pbx1", lines)
    read(ledger, "pbx2", [each for each in lines if "|CONNECT|" not in each[1]])
    with sessions(ledger)() as session:
        now = (session.scalar(select(func.max(Call.ended_at))) or 0) + 3600
        found = reconcile(session, tmp_path, now)
        assert [(each.kind, each.node) for each in found] == [("answer-cel", "pbx2")]
        assert reconcile(session, tmp_path, now, node="pbx1") == []
