"""Files of numbers that are never to be called, of our own: each can be taken out again."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "do_not_call_files",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("scrubbed_at", sa.Double(), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_do_not_call_files")),
    )


def downgrade() -> None:
    refuse_downgrade(revision)
