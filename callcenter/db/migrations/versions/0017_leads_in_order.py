"""The next leads of a list are read along an index, in the order they are dialed."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS: list[str | sa.TextClause] = [
    "list_id",
    "state",
    "attempt",
    sa.text("priority DESC"),
    "due_at",
    "id",
]


def upgrade() -> None:
    op.drop_index("ix_leads_due", table_name="leads")
    op.create_index("ix_leads_next", "leads", COLUMNS)


def downgrade() -> None:
    refuse_downgrade(revision)
