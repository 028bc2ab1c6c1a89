"""What is too old goes, on both databases; sums outlive it, and nothing of it comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from callcenter.db.engine import sessions
from callcenter.db.models import Base
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerChannel, LedgerFact
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.site import Queue, Site
from callcenter.ledger.erasure_key import erasure_key
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.ingest import ingest
from callcenter.ledger.keep_books import Dirty, refold
from callcenter.ledger.reader import Batch, Position
from callcenter.ledger.rollups import ensure_rolled
from callcenter.ledger.rollups.prove import prove
from callcenter.ledger.rollups.rebuild import SUMS_OF_DAYS
from callcenter.privacy.retention import Due, due, forget_old
from callcenter.settings import Settings
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import NODE, books, empty_ledger, feed, forget_returns

DAY = 86_400
RECORDED_AT = 1_795_393_000  # 2026-11-23 00:16:40 UTC
NOW = RECORDED_AT + 3600.0
SITE = Site(
    timezone="Europe/Berlin",
    queues=(Queue("support", "Support"),),
    keep_calls_days=10,
    keep_numbers_days=5,
    keep_recordings_days=3,
    keep_voicemail_days=3,
)
AGES = (20, 7, 1)  # days: gone, blank, whole
ROLL_UPS = [table.__tablename__ for table in SUMS_OF_DAYS]


def aged(situation: str, days: int) -> list[tuple[str, str]]:
    """The recorded lines as if they had been written `days` ago; ids as well."""
    return [
        (source, re.sub(r"\b1795\d{6}\b", lambda at: str(int(at[0]) - days * DAY), line))
        for source, line in recorded(situation)
    ]


LINES = sorted(
    line for days in AGES for name in ("answered", "abandon49") for line in aged(name, days)
)
AGENT = [
    (QUEUE_LOG, f"{RECORDED_AT - 11 * DAY}|MANAGER|support|1009|ADDMEMBER|"),
    (QUEUE_LOG, f"{RECORDED_AT - 9 * DAY}|MANAGER|support|1009|PAUSE|lunch"),
    (QUEUE_LOG, f"{RECORDED_AT - 8 * DAY}|MANAGER|support|1009|UNPAUSE|"),
]
LATER = [(QUEUE_LOG, f"{RECORDED_AT + 60}|MANAGER|support|1009|REMOVEMEMBER|")]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = empty_ledger(database_url)
    with sessions(engine).begin() as session:
        save_site(session, SITE, by="test")
    feed(engine, [*LINES, *AGENT])
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def sums(engine: Engine) -> dict[str, list[Any]]:
    with sessions(engine).begin() as session:
        return {
            name: sorted(map(tuple, session.execute(select(Base.metadata.tables[name]))), key=str)
            for name in ROLL_UPS
        }


def read_again(engine: Engine, settings: Settings) -> None:
    for source in (CEL, QUEUE_LOG):
        lines = tuple(line for kind, line in (*LINES, *AGENT) if kind == source)
        with sessions(engine).begin() as session:
            batch = Batch(lines, Position(), more=False)
            ingest(session, NODE, source, batch, NOW, key=erasure_key(settings))


def test_calls_go_numbers_go_and_every_sum_stays(engine: Engine, settings: Settings) -> None:
    before = sums(engine)
    with sessions(engine)() as session:
        told = due(session, settings, NOW)
    done = forget_old(sessions(engine), settings, NOW)
    assert (told.calls, told.numbers) == (done.calls, done.numbers) == (2, 2)
    with sessions(engine).begin() as session:
        calls = session.scalars(select(Call).order_by(Call.started_at)).all()
        ages = [round((NOW - call.started_at) / DAY) for call in calls]
        assert ages == [7, 7, 1, 1]
        assert [bool(call.caller_number) for call in calls] == [False, False, True, True]
        kept = {call.id for call in calls}
        for table in (CallLeg, QueueVisit, CallTalk, CallEvent, LedgerChannel):
            assert set(session.scalars(select(table.call_id))) <= kept
        facts = session.scalars(select(LedgerFact).where(LedgerFact.agent != "1009")).all()
        assert min(fact.at for fact in facts) > NOW - 10 * DAY
    assert sums(engine) == before
    assert prove(sessions(engine))[1] == []
    assert sums(engine) == before


def test_a_second_run_finds_nothing_and_the_books_are_as_the_facts_fold_them(
    engine: Engine, settings: Settings
) -> None:
    forget_old(sessions(engine), settings, NOW)
    assert forget_old(sessions(engine), settings, NOW) == Due()
    forget_returns(engine)
    before = books(engine)
    with sessions(engine).begin() as session:
        refold(session, NODE, Dirty(calls=set(session.scalars(select(Call.id)))))
    forget_returns(engine)
    assert books(engine) == before


def test_old_files_read_again_bring_nothing_back(engine: Engine, settings: Settings) -> None:
    forget_old(sessions(engine), settings, NOW)
    before, kept = books(engine), sums(engine)
    read_again(engine, settings)
    assert books(engine) == before
    assert sums(engine) == kept


def test_a_site_that_reckons_otherwise_leaves_frozen_sums_alone(
    engine: Engine, settings: Settings
) -> None:
    forget_old(sessions(engine), settings, NOW)
    floor = NOW - 10 * DAY
    before = {name: [row for row in rows if row[0] < floor] for name, rows in sums(engine).items()}
    assert before["queue_quarters"]
    with sessions(engine).begin() as session:
        site = load_site(session)
        queues = (replace(site.queues[0], service_level_seconds=1),)
        save_site(session, replace(site, queues=queues), by="test")
    with sessions(engine).begin() as session:
        assert ensure_rolled(session)
    after = {name: [row for row in rows if row[0] < floor] for name, rows in sums(engine).items()}
    assert after == before


def test_an_agent_signed_in_since_before_the_floor_stays_signed_in(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    """A later line folds into the same day as if nothing had been forgotten."""
    forget_old(sessions(engine), settings, NOW)
    feed(engine, LATER)
    untouched = empty_ledger(f"sqlite:///{tmp_path / 'untouched.sqlite'}")
    feed(untouched, [*AGENT, *LATER])
    floor = NOW - 10 * DAY
    found = [_intervals(each, floor) for each in (engine, untouched)]
    untouched.dispose()
    assert found[0] == found[1]
    assert len(found[0]) == 3


def _intervals(engine: Engine, floor: float) -> list[tuple[Any, ...]]:
    row = AgentInterval
    query = select(row.started_at, row.ended_at, row.state, row.reason)
    query = query.where(row.agent == "1009", row.ended_at > floor).order_by(row.started_at)
    with sessions(engine).begin() as session:
        return [tuple(each) for each in session.execute(query)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sound_goes_by_its_day_and_the_call_says_so(engine: Engine, settings: Settings) -> None:
    old, new = "2026/11/02/a.raw", "2026/11/22/b.raw"
    for name in (old, new):
        path = settings.recordings / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"\0" * 8)
    box = settings.home / "voicemail/cc/700/INBOX"
    box.mkdir(parents=True)
    for number, at in (("0000", NOW - 4 * DAY), ("0001", NOW - DAY)):
        (box / f"msg{number}.txt").write_text(f"[message]\ncallerid=1\norigtime={int(at)}\n")
        (box / f"msg{number}.wav").write_bytes(b"\0")
    with sessions(engine).begin() as session:
        calls = session.scalars(select(Call).order_by(Call.started_at)).all()
        calls[2].recording, calls[-1].recording = old, new
        calls[2].ended_at = NOW - 4 * DAY
    with sessions(engine)() as session:
        told = due(session, settings, NOW)
    done = forget_old(sessions(engine), settings, NOW)
    assert (told.recordings, told.messages) == (done.recordings, done.messages) == (1, 1)
    assert [path.name for path in settings.recordings.rglob("*.raw")] == ["b.raw"]
    assert sorted(path.name for path in box.iterdir()) == ["msg0001.txt", "msg0001.wav"]
    with sessions(engine)() as session:
        assert set(session.scalars(select(Call.recording))) == {"", new}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_kept_for_ever_means_that(engine: Engine, settings: Settings) -> None:
    with sessions(engine).begin() as session:
        save_site(session, Site(timezone="Europe/Berlin", queues=SITE.queues), by="test")
    before = books(engine)
    assert forget_old(sessions(engine), settings, NOW) == Due()
    assert books(engine) == before
