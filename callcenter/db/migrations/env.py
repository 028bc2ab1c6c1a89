"""Alembic's entry point; `upgrade(engine)` hands over an open connection."""

from __future__ import annotations

from alembic import context

from callcenter.db import models  # noqa: F401 - fills the metadata
from callcenter.db.models.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite cannot alter a column in place; Alembic then copies the table.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
