"""Each queue's list of what a call can have come to."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site_queues") as batch:
        batch.add_column(sa.Column("dispositions", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("site_queues") as batch:
        batch.alter_column("dispositions", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
