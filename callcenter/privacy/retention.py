"""What is older than the site keeps it: recordings, messages, callers' numbers, calls.

Numbers and calls go a local day at a time, each day a transaction that also moves the floor
(RetentionFloor): the ledger takes nothing in from below it, and leaves the sums from below it as
they are, so the roll-ups outlive their calls. A run that is cut short goes on where it stood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.calls import Call
from callcenter.db.models.ledger import LedgerFact
from callcenter.db.models.privacy import RetentionFloor
from callcenter.db.site_store import load_site
from callcenter.domain.periods import day_start, local_day
from callcenter.domain.site import Site
from callcenter.ledger.erasure_key import made_erasure_key
from callcenter.ledger.rollups.basis import locked_basis
from callcenter.privacy.aged_calls import delete_calls, old_calls, old_facts
from callcenter.privacy.aged_numbers import blank_numbers, old_numbers
from callcenter.privacy.recordings import drop_empty_folders, recordings_before
from callcenter.privacy.voicemail import all_messages, delete_message
from callcenter.reports.forgotten_runs import drop_kept_rows
from callcenter.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """How much is older than it is kept; after a run: how much went."""

    recordings: int = 0
    messages: int = 0
    numbers: int = 0  # calls whose numbers are blanked
    calls: int = 0
    facts: int = 0  # lines of Asterisk's that these calls were folded from

    def __str__(self) -> str:
        return ", ".join(f"{each.name} {getattr(self, each.name)}" for each in fields(self))


@dataclass(frozen=True)
class Limits:
    """First day that is kept, of each kind; None: all are."""

    recordings: date | None
    messages: date | None
    numbers: date | None
    calls: date | None
    zone: ZoneInfo

    def before(self, day: date | None) -> float:
        return day_start(day, self.zone) if day else 0.0


def limits_of(site: Site, now: float) -> Limits:
    zone = ZoneInfo(site.timezone)
    today = local_day(now, zone)

    def first(days: int) -> date | None:
        return today - timedelta(days=days) if days else None

    kept = [days for days in (site.keep_recordings_days, site.keep_calls_days) if days]
    return Limits(
        recordings=first(min(kept, default=0)),
        messages=first(site.keep_voicemail_days),
        numbers=first(site.keep_numbers_days),
        calls=first(site.keep_calls_days),
        zone=zone,
    )


def due(session: Session, settings: Settings, now: float) -> Due:
    """What a run would take now; changes nothing."""
    limits = limits_of(load_site(session), now)
    calls, numbers = limits.before(limits.calls), limits.before(limits.numbers)
    floor = session.scalar(select(RetentionFloor))
    blank_up_to = max(calls, floor.numbers_before if floor else 0.0)
    return Due(
        recordings=len(list(_recordings(settings, limits))),
        messages=len([each for each in all_messages(_voicemail(settings))
                      if each.at < limits.before(limits.messages)]),
        numbers=old_numbers(session, blank_up_to, numbers) if numbers else 0,
        calls=old_calls(session, calls) if calls else 0,
        facts=old_facts(session, calls) if calls else 0,
    )  # fmt: skip


def forget_old(sessions: sessionmaker[Session], settings: Settings, now: float) -> Due:
    """Takes what is due. Safe to repeat and to interrupt."""
    with sessions.begin() as session:
        limits = limits_of(load_site(session), now)
    recordings = _forget_recordings(sessions, settings, limits)
    messages = _forget_messages(settings, limits)
    numbers = calls = facts = 0
    if limits.calls:
        for day in _days(sessions, limits, limits.calls, lambda floor: floor.calls_before):
            with sessions.begin() as session:
                _, before = _moved(session, day, limits, "calls")
                went = delete_calls(session, before)
            calls, facts = calls + went[0], facts + went[1]
    if limits.numbers:
        key = made_erasure_key(settings)
        for day in _days(sessions, limits, limits.numbers, lambda floor: floor.numbers_before):
            with sessions.begin() as session:
                since, before = _moved(session, day, limits, "numbers")
                numbers += blank_numbers(session, since, before, key)
    if numbers or calls:
        drop_kept_rows(settings.report_runs)
    done = Due(recordings, messages, numbers, calls, facts)
    log.info("retention_done", extra=vars(done))
    return done


def _voicemail(settings: Settings) -> Path:
    return settings.home / "voicemail"


def _recordings(settings: Settings, limits: Limits) -> Iterator[str]:
    if limits.recordings:
        for path in recordings_before(settings.recordings, limits.recordings):
            yield str(path)


def _forget_recordings(sessions: sessionmaker[Session], settings: Settings, limits: Limits) -> int:
    if limits.recordings is None:
        return 0
    before = limits.before(limits.recordings)
    with sessions.begin() as session:
        session.execute(
            update(Call).where(Call.ended_at < before, Call.recording != "").values(recording="")
        )
    count = 0
    for path in recordings_before(settings.recordings, limits.recordings):
        path.unlink(missing_ok=True)
        count += 1
    drop_empty_folders(settings.recordings)
    return count


def _forget_messages(settings: Settings, limits: Limits) -> int:
    before, count = limits.before(limits.messages), 0
    for message in all_messages(_voicemail(settings)):
        if message.at < before:
            delete_message(message)
            count += 1
    return count


def _days(
    sessions: sessionmaker[Session],
    limits: Limits,
    until: date,
    reached: Callable[[RetentionFloor], float],
) -> Iterator[date]:
    """The floor after each step: from where it stands, or the oldest fact, up to `until`."""
    with sessions.begin() as session:
        floor = session.scalar(select(RetentionFloor))
        oldest = [
            at
            for at in (
                session.scalar(select(func.min(Call.started_at))),
                session.scalar(select(func.min(LedgerFact.at))),
            )
            if at is not None
        ]
    start = max(reached(floor) if floor else 0.0, min(oldest, default=limits.before(until)))
    day = local_day(start, limits.zone)
    while day < until:
        day += timedelta(days=1)
        yield day


def _moved(session: Session, day: date, limits: Limits, kind: str) -> tuple[float, float]:
    """Moves the floor of `kind` up to this day; where it was, and is. It never goes down.

    Waits for the ledger's roll-ups of this moment, so that none is reckoned from half a day.
    """
    locked_basis(session)
    floor = session.get(RetentionFloor, 1)
    if floor is None:
        floor = RetentionFloor(id=1, calls_before=0.0, numbers_before=0.0)
        session.add(floor)
    name = f"{kind}_before"
    was = float(getattr(floor, name))
    at = max(was, limits.before(day))
    setattr(floor, name, at)
    session.flush()
    return was, at
