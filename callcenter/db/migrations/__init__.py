"""The schema, step by step (Alembic). `upgrade(engine)` brings any database to the newest step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine

from callcenter.db.engine import open_engine
from callcenter.domain.errors import Conflict

FOLDER = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Run the missing steps in one transaction: all or none. Safe to repeat."""
    with engine.connect() as connection, _one_transaction(connection):
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
        _tidy_with_ruff(config)
        made = command.revision(config, message, autogenerate=True, rev_id=number)
    return str(made.path) if isinstance(made, Script) else ""


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    """SQLite's driver begins none for changes of the schema, and Alembic alters a table there by
    copying it and dropping the old one, which would take the rows that refer to it along."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise Conflict("The new schema would leave rows that refer to nothing; nothing changed")
        connection.commit()
    finally:
        connection.rollback()
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def refuse_downgrade(step: str) -> None:
    """What every step does when it is asked to go back: a step back would throw records away."""
    raise Conflict(
        f"Step {step} has no way back, because that would lose what was recorded since. "
        "Restore the backup made before the update (docs/operations.md, Backup and restore)."
    )


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def _tidy_with_ruff(config: Config) -> None:
    """The written file in the shape that the house rules ask for, where ruff is installed (the
    environment of `./run test`)."""
    steps = {"fix": "check --fix --exit-zero", "format": "format"} if find_spec("ruff") else {}
    for name, words in steps.items():
        for key, value in {"type": "module", "module": "ruff"}.items():
            config.set_section_option("post_write_hooks", f"{name}.{key}", value)
        options = f"{words} --quiet REVISION_SCRIPT_FILENAME"
        config.set_section_option("post_write_hooks", f"{name}.options", options)
    config.set_section_option("post_write_hooks", "hooks", ", ".join(steps))
