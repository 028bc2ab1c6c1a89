"""What a caller may press while waiting in a queue; what a journey's script is told."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_queue_keys",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digit", sa.String(length=1), nullable=False),
        sa.Column("destination", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["site_queues.name"],
            name=op.f("fk_site_queue_keys_owner_site_queues"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "position", name=op.f("pk_site_queue_keys")),
    )
    with op.batch_alter_table("site_journeys") as batch:
        batch.add_column(
            sa.Column("argument", sa.String(length=40), nullable=False, server_default="")
        )
    with op.batch_alter_table("site_journeys") as batch:
        batch.alter_column("argument", existing_type=sa.String(length=40), server_default=None)


def downgrade() -> None:
    refuse_downgrade(revision)
