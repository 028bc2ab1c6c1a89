"""A person's number leaves everything and stays away; sums and books stay. Both databases."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import sessionmaker

from callcenter.db.engine import sessions
from callcenter.db.models import Base
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call
from callcenter.db.models.customers import CustomerRow
from callcenter.db.models.permissions import DoNotCallRow
from callcenter.db.models.privacy import ErasedNumber, Erasure
from callcenter.domain.errors import InvalidInput
from callcenter.ledger.erasure_key import FILE_NAME, erasure_key
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.ingest import ingest
from callcenter.ledger.keep_books import Dirty, refold
from callcenter.ledger.reader import Batch, Position
from callcenter.ledger.rollups.prove import prove
from callcenter.privacy.erase import Asked, erase_person
from callcenter.privacy.export import export_person
from callcenter.privacy.person import find_person
from callcenter.settings import Settings
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import NODE, books, calls, empty_ledger, feed, forget_returns

SITUATIONS = ("answered", "blind", "attended_twice", "menu")
LINES = [line for name in SITUATIONS for line in recorded(name)]
NOW = 2_000_000_000.0
MESSAGE = """; message
[message]
origmailbox=700
context=cc-voicemail
callerchan=PJSIP/trunk-carrier-00000007
callerid="Eve" <{number}>
origtime=1764000000
duration=4
"""


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(database_url)
    feed(engine, sorted(LINES, key=lambda line: line[0]))
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def caller(engine: Engine) -> str:
    return next(call.caller_number for call in calls(engine) if call.direction == "inbound")


def erase(engine: Engine, settings: Settings, number: str) -> dict[str, int]:
    asked = Asked("ann", f"a letter about {number}", NOW)
    with sessions(engine).begin() as session:
        return erase_person(session, settings, number, asked).counts


def sums(engine: Engine) -> dict[str, list[Any]]:
    tables = ("queue_quarters", "queue_days", "agent_talk_days", "agent_state_days")
    with sessions(engine).begin() as session:
        return {
            name: sorted(map(tuple, session.execute(select(Base.metadata.tables[name]))), key=str)
            for name in tables
        }


def everything(engine: Engine, settings: Settings) -> str:
    """All rows of all tables and all small files, as one text."""
    with sessions(engine).begin() as session:
        rows = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    files = [
        path.read_text(errors="replace")
        for path in settings.home.rglob("*")
        if path.is_file() and path.suffix in (".txt", ".key")
    ]
    return "\n".join(rows + files)


def read_again(engine: Engine, settings: Settings) -> None:
    key = erasure_key(settings)
    for source in (CEL, QUEUE_LOG):
        lines = tuple(line for kind, line in LINES if kind == source)
        with sessions(engine).begin() as session:
            ingest(session, NODE, source, Batch(lines, Position(), more=False), 0.0, key=key)


def test_nothing_holds_the_number_afterwards_and_the_sums_are_the_same(
    engine: Engine, settings: Settings
) -> None:
    number, before = caller(engine), sums(engine)
    with sessions(engine).begin() as session:
        session.add(CustomerRow(number=number, name="Eve"))
        session.add(AuditEntryRow(at=1.0, by="sue", action="calls_exported", detail=f"n={number}"))
    assert number in everything(engine, settings)
    counts = erase(engine, settings, number)
    assert counts["calls"] > 1
    assert counts["facts"] > counts["calls"]
    assert counts["customers"] == 1
    assert number not in everything(engine, settings)
    assert sums(engine) == before
    assert prove(sessions(engine))[1] == []


def test_the_blanked_facts_fold_into_the_books_as_they_are(
    engine: Engine, settings: Settings
) -> None:
    erase(engine, settings, caller(engine))
    forget_returns(engine)
    before = books(engine)
    with sessions(engine).begin() as session:
        refold(session, NODE, Dirty(calls=set(session.scalars(select(Call.id)))))
    forget_returns(engine)
    assert books(engine) == before


@one_database
def test_only_the_person_s_calls_change_and_only_in_what_is_personal(
    engine: Engine, settings: Settings
) -> None:
    number = caller(engine)
    before = {call.id: call for call in calls(engine)}
    erase(engine, settings, number)
    for call in calls(engine):
        old = before[call.id]
        personal = {"caller_number", "caller_name", "dialed", "recording", "_sa_instance_state"}
        same = vars(call).keys() - (personal if old.caller_number == number else set())
        same -= {"_sa_instance_state"}
        assert {n: getattr(call, n) for n in same} == {n: getattr(old, n) for n in same}
        assert call.caller_number != number


@pytest.mark.parametrize("state", ["same files", "files never read before"])
def test_old_files_read_again_bring_nothing_back(
    engine: Engine, settings: Settings, state: str
) -> None:
    number = caller(engine)
    erase(engine, settings, number)
    before = books(engine)
    if state == "files never read before":
        with sessions(engine).begin() as session:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in ("erased_numbers", "erasures"):
                    session.execute(table.delete())
    read_again(engine, settings)
    assert number not in everything(engine, settings)
    after = books(engine)
    if state == "same files":
        assert after == before
    assert len(after["calls"]) == len(before["calls"])


@one_database
def test_without_the_key_old_lines_stay_out_and_new_calls_come_in(
    engine: Engine, settings: Settings
) -> None:
    number = caller(engine)
    erase(engine, settings, number)
    (settings.home / FILE_NAME).unlink()
    with sessions(engine).begin() as session:
        for row in session.scalars(select(ErasedNumber)):
            row.erased_at = 1_900_000_000.0
    before = len(calls(engine))
    read_again(engine, settings)
    assert len(calls(engine)) == before
    assert number not in everything(engine, settings)


@one_database
def test_a_new_call_of_the_person_is_a_new_call(engine: Engine, settings: Settings) -> None:
    number = caller(engine)
    erase(engine, settings, number)
    with sessions(engine).begin() as session:
        for row in session.scalars(select(ErasedNumber)):
            row.erased_at = 1.0
        session.execute(Base.metadata.tables["ledger_facts"].delete())
    read_again(engine, settings)
    assert number in {call.caller_number for call in calls(engine)}


@one_database
def test_sound_and_messages_leave_the_disk(engine: Engine, settings: Settings) -> None:
    number = caller(engine)
    with sessions(engine).begin() as session:
        call = session.scalars(select(Call).where(Call.caller_number == number)).first()
        assert call is not None
        call.recording = "2026/11/23/one.raw"
    sound = settings.recordings / "2026/11/23/one.raw"
    others = settings.recordings / "2026/11/23/two.raw"
    box = settings.home / "voicemail/cc/700/INBOX"
    for path in (sound, others, box / "msg0000.wav", box / "msg0001.wav"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0" * 8)
    (box / "msg0000.txt").write_text(MESSAGE.format(number=number))
    (box / "msg0001.txt").write_text(MESSAGE.format(number="0999888777"))
    counts = erase(engine, settings, number)
    assert (counts["recordings"], counts["messages"]) == (1, 1)
    assert not sound.exists()
    assert others.exists()
    assert sorted(path.name for path in box.iterdir()) == ["msg0001.txt", "msg0001.wav"]


@one_database
def test_the_record_says_who_asked_and_how_much_but_not_the_number(
    engine: Engine, settings: Settings
) -> None:
    number = caller(engine)
    with sessions(engine).begin() as session:
        session.add(DoNotCallRow(number=f"+{number}", scope="site", scope_name="", source="page",
                                 added_at=1.0))  # fmt: skip
    erase(engine, settings, number)
    with sessions(engine).begin() as session:
        record = session.scalars(select(Erasure)).one()
        entry = session.scalars(
            select(AuditEntryRow).where(AuditEntryRow.action == "person_erased")
        ).one()
        assert (record.by, record.at) == ("ann", NOW)
        assert record.asked_by == "a letter about erased"
        assert record.counts["calls"] > 0
        assert entry.subject == f"person {record.number_hash[:12]}"
        # who must not be called is still not called
        assert session.scalars(select(DoNotCallRow)).one().number == f"+{number}"
    assert (settings.home / FILE_NAME).stat().st_mode & 0o777 == 0o600


@one_database
@pytest.mark.parametrize("number", ["", "201", "abc", "1" * 30])
def test_what_is_no_person_s_number_is_refused(
    engine: Engine, settings: Settings, number: str
) -> None:
    with pytest.raises(InvalidInput):
        erase(engine, settings, number)


@one_database
def test_an_export_has_all_there_is(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    number = caller(engine)
    made: sessionmaker[Any] = sessions(engine)
    with made.begin() as session:
        person = find_person(session, settings, f"+{number}")
        data = export_person(session, settings, person)
    (tmp_path / "person.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "person.zip") as archive:
        told = archive.read("person.json").decode()
        assert told.count('"timeline"') == len(person.calls)
        assert number in told
