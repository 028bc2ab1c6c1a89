"""Sums of waits, offers, dialed numbers, transfers, trunks and callers; who came back; indexes that
the call list is paged with. The sums are made anew when the ledger starts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What existing rows get; new rows are always written with a value.
ADDED: dict[str, dict[str, tuple[Any, Any]]] = {
    "queue_quarters": {"answered_known": (sa.Integer(), "0"), "called_again": (sa.Integer(), "0")},
    "queue_days": {"answered_known": (sa.Integer(), "0"), "called_again": (sa.Integer(), "0")},
    "queue_visits": {"caller_known": (sa.Boolean(), sa.false())},
    "rollup_basis": {"version": (sa.Integer(), "0")},
}
CALLER_KNOWN = """
    UPDATE queue_visits SET caller_known = true WHERE EXISTS (
        SELECT 1 FROM calls WHERE calls.node = queue_visits.node
        AND calls.id = queue_visits.call_id AND calls.caller_number <> '')
"""


def upgrade() -> None:
    op.create_table(
        "agent_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("talk_us", sa.BigInteger(), nullable=False),
        sa.Column("hold_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "agent", name=op.f("pk_agent_days")),
    )
    op.create_table(
        "caller_years",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("answered_calls", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Float(precision=53), nullable=False),
        sa.Column("last_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "caller_number", name=op.f("pk_caller_years")),
    )
    with op.batch_alter_table("caller_years") as batch:
        batch.create_index("ix_caller_years_calls", ["start_at", "calls", "caller_number"])
        batch.create_index("ix_caller_years_number", ["caller_number"])

    op.create_table(
        "did_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("dialed", sa.Text(), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("answered_calls", sa.Integer(), nullable=False),
        sa.Column("talk_us", sa.BigInteger(), nullable=False),
        sa.Column("hold_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "dialed", "queue", name=op.f("pk_did_days")),
    )
    op.create_table(
        "house_quarters",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
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
        sa.Column("answered_known", sa.Integer(), nullable=False),
        sa.Column("called_again", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", name=op.f("pk_house_quarters")),
    )
    op.create_table(
        "offer_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("unanswered_rings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "agent", "queue", name=op.f("pk_offer_days")),
    )
    op.create_table(
        "queue_wait_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("waits_0", sa.Integer(), nullable=False),
        sa.Column("waits_1", sa.Integer(), nullable=False),
        sa.Column("waits_2", sa.Integer(), nullable=False),
        sa.Column("waits_3", sa.Integer(), nullable=False),
        sa.Column("waits_4", sa.Integer(), nullable=False),
        sa.Column("waits_5", sa.Integer(), nullable=False),
        sa.Column("waits_6", sa.Integer(), nullable=False),
        sa.Column("waits_7", sa.Integer(), nullable=False),
        sa.Column("waits_8", sa.Integer(), nullable=False),
        sa.Column("waits_9", sa.Integer(), nullable=False),
        sa.Column("waits_10", sa.Integer(), nullable=False),
        sa.Column("waits_11", sa.Integer(), nullable=False),
        sa.Column("waits_12", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "queue", "outcome", name=op.f("pk_queue_wait_days")),
    )
    with op.batch_alter_table("queue_wait_days") as batch:
        batch.create_index("ix_queue_wait_days_queue", ["queue", "start_at"])

    op.create_table(
        "transfer_days",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("to_agent", sa.String(length=160), nullable=False),
        sa.Column("to_phone", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "start_at", "agent", "queue", "to_agent", "to_phone", name=op.f("pk_transfer_days")
        ),
    )
    op.create_table(
        "trunk_quarters",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "trunk", name=op.f("pk_trunk_quarters")),
    )
    with op.batch_alter_table("agent_intervals") as batch:
        batch.create_index(
            "ix_agent_intervals_open",
            ["agent"],
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("agent_talk_days") as batch:
        batch.create_index("ix_agent_talk_days_queue", ["queue", "start_at"])

    with op.batch_alter_table("call_events") as batch:
        batch.create_index(
            "ix_call_events_offers",
            ["agent", "at"],
            postgresql_where=sa.text("kind IN ('agent_rang', 'no_answer')"),
            sqlite_where=sa.text("kind IN ('agent_rang', 'no_answer')"),
        )

    with op.batch_alter_table("call_legs") as batch:
        batch.create_index(
            "ix_call_legs_trunk_ended",
            ["ended_at"],
            postgresql_where=sa.text("substr(channel, 1, 12) = 'PJSIP/trunk-'"),
            sqlite_where=sa.text("substr(channel, 1, 12) = 'PJSIP/trunk-'"),
        )

    with op.batch_alter_table("calls") as batch:
        batch.create_index("ix_calls_dialed", ["dialed", "started_at"])
        batch.create_index("ix_calls_direction", ["direction", "started_at"])
        batch.create_index(
            "ix_calls_short",
            ["talk_seconds", "started_at"],
            postgresql_where=sa.text("outcome = 'answered' AND talk_seconds < 10.0"),
            sqlite_where=sa.text("outcome = 'answered' AND talk_seconds < 10.0"),
        )
        batch.create_index("ix_calls_talk", ["talk_seconds", "started_at"])
        batch.create_index("ix_calls_wait", ["wait_seconds", "started_at"])

    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, (kind, value) in columns.items():
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch:
            for name, (kind, _) in columns.items():
                batch.alter_column(name, existing_type=kind, server_default=None)
    with op.batch_alter_table("queue_visits") as batch:
        batch.add_column(sa.Column("next_at", sa.Float(precision=53), nullable=True))
    with op.batch_alter_table("rollup_basis") as batch:
        batch.add_column(sa.Column("callers_after", sa.Text(), nullable=True))
        batch.add_column(sa.Column("days_before", sa.Float(precision=53), nullable=True))
    op.execute(sa.text(CALLER_KNOWN))


def downgrade() -> None:
    refuse_downgrade(revision)
