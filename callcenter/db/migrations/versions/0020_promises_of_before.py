"""Promises to call back that nobody was to keep are taken back.

Until now a promise was called only while its lead was open, and stayed open when an agent's later
word ended the lead, or when the lead was taken out. From now on the promise of a lead that is done
is kept: these would be dialed.
"""

from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        UPDATE callbacks SET state = 'cancelled'
        WHERE state = 'open' AND (
            EXISTS (
                SELECT 1 FROM leads
                WHERE leads.id = callbacks.lead_id AND leads.state NOT IN ('open', 'done')
            )
            OR EXISTS (
                SELECT 1 FROM leads
                JOIN dial_attempts ON dial_attempts.lead_id = leads.id
                WHERE leads.id = callbacks.lead_id AND leads.state = 'done'
                  AND dial_attempts.campaign = callbacks.campaign
                  AND dial_attempts.reserved_at > callbacks.made_at
                  AND dial_attempts.disposition <> ''
            )
        )
    """)


def downgrade() -> None:
    refuse_downgrade(revision)
