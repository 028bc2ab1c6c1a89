"""`callcenter run demo`: the carrier, its callers and the simulated agents, until SIGTERM."""

from __future__ import annotations

import logging
import signal
import threading
import time
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.demo.after_calls import WORDS_SECONDS, say_words
from callcenter.demo.campaign import AGAIN_SECONDS, call_again
from callcenter.demo.rate import forget_rate
from callcenter.demo.runner import Demo, DemoOptions
from callcenter.demo.site import SIMULATED_AGENTS
from callcenter.domain.errors import CallcenterError
from callcenter.domain.site import Site
from callcenter.settings import Settings

log = logging.getLogger(__name__)


def main(settings: Settings) -> int:
    """0 after a clean stop. Raises Unavailable when the carrier cannot be started."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    forget_rate(settings)
    options = DemoOptions(calls_per_minute=settings.demo_calls_per_minute)
    for work in (_renew_leads, _say_words):
        threading.Thread(target=work, args=(settings, stop), daemon=True).start()
    Demo(settings, _site(settings), options).run(stop)
    log.info("demo_stopped")
    return 0


def _renew_leads(settings: Settings, stop: threading.Event) -> None:
    """The campaign's people may be called again after a while."""
    engine = open_engine(settings.database)
    while not stop.wait(AGAIN_SECONDS):
        try:
            with sessions(engine).begin() as session:
                call_again(session, time.time())
        except (CallcenterError, SQLAlchemyError) as error:  # no such list, or the database is away
            log.debug("demo_leads_wait", extra={"why": str(error)[:200]})


def _say_words(settings: Settings, stop: threading.Event) -> None:
    """What the simulated agents' calls came to, soon after each."""
    engine, random = open_engine(settings.database), Random()  # noqa: S311 - a play, not a secret
    while not stop.wait(WORDS_SECONDS):
        try:
            with sessions(engine).begin() as session:
                say_words(session, SIMULATED_AGENTS, random, time.time())
        except (CallcenterError, SQLAlchemyError) as error:  # the database is away
            log.debug("demo_words_wait", extra={"why": str(error)[:200]})


def _site(settings: Settings) -> Site:
    engine = open_engine(settings.database)
    try:
        with sessions(engine)() as session:
            return load_site(session)
    finally:
        engine.dispose()
