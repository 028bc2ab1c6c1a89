"""Files as other systems leave them, read by the command itself, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callcenter.cli import main
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.calls import AgentInterval, CallTalk, QueueVisit
from callcenter.db.models.ledger import RejectedLine
from callcenter.ledger.history import agent_of
from callcenter.ledger.reconcile import reconcile
from callcenter.ledger.rollups.prove import prove
from tests.unit.ledger.ledger_books import calls, rows

# FreePBX 16 (Asterisk 18): members are Local channels; last line without newline.
FREEPBX_QUEUE_LOG = """\
1700000000|NONE|NONE|NONE|QUEUESTART|
1700000001|MANAGER|600|Local/1001@from-queue/n|ADDMEMBER|
1700000010|1700000008.10|600|NONE|ENTERQUEUE||0301234567|1
1700000015|1700000008.10|600|Local/1002@from-queue/n|RINGNOANSWER|5000
1700000020|1700000008.10|600|Local/1001@from-queue/n|CONNECT|10|1700000016.12|4
1700000080|1700000008.10|600|Local/1001@from-queue/n|COMPLETECALLER|10|60|1
1700000100|1700000099.20|600|NONE|ENTERQUEUE||0307654321|1
1700000104|1700000099.20|600|NONE|ABANDON|1|1|4
1700000200|1700000199.30|600|NONE|ENTERQUEUE||0305555555|1
1700000230|1700000199.30|600|NONE|EXITWITHTIMEOUT|1|1|30
1700000231|1700000199.30|700|NONE|ENTERQUEUE||0305555555|1
1700000240|1700000199.30|700|Alice Smith|CONNECT|9|1700000232.31|3
1700000300|1700000199.30|700|Alice Smith|BLINDTRANSFER|205|from-internal|9|60|1
torn line
1700000400|MANAGER|600|Local/1001@from-queue/n|REMOVEMEMBER|"""


def cdr(src: str, dst: str, context: str, uniqueid: str, *, linkedid: str = "") -> str:
    """18 columns, 21 with a linkedid (Asterisk 12 and newer); times in Berlin."""
    start, answer, end = "2023-11-14 23:13:28", "2023-11-14 23:13:30", "2023-11-14 23:14:40"
    row = ["", src, dst, context, f'"""Eve"" <{src}>"', "PJSIP/trunk-0000000a",
           "PJSIP/201-0000000b",
           "Dial", "PJSIP/201", start, answer, end, "72", "70", "ANSWERED", "DOCUMENTATION",
           uniqueid, ""]  # fmt: skip
    row += ["", linkedid, "7"] if linkedid else []
    return ",".join(each if each.startswith('"') else f'"{each}"' for each in row)


def run(home: Path, *words: str) -> int:
    return main(["--home", str(home), "ledger", "ingest", *words])


def test_a_freepbx_queue_log_and_cdr_end_in_books(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, master = tmp_path / "queue_log", tmp_path / "Master.csv"
    log.write_text(FREEPBX_QUEUE_LOG)
    master.write_text(
        cdr("0301234567", "5000", "from-trunk", "1700000008.10") + "\n"
        + cdr("201", "030999999", "from-internal", "1700000500.50", linkedid="1700000500.50") + "\n"
        + '"too","short"\n'
    )  # fmt: skip
    words = ("--queue-log", str(log), "--cdr", str(master), "--db", empty_database_url,
             "--timezone", "Europe/Berlin")  # fmt: skip
    assert run(tmp_path / "home", *words) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["facts"], said["rejected"]) == (16, 2)
    engine = open_engine(empty_database_url)
    first, abandoned, two_queues, outbound = sorted(calls(engine), key=lambda each: each.id)
    assert (first.outcome, first.agent, first.dialed, first.caller_number) == (
        "answered", "1001", "5000", "0301234567",
    )  # fmt: skip
    assert (first.started_at, first.wait_seconds, first.talk_seconds) == (1700000008.0, 10, 60)
    assert (first.caller_name, first.ended_by) == ("Eve", "caller")
    assert (abandoned.outcome, abandoned.wait_seconds) == ("abandoned", 4)
    assert (two_queues.outcome, two_queues.queue, two_queues.agent) == (
        "answered", "700", "Alice Smith",
    )  # fmt: skip
    assert [visit.outcome for visit in rows(engine, QueueVisit)] == [
        "answered", "abandoned", "timeout", "answered",
    ]  # fmt: skip
    assert (outbound.direction, outbound.talk_seconds) == ("outbound", 70)
    assert [(each.agent, each.state) for each in rows(engine, AgentInterval)] == [
        ("1001", "ready"), ("1001", "ringing"), ("1001", "talking"), ("1001", "ready"),
    ]  # fmt: skip
    assert len(rows(engine, RejectedLine)) == 2
    with sessions(engine).begin() as session:
        assert reconcile(session, tmp_path, 1800000000.0) == []
    assert prove(sessions(engine))[1] == []
    period = ("--from", "2023-11-14", "--to", "2023-11-16", "--timezone", "Europe/Berlin")
    report = ["report", "queue", *period, "--db", empty_database_url]
    assert main(["--home", str(tmp_path / "home"), *report]) == 0
    shown = {row["queue"]: row for row in json.loads(capsys.readouterr().out)}
    assert (shown["700"]["offered"], shown["700"]["answered"]) == (1, 1)
    assert main(["--home", str(tmp_path / "home"), *report, "--timezone", "Mars"]) == 1
    assert "'Mars' is no time zone" in capsys.readouterr().err
    talks = rows(engine, CallTalk)
    assert run(tmp_path / "home", *words) == 0
    assert json.loads(capsys.readouterr().out)["facts"] == 0
    assert len(rows(engine, CallTalk)) == len(talks) == 3
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Local/1001@from-queue/n", "1001"),
        ("Local/1001@agents", "1001"),
        ("PJSIP/1001", "1001"),
        ("SIP/1001-0000002a", "1001"),
        ("Agent/1001", "1001"),
        ("Alice Smith", "Alice Smith"),
        ("1001", "1001"),
        ("", ""),
    ],
)
def test_agents_are_named_by_number(text: str, agent: str) -> None:
    assert agent_of(text) == agent


def test_wrong_words_say_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 1
    assert "--queue-log" in capsys.readouterr().err
    assert run(tmp_path, "--cdr", "/nowhere") == 1
    assert "there is no file" in capsys.readouterr().err
    (tmp_path / "log").touch()
    assert run(tmp_path, "--queue-log", str(tmp_path / "log"), "--node", "pbx1") == 1
    assert "another --node" in capsys.readouterr().err
