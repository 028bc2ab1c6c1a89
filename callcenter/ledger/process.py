"""The ledger process: reads the fact files of this node for ever, batch by batch."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from callcenter.db.engine import open_engine, sessions
from callcenter.ledger.erasure_key import erasure_key
from callcenter.ledger.facts import CEL, QUEUE_LOG
from callcenter.ledger.ingest import ingest, position_of
from callcenter.ledger.judge import Judge
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.reader import Position, read_new_lines
from callcenter.ledger.rollups import ensure_rolled, progress
from callcenter.ledger.spool import BYTES_A_MB, keep_place, spool
from callcenter.settings import Settings

# queue_log first: a call is then complete when CEL tells of its end.
FILES = {QUEUE_LOG: "queue_log", CEL: "cel-custom/cel.csv", CDR: "cdr-custom/cdr.csv"}
IDLE_SECONDS = 0.3
KEEP_PLACE_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 10.0

log = logging.getLogger(__name__)


def main(settings: Settings) -> int:
    """Until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    engine = open_engine(settings.database)
    log.info("ledger_started", extra={"node": settings.node})
    follow(settings, engine, stop)
    log.info("ledger_stopped")
    return 0


def follow(settings: Settings, engine: Engine, stop: threading.Event) -> None:
    """Reads until `stop`. With the database away nothing is lost: the files are the spool."""
    backoff, rolled = IDLE_SECONDS, False
    judge = Judge(sessions(engine), settings.node, settings.recordings)
    places = _Places(settings)
    while not stop.is_set():
        try:
            if not rolled:
                # History from before there were roll-ups, or a site that changed while we were away
                with sessions(engine).begin() as session:
                    ensure_rolled(session)
                    rolled = progress(session).done  # else some more steps between two batches
            more = read_once(settings, engine, places=places.now)
            backoff = IDLE_SECONDS
            if not more and rolled:
                places.keep(time.time())
                judge.look(time.time())
                stop.wait(IDLE_SECONDS)
        except (OperationalError, InterfaceError, DBAPIError, OSError) as error:
            _say_waiting(settings, str(error), backoff)
            stop.wait(backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)


def _say_waiting(settings: Settings, why: str, backoff: float) -> None:
    waits = spool(settings, FILES)
    mb = round(waits.waiting_bytes / BYTES_A_MB, 1)
    log.warning("ledger_waits", extra={"why": why[:300], "seconds": backoff, "waiting_mb": mb})
    if waits.over:
        log.error("spool_over_bound", extra={"what": waits.said(time.time())})


@dataclass
class _Places:
    """Where the reader stands, kept in a file now and then."""

    settings: Settings
    now: dict[str, Position] = field(default_factory=dict)
    kept: dict[str, Position] = field(default_factory=dict)
    kept_at: float = 0.0

    def keep(self, at: float) -> None:
        """Everything has been read."""
        if self.now != self.kept or at - self.kept_at > KEEP_PLACE_SECONDS:
            keep_place(self.settings, self.now, at)
            self.kept, self.kept_at = dict(self.now), at


def read_once(
    settings: Settings,
    engine: Engine,
    clock: Callable[[], float] = time.time,
    places: dict[str, Position] | None = None,
) -> bool:
    """One batch of each file. True when there may be more to read at once.

    `places` is told how far each file is read.
    """
    more = False
    places = {} if places is None else places
    for source, name in FILES.items():
        with sessions(engine).begin() as session:
            before = position_of(session, settings.node, source)
            places.setdefault(source, before)
            batch = read_new_lines(settings.asterisk_log / name, before)
            if batch.position == before:
                continue
            key = erasure_key(settings)
            done = ingest(session, settings.node, source, batch, clock(), key=key)
        places[source] = batch.position
        more = more or batch.more or bool(batch.lines)
        if batch.gap:
            log.error("facts_missing", extra={"source": source, "why": batch.gap})
        if done.rejected:
            log.warning("lines_rejected", extra={"source": source, "lines": done.rejected})
        log.debug("facts_read", extra={"source": source, "facts": done.facts, "calls": done.calls})
    return more
