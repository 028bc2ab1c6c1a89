"""Sums beside the books, and the indexes they are reckoned with. The ledger fills them."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_state_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("total_us", sa.BigInteger(), nullable=False),
        sa.Column("longest_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "start_at", "agent", "state", "reason", name=op.f("pk_agent_state_days")
        ),
    )
    op.create_table(
        "agent_talk_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("talk_us", sa.BigInteger(), nullable=False),
        sa.Column("hold_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "agent", "queue", name=op.f("pk_agent_talk_days")),
    )
    op.create_table(
        "queue_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=False),
        sa.Column("overflow", sa.Integer(), nullable=False),
        sa.Column("no_agents", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("callback", sa.Integer(), nullable=False),
        sa.Column("voicemail", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("short_abandoned", sa.Integer(), nullable=False),
        sa.Column("answered_within", sa.Integer(), nullable=False),
        sa.Column("wait_us", sa.BigInteger(), nullable=False),
        sa.Column("abandon_wait_us", sa.BigInteger(), nullable=False),
        sa.Column("longest_wait_us", sa.BigInteger(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("talk_us", sa.BigInteger(), nullable=False),
        sa.Column("hold_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "queue", name=op.f("pk_queue_days")),
    )
    op.create_index("ix_queue_days_queue", "queue_days", ["queue", "start_at"])
    op.create_table(
        "queue_quarters",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=False),
        sa.Column("overflow", sa.Integer(), nullable=False),
        sa.Column("no_agents", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("callback", sa.Integer(), nullable=False),
        sa.Column("voicemail", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("short_abandoned", sa.Integer(), nullable=False),
        sa.Column("answered_within", sa.Integer(), nullable=False),
        sa.Column("wait_us", sa.BigInteger(), nullable=False),
        sa.Column("abandon_wait_us", sa.BigInteger(), nullable=False),
        sa.Column("longest_wait_us", sa.BigInteger(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("talk_us", sa.BigInteger(), nullable=False),
        sa.Column("hold_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "queue", name=op.f("pk_queue_quarters")),
    )
    op.create_index("ix_queue_quarters_queue", "queue_quarters", ["queue", "start_at"])
    op.create_table(
        "rollup_basis",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_basis")),
    )
    op.create_index("ix_agent_intervals_agent_ended", "agent_intervals", ["agent", "ended_at"])
    op.create_index("ix_call_talks_queue", "call_talks", ["queue", "started_at"])
    op.create_index("ix_call_talks_started", "call_talks", ["started_at"])


def downgrade() -> None:
    refuse_downgrade(revision)
