"""Wrap-up and ringing in agents' intervals, pauses that are work, findings of reconciliation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What existing rows get; new rows are always written with a value.
ADDED: dict[str, dict[str, tuple[sa.types.TypeEngine[Any], str]]] = {
    "agent_intervals": {"queue": (sa.String(160), ""), "call_id": (sa.String(160), "")},
    "site": {"working_pause_reasons": (sa.JSON(), "[]")},
}


def upgrade() -> None:
    op.create_table(
        "judgements",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("judged_at", sa.Float(precision=53), nullable=False),
        sa.Column("since", sa.Float(precision=53), nullable=False),
        sa.Column("before", sa.Float(precision=53), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_judgements")),
    )
    op.create_table(
        "unreconciled",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", "kind", "ref", name=op.f("pk_unreconciled")),
    )
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, (kind, value) in columns.items():
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch:
            for name, (kind, _) in columns.items():
                batch.alter_column(name, existing_type=kind, server_default=None)
    with op.batch_alter_table("agent_intervals") as batch:
        batch.add_column(sa.Column("carried", sa.JSON(none_as_null=True), nullable=True))
        batch.create_index("ix_agent_intervals_queue", ["queue", "started_at"])


def downgrade() -> None:
    refuse_downgrade(revision)
