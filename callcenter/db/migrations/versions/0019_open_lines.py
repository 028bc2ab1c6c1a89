"""Agents whose phone stays up while they are signed in."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site_agents") as batch:
        batch.add_column(
            sa.Column("open_line", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("site_agents") as batch:
        batch.alter_column("open_line", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
