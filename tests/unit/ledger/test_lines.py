"""What is a sound line, and what is set aside with its reason without blocking the rest."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.ledger import RejectedLine
from callcenter.ledger.facts import CEL, QUEUE_LOG, BadLine
from callcenter.ledger.parse_cel import parse_cel
from callcenter.ledger.parse_queue_log import parse_queue_log
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import calls, empty_ledger, feed

SOUND = recorded("answered")[0][1]
POISON = {
    "torn": SOUND[:40],
    "nul": SOUND.replace("cc-from-trunk", "cc-\x00"),
    "not utf-8": SOUND.replace("cc-from-trunk", "cc-\udcff"),
    "no columns": "hello",
    "bad time": SOUND.replace('"1795393', '"yesterday'),
    "endless time": SOUND.replace('"1795393', '"' + "9" * 400),
    "sql": '"x\'); DROP TABLE calls; --"',
    "no id": ",".join(['""'] * 15),
}


@pytest.mark.parametrize("kind", POISON)
def test_a_poison_line_is_refused_with_a_reason(kind: str) -> None:
    with pytest.raises(BadLine, match=r"\w"):
        parse_cel(POISON[kind])


@pytest.mark.parametrize("line", ["", "x", "1|2|3", "soon|a|b|c|CONNECT", "1|a|b|c||"])
def test_a_poison_queue_log_line_is_refused(line: str) -> None:
    with pytest.raises(BadLine):
        parse_queue_log(line)


def test_poison_is_set_aside_and_never_blocks(database_url: str) -> None:
    engine = empty_ledger(database_url)
    poison = [(CEL, line) for line in POISON.values()] + [(QUEUE_LOG, "1|\x00|\udcff")]
    lines = [each for pair in zip(poison, recorded("answered"), strict=False) for each in pair]
    feed(engine, lines + recorded("answered") + poison)
    assert [call.outcome for call in calls(engine)] == ["answered"]
    with sessions(engine).begin() as session:
        kept = list(session.scalars(select(RejectedLine)))
    assert len(kept) == len(poison)
    assert all(row.reason for row in kept)


INJECTED = "x'); DROP TABLE calls; --"


def test_whatever_an_event_is_named_it_is_only_text(database_url: str) -> None:
    """Of any column of an event, its type included, a caller or a dialplan may choose the text."""
    engine = empty_ledger(database_url)
    sound = next(csv.reader([SOUND]))
    lines = []
    for column in range(len(sound)):
        values = [INJECTED if column == place else value for place, value in enumerate(sound)]
        lines.append((CEL, ",".join('"' + each.replace('"', '""') + '"' for each in values)))
    feed(engine, lines)
    feed(engine, recorded("abandon49"))
    assert "abandoned" in [call.outcome for call in calls(engine)]
