"""Whole new lines exactly once, through growth, rotation, truncation and torn lines."""

from __future__ import annotations

import gzip
import os
import shutil
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.ledger.reader import Position, read_new_lines
from callcenter.ledger.rotation import waiting_bytes


def _drain(path: Path, position: Position) -> tuple[list[str], Position]:
    lines: list[str] = []
    while True:
        batch = read_new_lines(path, position)
        lines += batch.lines
        if batch.position == position:
            return lines, position
        position = batch.position


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_file_that_is_not_there_yields_nothing_and_is_read_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    lines, position = _drain(path, Position())
    assert lines == []
    _append(path, "one\n")
    assert _drain(path, position)[0] == ["one"]


def test_a_line_without_its_newline_waits(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    _append(path, "one\ntw")
    lines, position = _drain(path, Position())
    assert lines == ["one"]
    _append(path, "o\n")
    assert _drain(path, position)[0] == ["two"]


def test_renamed_away_and_made_anew_loses_and_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    _append(path, "two\n")
    path.rename(tmp_path / "queue_log.1")
    _append(tmp_path / "queue_log.1", "three\n")  # Asterisk still had it open
    _append(path, "four\n")
    lines, position = _drain(path, position)
    assert lines == ["two", "three", "four"]
    _append(path, "five\n")
    assert _drain(path, position)[0] == ["five"]


def test_an_empty_new_file_does_not_end_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    path.rename(tmp_path / "queue_log.1")
    path.touch()  # logrotate's `create`
    lines, position = _drain(path, position)
    assert lines == []
    _append(tmp_path / "queue_log.1", "two\n")
    _append(path, "three\n")
    assert _drain(path, position)[0] == ["two", "three"]


def test_copied_and_truncated_starts_over(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\ntwo\n")
    _, position = _drain(path, Position())
    shutil.copy(path, tmp_path / "cel.csv.1")
    path.write_text("")
    _append(path, "three\n")
    assert _drain(path, position)[0] == ["three"]


def test_renamed_twice_while_nobody_read_all_files_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    _append(path, "two\n")
    for number, text in enumerate(("three\nfour\n", "five\n", "six\n"), 1):
        for older in range(number - 1, 0, -1):  # as logrotate does: .1 becomes .2 …
            (tmp_path / f"queue_log.{older}").rename(tmp_path / f"queue_log.{older + 1}")
        path.rename(tmp_path / "queue_log.1")
        _append(path, text)
        os.utime(path, ns=(number * 10**9, number * 10**9))  # one after the other
    for at, rotated in ((0, "queue_log.3"), (1, "queue_log.2"), (2, "queue_log.1")):
        os.utime(tmp_path / rotated, ns=(at * 10**9, at * 10**9))
    lines, position = _drain(path, position)
    assert lines == ["two", "three", "four", "five", "six"]
    assert _drain(path, position)[0] == []


def test_a_first_start_reads_what_was_rotated_before_it(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\n")
    path.rename(tmp_path / "cel.csv-20261122")
    os.utime(tmp_path / "cel.csv-20261122", ns=(1, 1))
    _append(path, "two\n")
    _append(tmp_path / "cel.csv.save", "somebody's copy\n")
    assert _drain(path, Position())[0] == ["one", "two"]


def test_compressed_before_it_was_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    _append(path, "two\nthree\n")
    with gzip.open(tmp_path / "cel.csv.1.gz", "wb") as file:
        file.write(path.read_bytes())
    path.unlink()
    assert _drain(path, position)[0] == ["two", "three"]
    _append(path, "four\n")
    assert _drain(path, position)[0] == ["two", "three", "four"]


def test_copied_and_truncated_before_it_was_read_reads_the_copy_first(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    _append(path, "two\n")
    shutil.copy(path, tmp_path / "cel.csv.1")
    path.write_text("")
    _append(path, "three\n")
    assert _drain(path, position)[0] == ["two", "three"]


def test_a_file_gone_before_its_end_is_said_and_what_is_there_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    path.unlink()
    _append(path, "three\n")
    batch = read_new_lines(path, replace(position, inode=position.inode + 10**9))
    assert batch.lines == ("three",)
    assert "cel.csv was renamed to is gone" in batch.gap
    assert read_new_lines(path, batch.position).gap == ""


def test_what_waits_is_counted_over_all_files(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    assert waiting_bytes(path, Position()) == 0
    _append(path, "one\n")
    _, position = _drain(path, Position())
    assert waiting_bytes(path, position) == 0
    _append(path, "two\n")
    path.rename(tmp_path / "cel.csv.1")
    _append(path, "three\n")
    assert waiting_bytes(path, position) == len("two\nthree\n")


def test_truncated_and_grown_past_the_old_offset_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    _append(path, "one\n")
    _, position = _drain(path, Position())
    path.write_text("")
    _append(path, "other\nlines\nthan before\n")
    assert _drain(path, position)[0] == ["other", "lines", "than before"]


def test_bytes_that_are_not_utf8_do_not_stop_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    path.write_bytes(b"one\n\xff\x00\nthree\n")
    lines, _ = _drain(path, Position())
    assert lines[0] == "one"
    assert lines[2] == "three"


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text('ab|"é', max_size=8), max_size=30),
    pieces=st.lists(st.integers(1, 9), max_size=60),
)
def test_however_the_file_grows_every_line_comes_once(
    tmp_path_factory: object, texts: list[str], pieces: list[int]
) -> None:
    path = tmp_path_factory.mktemp("grow") / "cel.csv"  # type: ignore[attr-defined]
    data = "".join(f"{text}\n" for text in texts).encode()
    position, lines = Position(), []
    for size in [*pieces, len(data)]:
        with path.open("ab") as file:
            file.write(data[:size])
        data = data[size:]
        some, position = _drain(path, position)
        lines += some
    assert lines == texts
