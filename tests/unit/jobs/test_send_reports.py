"""Scheduled reports over a real SMTP server: each due time reaches each recipient once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine, select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.reports import ReportDeliveryRow, ReportScheduleRow, ReportTemplateRow
from callcenter.db.models.users import UserRow
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.jobs.send_reports import send_reports
from callcenter.ledger.books import Talk, Visit
from callcenter.ledger.keep_books import replace_books
from callcenter.ledger.rollups import Touched, roll_up
from callcenter.reports import schedules
from callcenter.reports.deliveries import BACK_OFF, CLAIM_SECONDS, Key, try_again
from callcenter.reports.due import Rhythm
from callcenter.reports.schedules import add_schedule, send_now
from callcenter.reports.templates import save_template
from callcenter.settings import Settings
from tests.mail_server import MailServer, mail_server
from tests.unit.ledger.ledger_books import NODE
from tests.unit.ledger.test_rollups import NO_CALL
from tests.web.stack import small_site

ROME = ZoneInfo("Europe/Rome")
MIDNIGHT = 1_781_733_600.0  # 2026-06-18 in Rome
SEVEN = MIDNIGHT + 7 * 3600
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def settings(tmp_path: Path, server: MailServer) -> Settings:
    made = Settings(home=tmp_path, **server.settings)
    engine = open_engine(made.database)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        save_site(session, small_site(), by="test")
    with sessions(engine).begin() as session:
        touched = Touched()
        replace_books(session, NODE, set(), [_call(number) for number in range(3)], touched)
        roll_up(session, touched)
    engine.dispose()
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings.database)
    yield opened
    opened.dispose()


def _call(number: int):  # type: ignore[no-untyped-def]
    at = MIDNIGHT - 36_000 + number * 60
    visit = Visit("support", at, at + 5, "answered", "1001", 5.0)
    talk = Talk("1001", "201", "support", at + 5, at + 65, 60.0, 0.0)
    return replace(NO_CALL, id=f"c{number}", caller_number="0151234567", started_at=at,
                   queue="support", outcome="answered", visits=(visit,), talks=(talk,))  # fmt: skip


def schedule(
    engine: Engine,
    *recipients: str,
    kind: str = "csv",
    report: str = "queue",
    owner: str = "sue",
    hidden: tuple[str, ...] = (),
) -> int:
    """Made on the evening before, due at seven with yesterday's figures."""
    with sessions(engine).begin() as session:
        template = save_template(
            session, name=f"Daily {report}", report=report, question={"period": "yesterday"},
            hidden=hidden, owner=owner, shared_with="", at=MIDNIGHT,
        )  # fmt: skip
        row = add_schedule(
            session, template, owner=owner, recipients=recipients or ("boss@acme.example",),
            kind=kind, rhythm=Rhythm("daily", 7 * 60), now=MIDNIGHT - 3600, zone=ROME,
        )  # fmt: skip
        return row.id


def states(engine: Engine) -> dict[str, str]:
    with sessions(engine)() as session:
        rows = session.execute(select(ReportDeliveryRow.recipient, ReportDeliveryRow.state))
        return {recipient: state for recipient, state in rows}  # noqa: C416


def errors(engine: Engine) -> list[str]:
    with sessions(engine)() as session:
        return list(session.scalars(select(ReportDeliveryRow.error)))


def run(settings: Settings, at: float) -> str:
    return send_reports(settings, clock=lambda: at)


def attached(server: MailServer, number: int = 0) -> bytes:
    (part,) = server.taken[number][1].iter_attachments()
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def test_a_report_goes_out_when_it_is_due_and_once(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine, "boss@acme.example", "deputy@acme.example", hidden=("hold",))
    assert run(settings, SEVEN - 1) == "due 0"
    assert run(settings, SEVEN + 5) == "due 1, sent 2"
    for later in (10, 60, 3600):
        assert run(settings, SEVEN + later) == "due 0"
    assert server.to() == ["boss@acme.example", "deputy@acme.example"]
    message = server.taken[0][1]
    assert message["Subject"] == "Daily queue: 2026-06-17"
    assert message["From"] == "Test <reports@callcenter.example>"
    assert message["To"] == "boss@acme.example"
    assert message["Message-ID"] != server.taken[1][1]["Message-ID"]
    text = attached(server).decode()
    assert text.splitlines()[0].startswith("Queue,Offered,Answered")
    assert text.splitlines()[1].startswith("Support,3,3")
    assert "Hold" not in text
    assert run(settings, SEVEN + 86_400) == "due 1, sent 2"
    assert server.taken[2][1]["Subject"] == "Daily queue: 2026-06-18"


def test_pdf_and_spreadsheet_arrive_whole(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine, kind="pdf")
    schedule(engine, kind="xlsx", report="interval")
    run(replace(settings, web_address="https://calls.example/"), SEVEN)
    page = PdfReader(io.BytesIO(attached(server, 0))).pages[0].extract_text()
    assert "Queues" in page
    assert "2026-06-17" in page
    sheet = load_workbook(io.BytesIO(attached(server, 1))).active
    assert sheet["A1"].value == "Period"
    body = server.taken[0][1].get_body()
    assert body is not None
    assert "https://calls.example/reports/queue?period=yesterday" in body.get_content()
    names = [part.get_filename() for _, mail in server.taken for part in mail.iter_attachments()]
    assert names == ["queue-2026-06-17-2026-06-17.pdf", "interval-2026-06-17-2026-06-17.xlsx"]


def test_what_a_night_off_missed_is_one_report(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine)
    assert run(settings, SEVEN + 3 * 86_400 + 100) == "due 1, sent 1"
    assert server.taken[0][1]["Subject"] == "Daily queue: 2026-06-20"


def test_a_refusal_for_now_is_tried_again_later_and_said(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine)
    server.on_recipient = lambda _: "451 greylisted, come back"
    assert run(settings, SEVEN) == "due 1, put off 1"
    assert states(engine) == {"boss@acme.example": "waiting"}
    assert "greylisted, come back" in errors(engine)[0]
    server.on_recipient = lambda _: "250 ok"
    assert run(settings, SEVEN + BACK_OFF[0] - 1) == "due 0"
    assert run(settings, SEVEN + BACK_OFF[0]) == "due 0, sent 1"
    assert states(engine) == {"boss@acme.example": "sent"}
    # What was due at seven, though it went out later.
    assert server.taken[0][1]["Subject"] == "Daily queue: 2026-06-17"


def test_one_refused_for_good_does_not_hold_up_the_others(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine, "gone@acme.example", "boss@acme.example")
    server.on_recipient = lambda to: "550 no such user" if "gone" in to else "250 ok"
    assert run(settings, SEVEN) == "due 1, failed 1, sent 1"
    assert states(engine) == {"gone@acme.example": "failed", "boss@acme.example": "sent"}
    assert run(settings, SEVEN + 86_000) == "due 0"


def test_it_gives_up_after_a_day_and_a_person_can_try_again(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    number = schedule(engine)
    away = replace(settings, smtp_port=1)
    at = SEVEN
    for wait in (*BACK_OFF, 0):
        assert "put off 1" in run(away, at)
        with sessions(engine).begin() as session:  # the next day's is another matter
            session.get_one(ReportScheduleRow, number).next_due_at = SEVEN + 9e6
        at += wait
    assert states(engine) == {"boss@acme.example": "failed"}
    assert "127.0.0.1:1 does not answer" in errors(engine)[0]
    with sessions(engine).begin() as session:
        assert try_again(session, Key(number, SEVEN, "boss@acme.example"), at)
    assert run(settings, at) == "due 0, sent 1"


def test_no_mail_server_is_said_and_nothing_is_lost(engine: Engine, settings: Settings) -> None:
    schedule(engine)
    assert run(replace(settings, smtp_host=""), SEVEN) == "due 1, put off 1"
    assert "set smtp_host" in errors(engine)[0]


def test_who_is_allowed_no_more_gets_nothing(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine, "boss@acme.example", "Ann@Partner.example", "eve@elsewhere.example")
    narrower = replace(settings, mail_to="acme.example, ann@partner.example")
    assert run(narrower, SEVEN) == "due 1, failed 1, sent 2"
    assert states(engine)["eve@elsewhere.example"] == "failed"
    assert any("only to @acme.example or ann@partner.example" in each for each in errors(engine))
    assert sorted(server.to()) == ["Ann@Partner.example", "boss@acme.example"]


def test_two_processes_at_the_same_moment_send_one(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    recipients = [f"r{number}@acme.example" for number in range(6)]
    schedule(engine, *recipients)
    threads = [threading.Thread(target=run, args=(settings, SEVEN)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(server.to()) == recipients
    assert set(states(engine).values()) == {"sent"}


# What the process to be killed does: it stops for ever where it is told to.
DIE = """
import sys, time
from pathlib import Path
from callcenter.jobs import send_reports as job
from callcenter.settings import Settings
home, port, at, where = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
def stop(*_, **__):
    print("there", flush=True)
    time.sleep(600)
if where == "claimed":
    job.prepare = stop
settings = Settings(home=home, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
                    mail_from="reports@callcenter.example", mail_to="acme.example")
job.send_reports(settings, clock=lambda: at)
"""


def killed_while(settings: Settings, where: str, there: threading.Event | None = None) -> None:
    """A real process, ended by kill -9."""
    words = [str(settings.home), str(settings.smtp_port), str(SEVEN), where]
    process = subprocess.Popen(
        [sys.executable, "-c", DIE, *words], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    try:
        if there is None:
            assert process.stdout is not None
            assert process.stdout.readline() == b"there\n"
        else:
            assert there.wait(60)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_killed_before_a_word_was_said_it_is_sent_once_by_the_next(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    schedule(engine)
    killed_while(settings, "claimed")
    assert states(engine) == {"boss@acme.example": "claimed"}
    assert run(settings, SEVEN + 60) == "due 0"
    assert run(settings, SEVEN + CLAIM_SECONDS + 1) == "due 0, sent 1"
    assert server.to() == ["boss@acme.example"]


def test_killed_while_the_text_went_over_it_is_never_sent_twice(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    number = schedule(engine)
    arrived, killed = threading.Event(), threading.Event()

    def hold(_recipient: str) -> str:
        arrived.set()
        assert killed.wait(60)
        return "250 taken"

    server.on_text = hold
    try:
        killed_while(settings, "sending", arrived)
    finally:
        killed.set()
    server.on_text = lambda _: "250 taken"
    for later in (60, 400, 7200):
        assert run(settings, SEVEN + later) == "due 0"
    assert states(engine) == {"boss@acme.example": "unsure"}
    assert "may have arrived or not" in errors(engine)[0]
    assert len(server.taken) <= 1
    before = len(server.taken)
    with sessions(engine).begin() as session:
        assert try_again(session, Key(number, SEVEN, "boss@acme.example"), SEVEN + 7300)
    assert run(settings, SEVEN + 7300) == "due 0, sent 1"
    assert len({mail["Message-ID"] for _, mail in server.taken}) == 1
    assert len(server.taken) == before + 1


def test_who_left_the_house_sends_nothing_more(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    number = schedule(engine)
    with sessions(engine).begin() as session:
        session.scalars(select(UserRow).where(UserRow.username == "sue")).one().active = False
    assert run(settings, SEVEN) == "due 0"
    with sessions(engine)() as session:
        assert not session.get_one(ReportScheduleRow, number).active
    assert server.taken == []


def test_what_the_owner_may_not_see_does_not_go_out(
    engine: Engine, settings: Settings, server: MailServer
) -> None:
    with sessions(engine).begin() as session:
        site = load_site(session)
        save_site(session, replace(site, supervisors_see_numbers="masked"), by="test")
    schedule(engine, report="repeat-callers")
    run(settings, SEVEN)
    text = attached(server).decode()
    assert "0151234567" not in text
    assert "0151234•••" in text


def test_now_and_deleted(engine: Engine, settings: Settings, server: MailServer) -> None:
    number = schedule(engine)
    with sessions(engine).begin() as session:
        send_now(session, session.get_one(ReportScheduleRow, number), MIDNIGHT)
    assert run(settings, MIDNIGHT + 1) == "due 0, sent 1"
    with sessions(engine).begin() as session:
        session.delete(session.scalars(select(ReportTemplateRow)).one())
    assert run(settings, SEVEN) == "due 0"
    assert states(engine) == {}


@pytest.mark.parametrize("change", [{"active": False}, {"role": "agent"}])
def test_what_waits_for_its_next_try_stays_when_its_owner_may_no_longer_see_it(
    engine: Engine, settings: Settings, server: MailServer, change: dict[str, Any]
) -> None:
    schedule(engine)
    server.on_recipient = lambda _: "451 come back"
    run(settings, SEVEN)
    server.on_recipient = lambda _: "250 ok"
    with sessions(engine).begin() as session:
        sue = session.scalars(select(UserRow).where(UserRow.username == "sue")).one()
        for name, value in change.items():
            setattr(sue, name, value)
    assert run(settings, SEVEN + BACK_OFF[0]) == "due 0, put off 1"
    assert server.taken == []
    assert "may not see reports any more" in errors(engine)[0]


def test_nobody_floods_a_mailbox(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = schedule(engine)
    with sessions(engine).begin() as session:
        row = session.get_one(ReportScheduleRow, number)
        send_now(session, row, MIDNIGHT)
        with pytest.raises(Conflict, match="a minute later"):
            send_now(session, row, MIDNIGHT + 59)
        send_now(session, row, MIDNIGHT + 61)
    monkeypatch.setattr(schedules, "MOST", 1)
    with pytest.raises(InvalidInput, match="delete one first"):
        schedule(engine)
