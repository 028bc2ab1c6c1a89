"""The site as the controller needs it: read in a thread, read again when it was put in force."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.floor_plan import FloorPlan, plan_of
from callcenter.domain.site import Site
from callcenter.settings import Settings

log = logging.getLogger(__name__)

WATCH_SECONDS = 1.0


class SiteSource:
    """One engine for the life of the process. Methods block: call them in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.sessions = sessions(open_engine(settings.database))

    def load(self) -> Site:
        with self.sessions() as session:
            return load_site(session)

    def plan(self) -> FloorPlan:
        return plan_of(self.load())

    async def plan_or(self, present: FloorPlan) -> FloorPlan:
        """The plan now; the present one while the database is away."""
        try:
            return await asyncio.to_thread(self.plan)
        except Exception as error:  # whatever the driver raises: the floor goes on without it
            log.warning("site_unreadable", extra={"error": str(error)})
            return present


async def watch(path: Path, changed: Callable[[], None]) -> None:
    """Calls `changed` when the link to the generation in force points elsewhere: somebody applied
    a configuration, from the web, the command line or by rolling back."""
    before = _target(path)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        now = _target(path)
        if now != before:
            before = now
            changed()


def _target(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
