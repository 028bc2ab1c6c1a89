"""Facts are indexed by agent and by event only where they are asked for by them."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHANGED = (
    ("ix_ledger_facts_agent_at", ["node", "agent", "at"], "agent <> ''"),
    ("ix_ledger_facts_event_at", ["event", "at"], "source <> 'cel'"),
)


def upgrade() -> None:
    for name, columns, where in CHANGED:
        condition = sa.text(where)
        op.drop_index(op.f(name), table_name="ledger_facts")
        op.create_index(
            op.f(name), "ledger_facts", columns, postgresql_where=condition, sqlite_where=condition
        )


def downgrade() -> None:
    refuse_downgrade(revision)
