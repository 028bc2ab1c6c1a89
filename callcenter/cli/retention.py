"""`callcenter retention [--dry-run]`: forget what is older than the site keeps it."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.privacy.retention import due, forget_old, limits_of
from callcenter.settings import Settings

HELP = "forget recordings, messages, numbers and calls that are older than the site keeps them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would go and change nothing"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints JSON: what goes (or went), and the first day of each kind that is kept."""
    engine, now = open_engine(settings.database), time.time()
    try:
        with sessions(engine)() as session:
            limits = asdict(limits_of(load_site(session), now))
            found = due(session, settings, now) if arguments.dry_run else None
        found = found or forget_old(sessions(engine), settings, now)
    finally:
        engine.dispose()
    zone = limits.pop("zone")
    kept = {name: str(day) if day else "always" for name, day in limits.items()}
    word = "would_go" if arguments.dry_run else "went"
    shown = {word: asdict(found), "kept_since": kept, "timezone": str(zone)}
    print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
    return 0
