"""What a pacing decision knew of callers: those who waited, and those to be expected."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("pacing_decisions") as table:
        table.add_column(
            sa.Column("callers_ahead", sa.Integer(), server_default="0", nullable=False)
        )
        table.add_column(
            sa.Column("callers_an_hour", sa.Double(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("pacing_decisions") as table:
        table.alter_column("callers_ahead", existing_type=sa.Integer(), server_default=None)
        table.alter_column("callers_an_hour", existing_type=sa.Double(), server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
