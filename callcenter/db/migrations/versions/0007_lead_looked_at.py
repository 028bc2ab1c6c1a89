"""A lead no rule let through is not looked at again at once; recycling begins its limit anew."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("leads") as leads:
        leads.add_column(sa.Column("skip_until", sa.Double(), nullable=False, server_default="0"))
        leads.add_column(sa.Column("recycled_at", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("leads") as leads:
        leads.alter_column("skip_until", server_default=None)
        leads.alter_column("recycled_at", server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
