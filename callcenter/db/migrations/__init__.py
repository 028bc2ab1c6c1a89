"""The schema, step by step (Alembic). `upgrade(engine)` brings any database to the newest step."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine

from callcenter.db.engine import open_engine

FOLDER = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Run the missing steps in one transaction each. Safe to repeat."""
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(engine: Engine) -> str | None:
    """The step the database stands at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


def draft(message: str) -> str:
    """For developers: write the next step from the difference between the models and the steps
    so far; read it before you commit it. Returns the new file's path."""
    script = ScriptDirectory.from_config(configuration())
    number = f"{len(list(script.walk_revisions())) + 1:04d}"
    engine = open_engine("sqlite://")
    upgrade(engine)
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        made = command.revision(config, message, autogenerate=True, rev_id=number)
    return str(made.path) if isinstance(made, Script) else ""


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
