"""The evidence pack: right sums, and no way to change it unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callcenter.cli import evidence
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.base import Base
from callcenter.db.models.campaigns import CampaignRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.evidence.chain import Chain, canonical, hash_of
from callcenter.dialer.evidence.key import fingerprint, public_text, sign, signing_key
from callcenter.dialer.evidence.law import Arithmetic, Counts, Times, counts_as
from callcenter.dialer.evidence.pack import instant, milliseconds, pack
from callcenter.dialer.evidence.verify import CUT_OFF, verify
from callcenter.domain.errors import CallcenterError, InvalidInput, NotFound
from callcenter.settings import Settings
from tests.unit.simulation.dialed_day import MORNING, campaign_row, write_day

KEY = Ed25519PrivateKey.generate()
HOUR = 3600.0


def packed(session: Session, since: float = MORNING, hours: float = 2.0) -> list[str]:
    return list(pack(session, "spring", since, since + hours * HOUR, KEY, "ann", now=MORNING))


def test_a_pack_is_genuine_and_its_sums_are_the_days(session: Session) -> None:
    truth = write_day(session, dials=600, seconds=HOUR)
    lines = packed(session)
    found = verify(lines, public_text(KEY))
    assert found.problems == []
    assert found.calls == 600
    assert found.summary["abandoned"] == truth["abandoned"] > 0
    assert found.summary["answered_by_people"] == truth["human"]
    assert found.summary["by"]["machine"] == truth["machine"]
    assert found.summary["share"] == pytest.approx(truth["abandoned"] / truth["human"], abs=1e-6)
    assert found.summary["kept"] == (truth["abandoned"] <= 0.03 * truth["human"])
    assert len(found.summary["days"]) == 1


def test_only_calls_dialed_in_the_window_are_in_it(session: Session) -> None:
    write_day(session, dials=360, seconds=HOUR)
    halves = [packed(session, MORNING + place * HOUR / 2, 0.5) for place in range(2)]
    assert [verify(each).calls for each in halves] == [180, 180]


@pytest.mark.parametrize("before", [0.0004, 0.0006])
def test_a_call_at_midnight_is_in_one_day_and_in_one_pack(session: Session, before: float) -> None:
    """0.4 ms before midnight it is written as 00:00:00.000."""
    midnight = MORNING + HOUR
    write_day(session, dials=1, seconds=1, began=midnight - before)
    packs = [packed(session, MORNING, 1.0), packed(session, midnight, 1.0)]
    found = [verify(each) for each in packs]
    assert [each.problems for each in found] == [[], []]
    assert [each.calls for each in found] == ([0, 1] if before < 0.0005 else [1, 0])


def _days(window_days: int, *days: tuple[int, int], length: int = 0) -> dict[str, Any]:
    """(answered, abandoned) of days from 2026-11-01 on → the summary."""
    first = date(2026, 11, 1)
    last = first + timedelta(days=max(length, len(days)) - 1)
    sums = Arithmetic(0.03, window_days, first, last)
    for number, (answered, abandoned) in enumerate(days):
        for call in range(answered):
            day = first + timedelta(days=number)
            sums.add(day.isoformat(), "abandoned" if call < abandoned else "in-time")
    return sums.as_document()


def test_a_days_limit_is_kept_by_no_good_days_beside_it() -> None:
    """The rule of a day: 4 of 100 on one day breaks it, whatever the month comes to."""
    found = _days(1, (100, 0), (100, 4), (100, 0))
    assert (found["share"], found["kept"]) == (0.013333, False)
    assert found["worst_window"] == {
        "first": "2026-11-02", "last": "2026-11-02", "answered_by_people": 100, "abandoned": 4,
        "share": 0.04,
    }  # fmt: skip


def test_every_window_within_a_long_pack_has_to_keep_the_limit() -> None:
    year = [(100, 0)] * 100 + [(100, 8)] * 30 + [(100, 0)] * 100
    found = _days(30, *year)
    assert found["share"] < 0.03
    assert not found["kept"]
    assert found["worst_window"]["share"] == 0.08
    assert found["worst_window"]["first"] == "2027-02-09"
    assert _days(30, *year[:100])["kept"]
    short = _days(30, (100, 3), length=20)  # shorter than the window: all of it, exactly 3 %
    assert (short["kept"], short["worst_window"]["last"]) == (True, "2026-11-20")
    assert _days(30)["kept"], "nobody answered"


def test_what_a_pack_cannot_show_yet_is_said(session: Session) -> None:
    write_day(session, dials=20, seconds=HOUR)
    session.execute(update(DialAttemptRow).values(outcome="", answered_at=None))
    early = verify(packed(session))
    assert early.good
    assert ["before its window ended" in early.cautions()[0], "20 calls" in early.cautions()[1]]
    session.execute(delete(CampaignRow))
    later = verify(list(pack(session, "spring", MORNING, MORNING + 1, KEY, "ann")))
    assert later.good
    assert any("deleted" in each for each in later.cautions())


def test_the_fingerprint_may_be_given_for_the_key(tmp_path: Path) -> None:
    lines = _genuine(tmp_path)
    assert verify(lines, fingerprint(public_text(KEY))).good
    assert not verify(lines, fingerprint(public_text(Ed25519PrivateKey.generate()))).good


def _changed(lines: list[str]) -> list[str]:
    place = next(n for n, line in enumerate(lines) if '"counts_as":"abandoned"' in line)
    return [*lines[:place], lines[place].replace('"abandoned"', '"in-time"'), *lines[place + 1 :]]


def _changed_and_hashed(lines: list[str]) -> list[str]:
    """The hash of the changed line is put right, too; not the chain after it."""
    place = next(n for n, line in enumerate(lines) if '"outcome":"abandoned"' in line)
    line = json.loads(lines[place]) | {"answered": None}
    return [*lines[:place], canonical(line | {"hash": hash_of(line)}), *lines[place + 1 :]]


def _rebuilt(lines: list[str]) -> list[str]:
    """One abandoned call left out and everything hashed anew: only the signature is missing."""
    bare = [json.loads(line) for line in lines[:-2]]
    kept = [line for line in bare if line.get("counts_as") != "abandoned"]
    chain, made = Chain(), []
    for line in [*kept, json.loads(lines[-2])]:
        values = {k: v for k, v in line.items() if k not in ("kind", "line", "previous", "hash")}
        made.append(chain.line(line["kind"], values))
    signature = {"over": chain.head, "signature": json.loads(lines[-1])["signature"]}
    return [*made, chain.line("signature", signature | {"algorithm": "Ed25519"})]


TAMPERED: dict[str, Callable[[list[str]], list[str]]] = {
    "a line changed": _changed,
    "a line changed with its hash": _changed_and_hashed,
    "a line removed": lambda lines: [*lines[:40], *lines[41:]],
    "a line twice": lambda lines: [*lines[:40], lines[39], *lines[40:]],
    "two lines in other order": lambda lines: [*lines[:40], lines[41], lines[40], *lines[42:]],
    "cut off at the end": lambda lines: lines[:-1],
    "cut off in the middle of a line": lambda lines: [*lines[:50], lines[50][:60]],
    "only the last lines": lambda lines: lines[50:],
    "the window moved": lambda lines: [lines[0].replace("T09:00", "T08:00"), *lines[1:]],
    "the window cut with its calls": lambda lines: [*lines[:60], *lines[-2:]],
    "lines after the signature": lambda lines: [*lines, lines[5]],
    "the limit raised": lambda lines: [
        lines[0].replace('"limit":0.03', '"limit":0.05'),
        *lines[1:],
    ],
    "everything hashed anew": _rebuilt,
    "written in another form": lambda lines: [lines[0].replace(",", ", "), *lines[1:]],
    "nothing": lambda lines: [],
    "something else": lambda lines: ["<html>", "[1]", "{}", '{"kind":"call"}'],
}


@pytest.mark.parametrize("what", TAMPERED)
def test_no_change_goes_unseen(tmp_path: Path, what: str) -> None:
    lines = _genuine(tmp_path)
    assert verify(lines).good
    found = verify(TAMPERED[what](list(lines)))
    assert not found.good, what
    if what.startswith("cut off") or what == "nothing":
        assert any(CUT_OFF in each for each in found.problems)


_LINES: list[str] = []


def _genuine(folder: Path) -> list[str]:
    if not _LINES:
        engine = open_engine(f"sqlite:///{folder / 'pack.sqlite'}")
        Base.metadata.create_all(engine)
        with sessions(engine).begin() as opened:
            opened.add(campaign_row())
            write_day(opened, dials=300, seconds=HOUR)
            _LINES.extend(packed(opened))
        engine.dispose()
    return _LINES


def test_a_pack_signed_by_somebody_else_is_told(tmp_path: Path) -> None:
    lines = _genuine(tmp_path)
    other = Ed25519PrivateKey.generate()
    forged = _signed_by(other, lines)
    assert verify(forged).good, "in itself it is sound"
    assert verify(forged).fingerprint == fingerprint(public_text(other))
    assert "another key" in verify(forged, public_text(KEY)).problems[0]


def _signed_by(key: Ed25519PrivateKey, lines: list[str]) -> list[str]:
    chain, made = Chain(), []
    for text in lines[:-1]:
        line = json.loads(text)
        if line["kind"] == "header":
            line["public_key"] = public_text(key)
        values = {k: v for k, v in line.items() if k not in ("kind", "line", "previous", "hash")}
        made.append(chain.line(line["kind"], values))
    values = {"algorithm": "Ed25519", "over": chain.head, "signature": sign(key, chain.head)}
    return [*made, chain.line("signature", values)]


@pytest.mark.parametrize(
    ("mode", "verdict", "outcome", "times", "counts"),
    [
        ("predictive", "", "no-answer", (None, None, None, None, 25), "not-answered"),
        ("predictive", "", "", (None, None, None, None, None), "up"),
        ("predictive", "human", "connected", (0, 700, 2700, None, 9000), "in-time"),
        ("predictive", "human", "connected", (0, 700, 2701, None, 9000), "late"),
        ("predictive", "", "connected", (0, None, 2001, None, 9000), "late"),
        ("predictive", "human", "abandoned", (0, 700, None, 2700, 9000), "abandoned"),
        ("predictive", "human", "opted-out", (0, 700, None, 2700, 9000), "abandoned"),
        ("predictive", "", "no-answer", (0, None, None, None, 1500), "hung-up"),
        ("predictive", "", "no-answer", (0, None, None, None, 2000), "abandoned"),
        ("predictive", "machine", "machine", (0, None, None, None, 3000), "machine"),
        ("predictive", "machine", "machine-message", (0, None, None, 3000, 9000), "machine"),
        ("preview", "", "connected", (0, 0, 9000, None, 99999), "by-hand"),
        ("broadcast", "", "connected", (0, 0, None, 10, 9000), "message"),
    ],
)
def test_what_a_call_counts_as(
    mode: str, verdict: str, outcome: str, times: tuple[int | None, ...], counts: Counts
) -> None:
    assert counts_as(mode, verdict, outcome, Times(*times), 2000) == counts


@pytest.mark.parametrize("at", [0.0, 1795400000.0004, 1795400000.9996, 1795400000.123, 1.001])
def test_instants_keep_their_millisecond(at: float) -> None:
    assert milliseconds(instant(at)) == round(at * 1000)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = public_text(signing_key(tmp_path))
    assert public_text(signing_key(tmp_path)) == first
    path = tmp_path / "evidence-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("gone")
    with pytest.raises(CallcenterError, match="backup"):
        signing_key(tmp_path)


def test_nothing_to_show_is_said_before_a_line_is_written(session: Session) -> None:
    with pytest.raises(NotFound, match="autumn"):
        pack(session, "autumn", MORNING, MORNING + 1, KEY, "ann")
    with pytest.raises(InvalidInput, match="empty"):
        pack(session, "spring", MORNING, MORNING, KEY, "ann")


def test_the_command_writes_and_checks_without_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        session.add(campaign_row())
        write_day(session, dials=200, seconds=HOUR)
    engine.dispose()
    file = tmp_path / "spring.evidence"
    day = instant(MORNING)
    assert day is not None
    assert run(settings, "export", "spring", "--from", day[:10], "--to", day[:10], str(file)) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    elsewhere = Settings(home=tmp_path / "regulator", database_url="postgresql://nowhere/at-all")
    key = public_text(signing_key(tmp_path))
    assert run(elsewhere, "verify", str(file), "--key", key) == 0
    assert "GENUINE: 200 calls of spring" in capsys.readouterr().out
    file.write_text(file.read_text().replace("+1555", "+1666", 1))
    assert run(elsewhere, "verify", str(file)) == 1
    assert "NOT GENUINE" in capsys.readouterr().out
    assert run(settings, "key") == 0
    assert fingerprint(key) in capsys.readouterr().out


def test_books_changed_after_the_fact_differ_from_the_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, file, row = Settings(home=tmp_path), tmp_path / "spring.evidence", DialAttemptRow
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    made = sessions(engine)
    with made.begin() as session:
        session.add(campaign_row())
        write_day(session, dials=100, seconds=HOUR)
        ids = list(session.scalars(select(row.id).order_by(row.placed_at)))
        up, erased, changed, gone, later = (row.id == ids[n] for n in (2, 3, 5, 7, 9))
        session.execute(update(row).where(up).values(outcome=""))
        session.execute(update(row).where(later).values(placed_at=MORNING + 9e6))
        lines = packed(session)
    file.write_text("\n".join(lines) + "\n")
    assert run(settings, "compare", str(file)) == 1, "another installation's"
    with made.begin() as session:
        key = signing_key(tmp_path)
        lines = list(pack(session, "spring", MORNING, MORNING + HOUR, key, "ann"))
    file.write_text("\n".join(lines) + "\n")
    with made.begin() as session:  # what is no difference
        session.execute(update(row).where(up).values(outcome="connected", ended_at=MORNING))
        session.execute(update(row).where(erased).values(number="erased"))
    assert run(settings, "compare", str(file)) == 0
    with made.begin() as session:
        session.execute(update(row).where(changed).values(ringing_at=row.ringing_at + 0.001))
        session.execute(delete(row).where(gone))
        session.execute(update(row).where(later).values(placed_at=MORNING + 1))
    capsys.readouterr()
    assert run(settings, "compare", str(file)) == 1
    said = capsys.readouterr().out
    assert f"{ids[5]}, dialed" in said
    assert "ringing was" in said
    assert f"{ids[7]}" in said
    assert "not in the books" in said
    assert f"{ids[9]}" in said
    assert "not in the pack" in said
    assert "3 differences" in said
    engine.dispose()


def run(settings: Settings, *words: str) -> int:
    parser = ArgumentParser()
    evidence.add_arguments(parser)
    return evidence.run(settings, parser.parse_args(words))


def test_the_check_printed_for_regulators_works(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/evidence.md").read_text(encoding="utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    lines = _genuine(tmp_path)
    file = tmp_path / "pack"
    for kept, code in ((lines, 0), (lines[:-1], 1), ([*lines[:9], *lines[10:]], 1)):
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")
        ran = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True)
        assert ran.returncode == code, ran.stderr


HEADER: dict[str, object] = {
    "kind": "header", "line": 0, "previous": "0" * 64, "format": "callcenter-evidence/2",
    "timezone": "UTC", "limit": 0.03, "limit_window_days": 30, "public_key": "x",
    "from": "2026-11-01T00:00:00.000Z", "to": "2026-12-01T00:00:00.000Z",
    "patience_milliseconds": 2000, "hash": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"\\ud800"}',  # half a letter, which has no bytes to hash
        canonical(HEADER | {"timezone": "America"}),  # a folder
        canonical(HEADER | {"timezone": "../../../etc/passwd"}),
        canonical(HEADER | {"limit": "0.03"}),
        canonical(HEADER | {"limit_window_days": 0}),
        canonical(HEADER | {"from": "0001-01-01T00:00:00.000Z", "to": "a"}),
        canonical(HEADER).replace(":2000", ":1e999"),
        '{"a":' + "[" * 990 + "]" * 990 + "}",
        '{"a":' + "[" * 30_000 + "]" * 30_000 + "}",
        '{"a":' + "9" * 60_000 + "}",
        '{"a":"' + "x" * 70_000 + '"}',
    ],
)
def test_no_line_makes_the_check_fall_over(text: str) -> None:
    call = canonical({"kind": "call", "line": 1, "dialed": "a", "mode": "", "verdict": "",
                      "outcome": "", "answered": None, "greeting_end": None, "agent_on": None,
                      "message": None, "ended": None, "counts_as": "up", "number": 1})  # fmt: skip
    found = verify([text, call])
    assert not found.good
    assert any("line 1" in each for each in found.problems)


def test_a_count_of_erased_numbers_that_is_not_the_calls_own_is_told(tmp_path: Path) -> None:
    chain, made = Chain(), []
    for text in _genuine(tmp_path)[:-1]:
        line = json.loads(text)
        if line["kind"] == "summary":
            line["numbers_erased"] = 7
        values = {k: v for k, v in line.items() if k not in ("kind", "line", "previous", "hash")}
        made.append(chain.line(line["kind"], values))
    values = {"algorithm": "Ed25519", "over": chain.head, "signature": sign(KEY, chain.head)}
    (problem,) = verify([*made, chain.line("signature", values)]).problems
    assert "numbers_erased is not 0" in problem
