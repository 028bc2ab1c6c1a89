"""An index by which PostgreSQL finds part of a number among millions of calls (pg_trgm).

Not every database may have it: the extension is in Debian's postgresql-NN, and making it wants the
right to create in the database. So it is no part of the schema: `callcenter db index-numbers`.
"""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.domain.errors import Conflict

NAME = "ix_calls_mentions"
COLUMNS = ("caller_number", "caller_name", "dialed")
SHORTEST = 3  # shorter texts have no three characters in a row to look up


def has_number_index(session: Session) -> bool:
    if session.get_bind().dialect.name != "postgresql":
        return False
    found = text("SELECT 1 FROM pg_indexes WHERE indexname = :name AND schemaname = ANY "
                 "(current_schemas(false))")  # fmt: skip
    return session.scalar(found, {"name": NAME}) is not None


def make_number_index(engine: Engine) -> None:
    """Safe to repeat; calls go on coming in meanwhile. Raises Conflict where it cannot be."""
    if engine.dialect.name != "postgresql":
        raise Conflict("SQLite has no such index: searches for part of a number want a period")
    columns = ", ".join(f"{name} gin_trgm_ops" for name in COLUMNS)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        except DBAPIError as error:
            raise Conflict(
                "pg_trgm cannot be made here: install PostgreSQL's contrib package, or run "
                f"CREATE EXTENSION pg_trgm in this database as its superuser ({error.orig})"
            ) from None
        # What a broken off one leaves behind is of no use.
        connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}"))
        connection.execute(text(f"CREATE INDEX CONCURRENTLY {NAME} ON calls USING gin ({columns})"))
        connection.execute(text("ANALYZE calls"))
