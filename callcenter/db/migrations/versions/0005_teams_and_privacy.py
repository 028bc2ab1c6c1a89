"""Teams, what each role sees of numbers, what is forgotten when and why, second factors."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What existing rows get; new rows are always written with a value.
SITE = {
    "agents_see_numbers": (sa.String(length=10), "full"),
    "supervisors_see_numbers": (sa.String(length=10), "full"),
    "keep_recordings_days": (sa.Integer(), "0"),
    "keep_voicemail_days": (sa.Integer(), "0"),
    "keep_numbers_days": (sa.Integer(), "0"),
    "keep_calls_days": (sa.Integer(), "0"),
    "second_factor": (sa.String(length=10), "optional"),
}
USERS = {
    "teams": (sa.JSON(), "[]"),
    "totp_secret": (sa.String(length=64), ""),
    "totp_pending": (sa.String(length=64), ""),
    "totp_step": (sa.BigInteger(), "0"),
}


def upgrade() -> None:
    op.create_table(
        "site_teams",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("agents", sa.JSON(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_teams")),
    )
    op.create_table(
        "retention_floor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("calls_before", sa.Float(precision=53), nullable=False),
        sa.Column("numbers_before", sa.Float(precision=53), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_retention_floor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_floor")),
    )
    op.create_table(
        "erased_numbers",
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_erased_numbers")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_number_hash"), "erasures", ["number_hash"])
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_recovery_codes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    for table, columns in (("site", SITE), ("users", USERS)):
        _add(table, columns)


def _add(table: str, columns: dict[str, tuple[Any, str]]) -> None:
    with op.batch_alter_table(table) as batch:
        for name, (kind, value) in columns.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        for name, (kind, _) in columns.items():
            batch.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
