"""CDR and dial attempts are held against CEL; a node's ledger keeps what it found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import Call
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.reconciliation import Judgement
from callcenter.ledger.facts import BadLine
from callcenter.ledger.judge import FRESH_SECONDS, Judge, judge, standing
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.parse_own_cdr import parse_own_cdr
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from callcenter.ledger.unreconciled import KINDS
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import NODE, books, calls, empty_ledger, feed

HOUR = 3600.0
ATTEMPT = "pbx1-" + "a" * 32 + "-{}.0"


@pytest.fixture
def ledger() -> Iterator[Engine]:
    engine = empty_ledger("sqlite://")
    feed(engine, recorded("answered") + recorded("abandon49"))
    yield engine
    engine.dispose()


def cdr_line(call: Call, *, shift: float = 0.0, answered: bool = True, name: str = "") -> str:
    begin, end = (
        f"{datetime.fromtimestamp(int(at + shift)):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ006 - the file's
        for at in (call.started_at, call.ended_at or 0.0)
    )
    said = "ANSWERED" if answered else "NO ANSWER"
    uniqueid = name or call.id
    columns = (begin, begin if answered else "", end, "555", "support", "cc-queue", "PJSIP/x-1", "",
               "2", "2", said, uniqueid, uniqueid, "7")  # fmt: skip
    return ",".join(f'"{each}"' for each in columns)


def found(ledger: Engine, folder: Path = Path("/nowhere"), node: str = "") -> list[tuple[str, str]]:
    now = calls(ledger)[-1].started_at + HOUR
    with sessions(ledger)() as session:
        return [(each.kind, each.why) for each in reconcile(session, folder, now, node=node)]


def test_a_record_of_each_call_adds_up_and_changes_no_books(ledger: Engine) -> None:
    before = books(ledger)
    feed(ledger, [(CDR, cdr_line(each)) for each in calls(ledger)])
    assert found(ledger) == []
    assert books(ledger) == before


def test_each_way_in_which_the_cdr_can_differ(ledger: Engine) -> None:
    first, last = calls(ledger)
    feed(ledger, [(CDR, cdr_line(first))])
    assert found(ledger) == [("cdr-missing", "CEL knows this call and the CDR does not")]
    feed(ledger, [(CDR, cdr_line(last, shift=9))])
    assert found(ledger) == [("cdr-times", "it begins 8 s later in the CDR than in CEL")]
    feed(ledger, [(CDR, cdr_line(first, name="pbx1-1795393068.99"))])
    assert ("cdr-only", "the CDR knows this call and CEL does not") in found(ledger)


def test_an_answer_that_only_one_of_them_knows(ledger: Engine) -> None:
    feed(ledger, [(CDR, cdr_line(each, answered=False)) for each in calls(ledger)])
    # the abandoned call was answered by the dialplan alone
    assert found(ledger) == [("cdr-answer", "CEL shows an answer that the CDR does not")]


def test_a_call_that_asterisks_end_cut_has_no_record() -> None:
    engine = empty_ledger("sqlite://")
    feed(engine, recorded("killed") + recorded("answered"))
    feed(engine, [(CDR, cdr_line(each)) for each in calls(engine) if each.outcome != "cut"])
    assert [each.outcome for each in calls(engine)].count("cut") == 1
    assert found(engine) == []
    engine.dispose()


def test_the_hour_that_comes_twice_is_told_by_the_channels_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        second = 1792891800  # 02:30 for the second time on 2026-10-25
        begin, end = "2026-10-25 02:30:00", "2026-10-25 02:31:00"
        line = f'"{begin}","","{end}","5","6","c","x","","60","0","NO ANSWER","{{0}}","{{0}}","1"'
        assert parse_own_cdr(line.format(f"pbx1-{second}.1")).at == second
        assert parse_own_cdr(line.format(f"pbx1-{second - 3600}.1")).at == second - 3600
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "line", ["", '"a","b"', '"x' + '","' * 13 + '"', '"2026","' + '","' * 12 + '"']
)
def test_a_line_that_is_no_record_says_why(line: str) -> None:
    with pytest.raises(BadLine):
        parse_own_cdr(line)


def attempt(ledger: Engine, call_id: str, outcome: str, at: float) -> None:
    with sessions(ledger).begin() as session:
        session.add(
            DialAttemptRow(id=str(len(call_id)) + outcome, campaign="c", number="1", mode="preview",
                           node=NODE, reserved_at=at, placed_at=at, ended_at=at + 5,
                           outcome=outcome, call_id=call_id)
        )  # fmt: skip


def test_what_the_dialer_placed_is_held_against_the_calls(ledger: Engine) -> None:
    answered, abandoned = calls(ledger)
    attempt(ledger, answered.id, "connected", answered.started_at)
    attempt(ledger, abandoned.id, "abandoned", abandoned.started_at)
    assert found(ledger) == []
    with sessions(ledger).begin() as session:
        for row in session.scalars(select(DialAttemptRow)):
            row.outcome = "abandoned" if row.outcome == "connected" else "connected"
    assert [kind for kind, _ in found(ledger)] == ["attempt-outcome"] * 2
    attempt(ledger, ATTEMPT.format(int(answered.started_at)), "no-answer", answered.started_at)
    assert "attempt-no-call" in [kind for kind, _ in found(ledger)]


def test_a_call_of_the_dialers_without_its_attempt(ledger: Engine) -> None:
    old = calls(ledger)[0].id
    call_id = ATTEMPT.format(int(calls(ledger)[0].started_at))
    lines = [(source, line.replace(f'"{old}"', f'"{call_id}"').replace(f"|{old}|", f"|{call_id}|"))
             for source, line in recorded("answered")]  # fmt: skip
    engine = empty_ledger("sqlite://")
    feed(engine, lines)
    assert "call-no-attempt" in [kind for kind, _ in found(engine)]
    engine.dispose()


def test_the_ledger_keeps_what_it_found_and_clears_it_when_a_line_came_late(
    ledger: Engine, tmp_path: Path
) -> None:
    first, last = calls(ledger)
    feed(ledger, [(CDR, cdr_line(first))])
    now = last.started_at + HOUR / 2
    assert judge(sessions(ledger), NODE, tmp_path, now, whole=True) == 1
    with sessions(ledger)() as session:
        kept = standing(session, tmp_path, now + 1, NODE)
    assert (kept.by_kind["cdr-missing"], sum(kept.by_kind.values()), kept.fresh) == (1, 1, True)
    assert [(each.call_id, each.node) for each in kept.found] == [(last.id, NODE)]
    assert kept.judged[0].calls == 2
    feed(ledger, [(CDR, cdr_line(last))])
    watch = Judge(sessions(ledger), NODE, tmp_path)
    watch.look(now + 60)
    with sessions(ledger)() as session:
        assert standing(session, tmp_path, now + 61, NODE).found == ()


def test_a_ledger_that_has_not_looked_is_said_and_not_believed(
    ledger: Engine, tmp_path: Path
) -> None:
    first, last = calls(ledger)
    now = last.started_at + HOUR
    judge(sessions(ledger), NODE, tmp_path, now - HOUR + SETTLE_SECONDS, whole=True)
    feed(ledger, [(CDR, cdr_line(first))])
    with sessions(ledger).begin() as session:
        session.add(
            Judgement(node="far", judged_at=now - 2 * FRESH_SECONDS, since=0, before=0, calls=0)
        )
        found = standing(session, tmp_path, now, NODE)
    assert (found.by_kind["cdr-missing"], found.fresh) == (1, False)


def test_every_kind_that_is_found_is_named() -> None:
    source = "".join(path.read_text() for path in Path("callcenter/ledger").glob("reconcile*.py"))
    assert all(f'"{kind}"' in source for kind in KINDS)
