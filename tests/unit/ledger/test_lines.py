"""What is a sound line, and what is set aside with its reason without blocking the rest."""

from __future__ import annotations

import csv
import io
import random
import re
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import CallEvent
from callcenter.db.models.ledger import RejectedLine
from callcenter.ledger.facts import CEL, QUEUE_LOG, BadLine
from callcenter.ledger.parse_cel import COLUMNS, parse_cel
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


COLUMN = st.text(st.sampled_from('a",\\{}: \r'), max_size=4)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(COLUMN, min_size=15, max_size=16), st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
)
def test_columns_are_those_that_csv_says(columns: list[str], quoting: Literal[0, 1]) -> None:
    columns[:2] = ["ANSWER", "1795393068.429227"]
    columns[10:12] = ["u" + columns[10], "l" + columns[11]]
    out = io.StringIO()
    csv.writer(out, quoting=quoting).writerow(columns)
    line = out.getvalue().removesuffix("\r\n")
    if len(columns) > 15:
        with pytest.raises(BadLine):
            parse_cel(line)
        return
    fact = parse_cel(line)
    said = dict(zip(COLUMNS, columns, strict=True))
    assert (fact.event, fact.uniqueid, fact.linkedid) == (said["event"], columns[10], columns[11])
    told = {name: text for name, text in said.items() if text}
    assert {"event": fact.event, "at": said["at"], "uniqueid": fact.uniqueid, **fact.fields} == told


def test_a_torn_or_garbled_line_is_read_as_csv_reads_it() -> None:
    """Whichever way is taken: what csv refuses is refused, what it reads is read alike."""
    chance = random.Random(7)
    for _ in range(3000):
        line = list(SOUND)
        for _ in range(chance.randint(1, 4)):
            line[chance.randrange(len(line))] = chance.choice('"",x{')
        text = "".join(line)
        try:
            row = next(csv.reader([text], strict=True))
            sound = len(row) == 15 and all(row[n] for n in (0, 10, 11)) and not text.count('"') % 2
        except csv.Error:
            row, sound = [], False
        try:
            fact = parse_cel(text)
        except BadLine:
            assert not sound or not re.fullmatch(r"[0-9]{1,11}(\.[0-9]*)?", row[1]), text
        else:
            assert dict(fact.fields) == {
                name: value
                for name, value in zip(COLUMNS, row, strict=True)
                if value and name not in ("event", "at", "uniqueid")
            }, text


def test_json_that_spells_what_no_database_takes_is_no_poison(database_url: str) -> None:
    engine = empty_ledger(database_url)
    said = r'{""extra"":""phone|a\u0000b\ud800|\ud83d\ude42""}'.replace("\\\\", "\\")
    lines = recorded("answered")
    stepped = [line for source, line in lines if source == CEL and '"CC_STEP"' in line]
    changed = re.sub(r'"\{.*\}"$', lambda _: f'"{said}"', stepped[0])
    feed(engine, [*lines, (CEL, changed)])
    assert [call.outcome for call in calls(engine)] == ["answered"]
    with sessions(engine).begin() as session:
        steps = session.scalars(select(CallEvent).where(CallEvent.kind == "phone")).all()
        assert [(each.name, each.detail) for each in steps] == [("a?b?", "🙂")]


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
