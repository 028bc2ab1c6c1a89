"""How often each number called in a month. Filled when the ledger starts."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caller_months",
        sa.Column("start_at", sa.Float(precision=53), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("answered_calls", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Float(precision=53), nullable=False),
        sa.Column("last_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("start_at", "caller_number", name=op.f("pk_caller_months")),
    )
    with op.batch_alter_table("caller_months") as batch:
        batch.create_index("ix_caller_months_calls", ["start_at", "calls", "caller_number"])
        batch.create_index("ix_caller_months_number", ["caller_number"])


def downgrade() -> None:
    refuse_downgrade(revision)
