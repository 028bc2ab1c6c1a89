"""Rows that go in at once are the rows that come out, whatever their text is."""

from __future__ import annotations

from itertools import permutations

from sqlalchemy import select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.many_rows import insert_rows
from callcenter.db.models.calls import AgentInterval
from callcenter.db.models.ledger import LedgerChannel

ODD = (
    "\t",
    "\\",
    "\n",
    "\r",
    "\\N",
    '"',
    ",",
    "x\\ty",
    "\\.",
    "a\\\nb\tc",
    " ",
    "ü\u2028🙂",
    "None",
)


def test_any_text_comes_out_as_it_went_in(database_url: str) -> None:
    engine = open_engine(database_url)
    rows = [("pbx1", f"{number}{one}{other}", "".join((other, one)))
            for number, (one, other) in enumerate(permutations((*ODD, ""), 2))]  # fmt: skip
    with sessions(engine).begin() as session:
        insert_rows(session, LedgerChannel, ("node", "uniqueid", "call_id"), rows)
        row = LedgerChannel
        found = session.execute(select(row.node, row.uniqueid, row.call_id)).all()
    assert {tuple(each) for each in found} == set(rows)
    engine.dispose()


def test_none_numbers_and_json_keep_their_kind(database_url: str) -> None:
    engine = open_engine(database_url)
    names = ("node", "agent", "started_at", "ended_at", "state", "reason", "signs_in", "carried")
    rows = [
        ("pbx1", "1001", 1795393068.429227, None, "ready", "", True, '{"queues": ["a\\\\b"]}'),
        ("pbx1", "1001", 0.1 + 0.2, 2.5, "paused", "None", False, None),
    ]
    names += ("queue", "call_id")
    with sessions(engine).begin() as session:
        insert_rows(session, AgentInterval, names, [(*row, "", "") for row in rows])
        insert_rows(session, AgentInterval, names, [])
        query = select(*(getattr(AgentInterval, name) for name in names[:8]))
        found = session.execute(query.order_by(AgentInterval.started_at.desc())).all()
    assert [tuple(each) for each in found] == [(*rows[0][:7], {"queues": ["a\\b"]}), rows[1]]
    assert found[0].signs_in is True
    engine.dispose()
