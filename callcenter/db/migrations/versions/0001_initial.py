"""The schema of the first release."""

import sqlalchemy as sa
from alembic import op

from callcenter.db.migrations import refuse_downgrade

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _calls()
    _ledger()
    _site_people()
    _site_routing()
    _users()
    _customers()


def downgrade() -> None:
    refuse_downgrade(revision)


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("caller_name", sa.Text(), nullable=False),
        sa.Column("dialed", sa.Text(), nullable=False),
        sa.Column("trunk", sa.String(length=160), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("answered_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("ended_by", sa.String(length=16), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("wait_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("talk_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("hold_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", "id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_agent"), "calls", ["agent", "started_at"])
    op.create_index(op.f("ix_calls_caller"), "calls", ["caller_number", "started_at"])
    op.create_index(op.f("ix_calls_ended"), "calls", ["ended_at"])
    op.create_index(op.f("ix_calls_outcome"), "calls", ["outcome", "started_at"])
    op.create_index(op.f("ix_calls_queue"), "calls", ["queue", "started_at"])
    op.create_index(op.f("ix_calls_started"), "calls", ["started_at", "id"])
    op.create_table(
        "call_events",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("node", "call_id", "number", name=op.f("pk_call_events")),
    )
    op.create_table(
        "call_legs",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("uniqueid", sa.String(length=160), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("answered_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("node", "uniqueid", name=op.f("pk_call_legs")),
    )
    op.create_index(op.f("ix_call_legs_call"), "call_legs", ["node", "call_id"])
    op.create_table(
        "call_talks",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("talk_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("hold_seconds", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("node", "call_id", "number", name=op.f("pk_call_talks")),
    )
    op.create_index(op.f("ix_call_talks_agent"), "call_talks", ["agent", "started_at"])
    op.create_table(
        "queue_visits",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("entered_at", sa.Float(precision=53), nullable=False),
        sa.Column("left_at", sa.Float(precision=53), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("wait_seconds", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("node", "call_id", "number", name=op.f("pk_queue_visits")),
    )
    op.create_index(op.f("ix_queue_visits_entered"), "queue_visits", ["entered_at"])
    op.create_index(op.f("ix_queue_visits_queue_entered"), "queue_visits", ["queue", "entered_at"])
    op.create_table(
        "agent_intervals",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signs_in", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("node", "agent", "started_at", name=op.f("pk_agent_intervals")),
    )
    op.create_index(op.f("ix_agent_intervals_started"), "agent_intervals", ["started_at"])


def _ledger() -> None:
    op.create_table(
        "ledger_sources",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("lines_read", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("node", "name", name=op.f("pk_ledger_sources")),
    )
    op.create_table(
        "ledger_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("uniqueid", sa.String(length=160), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("agent", sa.String(length=160), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_facts")),
        sa.UniqueConstraint("node", "digest", name=op.f("uq_ledger_facts_node_digest")),
    )
    op.create_index(op.f("ix_ledger_facts_agent_at"), "ledger_facts", ["node", "agent", "at"])
    op.create_index(op.f("ix_ledger_facts_call"), "ledger_facts", ["node", "call_id"])
    op.create_index(op.f("ix_ledger_facts_event_at"), "ledger_facts", ["event", "at"])
    op.create_index(op.f("ix_ledger_facts_node_at"), "ledger_facts", ["node", "at"])
    op.create_table(
        "ledger_channels",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("uniqueid", sa.String(length=160), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("node", "uniqueid", name=op.f("pk_ledger_channels")),
    )
    op.create_index(op.f("ix_ledger_channels_call"), "ledger_channels", ["node", "call_id"])
    op.create_table(
        "ledger_runs",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("node", "started_at", name=op.f("pk_ledger_runs")),
    )
    op.create_table(
        "rejected_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("rejected_at", sa.Float(precision=53), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_lines")),
        sa.UniqueConstraint(
            "node", "source", "digest", name=op.f("uq_rejected_lines_node_source_digest")
        ),
    )


def _site_people() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("recognise_callers", sa.Boolean(), nullable=False),
        sa.Column("pause_reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_site_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "site_agents",
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pin", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_site_agents")),
    )
    op.create_table(
        "site_agent_queues",
        sa.Column("owner", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("penalty", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["site_agents.number"],
            name=op.f("fk_site_agent_queues_owner_site_agents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "position", name=op.f("pk_site_agent_queues")),
    )
    op.create_table(
        "site_phones",
        sa.Column("extension", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("auto_answer", sa.Boolean(), nullable=False),
        sa.Column("voicemail_pin", sa.String(length=10), nullable=False),
        sa.Column("voicemail_email", sa.String(length=320), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("no_answer", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("extension", name=op.f("pk_site_phones")),
    )
    op.create_table(
        "site_ring_groups",
        sa.Column("extension", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("strategy", sa.String(length=10), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("no_answer", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("extension", name=op.f("pk_site_ring_groups")),
    )
    op.create_table(
        "site_voicemail",
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pin", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("greeting", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_site_voicemail")),
    )


def _site_routing() -> None:
    op.create_table(
        "site_trunks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("register", sa.Boolean(), nullable=False),
        sa.Column("codecs", sa.JSON(), nullable=False),
        sa.Column("max_calls", sa.Integer(), nullable=False),
        sa.Column("caller_number", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_trunks")),
    )
    op.create_table(
        "site_outbound_routes",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.String(length=40), nullable=False),
        sa.Column("trunk", sa.String(length=40), nullable=False),
        sa.Column("strip_digits", sa.Integer(), nullable=False),
        sa.Column("prepend", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_outbound_routes")),
    )
    op.create_table(
        "site_dids",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("destination", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_site_dids")),
    )
    op.create_table(
        "site_hours",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("open", sa.String(length=60), nullable=False),
        sa.Column("closed", sa.String(length=60), nullable=False),
        sa.Column("holiday", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_hours")),
    )
    op.create_table(
        "site_opening_rules",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["site_hours.name"],
            name=op.f("fk_site_opening_rules_owner_site_hours"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "position", name=op.f("pk_site_opening_rules")),
    )
    op.create_table(
        "site_holidays",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("every_year", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["site_hours.name"],
            name=op.f("fk_site_holidays_owner_site_hours"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "position", name=op.f("pk_site_holidays")),
    )
    op.create_table(
        "site_menus",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("invalid_prompt", sa.String(length=40), nullable=False),
        sa.Column("on_invalid", sa.String(length=60), nullable=False),
        sa.Column("on_timeout", sa.String(length=60), nullable=False),
        sa.Column("direct_dial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_menus")),
    )
    op.create_table(
        "site_menu_options",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digit", sa.String(length=1), nullable=False),
        sa.Column("destination", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["site_menus.name"],
            name=op.f("fk_site_menu_options_owner_site_menus"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "position", name=op.f("pk_site_menu_options")),
    )
    op.create_table(
        "site_prompts",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("uploaded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_prompts")),
    )
    op.create_table(
        "site_messages",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("then", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_messages")),
    )
    op.create_table(
        "site_journeys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(length=64), nullable=False),
        sa.Column("then", sa.String(length=60), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_journeys")),
    )
    op.create_table(
        "site_queues",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("strategy", sa.String(length=20), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("retry_seconds", sa.Integer(), nullable=False),
        sa.Column("wrap_up_seconds", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("music", sa.String(length=40), nullable=False),
        sa.Column("max_waiting", sa.Integer(), nullable=False),
        sa.Column("max_wait_seconds", sa.Integer(), nullable=False),
        sa.Column("announce_position", sa.Boolean(), nullable=False),
        sa.Column("announce_every_seconds", sa.Integer(), nullable=False),
        sa.Column("wait_prompt", sa.String(length=40), nullable=False),
        sa.Column("wait_prompt_every_seconds", sa.Integer(), nullable=False),
        sa.Column("agent_prompt", sa.String(length=40), nullable=False),
        sa.Column("record", sa.Boolean(), nullable=False),
        sa.Column("service_level_seconds", sa.Integer(), nullable=False),
        sa.Column("short_abandon_seconds", sa.Integer(), nullable=False),
        sa.Column("on_full", sa.String(length=60), nullable=False),
        sa.Column("on_timeout", sa.String(length=60), nullable=False),
        sa.Column("on_no_agents", sa.String(length=60), nullable=False),
        sa.Column("auto_pause", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_queues")),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agent", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_web_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_user_id"), "web_sessions", ["user_id"])
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failures")),
    )
    op.create_index(
        op.f("ix_login_failures_account_login_failures_at"), "login_failures", ["account", "at"]
    )
    op.create_index(
        op.f("ix_login_failures_address_login_failures_at"), "login_failures", ["address", "at"]
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_action"), "audit_entries", ["action"])
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    op.create_index(op.f("ix_audit_entries_by"), "audit_entries", ["by"])


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("last_agent", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("number", name=op.f("uq_customers_number")),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_orders_customer_id_customers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"])
