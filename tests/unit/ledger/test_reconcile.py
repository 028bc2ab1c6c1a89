"""Each way in which books can fail to add up is found, and sound books are not accused."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import CallLeg
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.parse_cel import COLUMNS as CEL_COLUMNS
from callcenter.ledger.reconcile import (
    LONGEST_CALL_SECONDS,
    PERIOD_SECONDS,
    SETTLE_SECONDS,
    reconcile,
)
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import Lines, calls, empty_ledger, feed

HOUR = 3600.0


@pytest.fixture
def ledger(database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(database_url)
    yield engine
    engine.dispose()


def whys(ledger: Engine, folder: Path, after_seconds: float = HOUR, **more: Any) -> list[str]:
    """What is said of the books so long after the last call began."""
    now = calls(ledger)[-1].started_at + after_seconds if calls(ledger) else after_seconds
    with sessions(ledger)() as session:
        return [each.why for each in reconcile(session, folder, now, **more)]


def without(lines: Lines, source: str, *words: str) -> list[tuple[str, str]]:
    return [
        (where, line)
        for where, line in lines
        if where != source or not any(word in line for word in words)
    ]


def recorded_call() -> tuple[list[tuple[str, str]], str]:
    """A call whose dialplan said that it is recorded, and the name of the file."""
    lines = recorded("answered")
    step = next(line for _, line in lines if "queue|support|" in line)
    channel = next(csv.reader([step]))[CEL_COLUMNS.index("uniqueid")]
    name = f"2026/11/23/{channel}.raw"
    return [*lines, (CEL, step.replace("queue|support|", f"recording|{name}|"))], name


@pytest.mark.parametrize("situation", ["answered", "hold", "abandon49", "attended_twice", "menu"])
def test_sound_books_add_up(ledger: Engine, tmp_path: Path, situation: str) -> None:
    feed(ledger, recorded(situation))
    assert whys(ledger, tmp_path) == []


def test_a_call_that_only_queue_log_knows(ledger: Engine, tmp_path: Path) -> None:
    lines = [each for each in recorded("answered") if each[0] == QUEUE_LOG]
    feed(ledger, lines)
    entered = next(line for _, line in lines if "ENTERQUEUE" in line)
    after = float(entered.partition("|")[0]) + HOUR
    found = whys(ledger, tmp_path, after)
    assert found == [
        "queue_log knows this call and CEL does not",
        "queue_log shows an answer that CEL does not",
    ]


def test_an_answer_that_queue_log_does_not_know(ledger: Engine, tmp_path: Path) -> None:
    feed(ledger, without(recorded("answered"), QUEUE_LOG, "|CONNECT|"))
    assert whys(ledger, tmp_path) == ["CEL shows an answer that queue_log does not"]


def test_an_answer_that_cel_does_not_know(ledger: Engine, tmp_path: Path) -> None:
    feed(ledger, without(recorded("answered"), CEL, '"BRIDGE_ENTER"', '"BRIDGE_EXIT"'))
    assert whys(ledger, tmp_path) == ["queue_log shows an answer that CEL does not"]


def test_a_recording_that_is_missing_and_one_of_nobody(ledger: Engine, tmp_path: Path) -> None:
    lines, name = recorded_call()
    feed(ledger, lines)
    assert whys(ledger, tmp_path) == [f"the recording {name} is not there"]
    began = calls(ledger)[0].started_at
    for each in (name, "2026/11/23/stray.raw"):
        path = tmp_path / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        os.utime(path, (began, began))
    assert whys(ledger, tmp_path) == ["the recording 2026/11/23/stray.raw belongs to no call"]


def test_the_recording_of_a_consultation_belongs_to_its_call(
    ledger: Engine, tmp_path: Path
) -> None:
    """An agent asked another queue: two files, and the customer's is the call's."""
    lines, name = recorded_call()
    feed(ledger, lines)
    call = calls(ledger)[0]
    with sessions(ledger)() as session:
        legs = session.scalars(select(CallLeg.uniqueid).where(CallLeg.call_id == call.id)).all()
    other = next(leg for leg in legs if leg not in name)
    feed(ledger, [(CEL, lines[-1][1].replace(name, f"2026/11/23/{other}.raw"))])
    for each in (name, f"2026/11/23/{other}.raw"):
        path = tmp_path / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        os.utime(path, (call.started_at, call.started_at))
    assert calls(ledger)[0].recording == name
    assert whys(ledger, tmp_path) == []


def test_what_is_young_is_not_judged_yet(ledger: Engine, tmp_path: Path) -> None:
    lines, _ = recorded_call()
    feed(ledger, lines)
    lasted = (calls(ledger)[0].ended_at or 0) - calls(ledger)[0].started_at
    assert whys(ledger, tmp_path, lasted + SETTLE_SECONDS - 1) == []
    assert whys(ledger, tmp_path, lasted + SETTLE_SECONDS + 1) != []


def test_a_call_that_never_ends_is_found_however_old(ledger: Engine, tmp_path: Path) -> None:
    feed(ledger, without(recorded("menu"), CEL, '"CHAN_END"', '"LINKEDID_END"', '"HANGUP"'))
    assert whys(ledger, tmp_path, LONGEST_CALL_SECONDS - HOUR) == []
    said = ["it began more than 12 hours ago and CEL shows no end"]
    assert whys(ledger, tmp_path, LONGEST_CALL_SECONDS + HOUR) == said
    assert whys(ledger, tmp_path, 10 * PERIOD_SECONDS) == said


def test_what_is_older_than_the_period_is_left_alone(ledger: Engine, tmp_path: Path) -> None:
    lines, _ = recorded_call()
    feed(ledger, without(lines, QUEUE_LOG, "|CONNECT|"))
    assert len(whys(ledger, tmp_path, PERIOD_SECONDS - HOUR)) == 2
    assert whys(ledger, tmp_path, PERIOD_SECONDS + HOUR) == []
    assert len(whys(ledger, tmp_path, PERIOD_SECONDS + HOUR, period_seconds=1e9)) == 2
