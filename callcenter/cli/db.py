"""`callcenter db upgrade|current|draft|index-numbers`: the database's schema."""

from __future__ import annotations

import argparse

from callcenter.db import migrations
from callcenter.db.engine import open_engine
from callcenter.db.number_index import make_number_index
from callcenter.settings import Settings

HELP = "bring the database's schema up to date, or show where it stands"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["upgrade", "current", "draft", "index-numbers"])
    parser.add_argument("message", nargs="?", default="", help="draft: what the new step does")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.action == "draft":
        print(migrations.draft(arguments.message))  # noqa: T201
        return 0
    engine = open_engine(settings.database)
    if arguments.action == "upgrade":
        migrations.upgrade(engine)
    elif arguments.action == "index-numbers":
        make_number_index(engine)
    else:
        print(migrations.current(engine) or "empty", "newest:", migrations.newest())  # noqa: T201
    return 0
