"""Load the lead files people gave on the page, and go on with those a killed process left."""

from __future__ import annotations

import logging
import time

from callcenter.db.engine import open_engine, sessions
from callcenter.dialer.leads.imports import forget_files, imports_to_run, run_import
from callcenter.domain.errors import Conflict
from callcenter.privacy.erased_leads import ErasedSince
from callcenter.settings import Settings

log = logging.getLogger(__name__)


def load_leads(settings: Settings) -> str:
    engine = open_engine(settings.database)
    makers = sessions(engine)
    loaded = 0
    try:
        with makers() as session:
            waiting = imports_to_run(session, time.time())
            forget_files(session, settings.home, time.time())
        for import_id in waiting:
            try:
                row = run_import(
                    makers, settings.home, import_id, time.time, erased=ErasedSince(settings)
                )
                loaded += row.loaded
            except Conflict as error:  # cancelled, or a command has taken it up
                log.info("lead_import_left", extra={"import_id": import_id, "why": str(error)})
    finally:
        engine.dispose()
    return f"loaded {loaded} leads of {len(waiting)} files"
