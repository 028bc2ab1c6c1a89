"""Sums of callers' time in queues and of agents' time after their calls. All sums are made anew."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("queue_load_quarters", "queue_load_days"):
        op.create_table(
            table,
            sa.Column("start_at", sa.Float(precision=53), nullable=False),
            sa.Column("queue", sa.String(length=160), nullable=False),
            sa.Column("queued_us", sa.BigInteger(), nullable=False),
            sa.Column("wrap_ups", sa.Integer(), nullable=False),
            sa.Column("wrap_up_us", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("start_at", "queue", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_queue"), table, ["queue", "start_at"])
    op.create_table(
        "agent_wrap_up_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("wrap_ups", sa.Integer(), nullable=False),
        sa.Column("wrap_up_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "agent", "queue", name=op.f("pk_agent_wrap_up_days")),
    )
    op.execute(sa.text("DELETE FROM rollup_basis"))


def downgrade() -> None:
    refuse_downgrade(revision)
