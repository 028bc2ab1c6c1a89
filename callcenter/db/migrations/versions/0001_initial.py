"""Initial schema.

Until the first release this makes whatever the models say; regenerate it with
`callcenter db draft "initial"` when the models have settled.
"""

from alembic import op

from callcenter.db.models.base import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
