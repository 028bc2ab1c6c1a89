"""Who is to be called: leads, their numbers, and the files they came from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base

# SQLite counts up by itself in INTEGER columns only.
Id = BigInteger().with_variant(Integer, "sqlite")


class LeadRow(Base):
    """One person or firm.

    state: open (may be dialed when due), done (an outcome or disposition ended it), do-not-call,
    bad-number, removed. `attempt` is the dial attempt that holds the lead now, or empty: who sets
    it from empty owns the lead. `next_number` and `zones` are those of the number to dial next.
    `skip_until`: no rule let it through when it was looked at, so it is not looked at before then
    (minutes; it saves work and is no rule). Attempts before `recycled_at` no longer count against
    the campaign's limit in all.
    """

    __tablename__ = "leads"
    __table_args__ = (Index("ix_leads_external", "list_id", "external_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("lead_lists.id"))
    external_id: Mapped[str] = mapped_column(String(80), default="")  # the customer's own key
    given_name: Mapped[str] = mapped_column(String(120), default="")
    family_name: Mapped[str] = mapped_column(String(120), default="")
    company: Mapped[str] = mapped_column(String(160), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    region: Mapped[str] = mapped_column(String(10), default="")  # part of a country, e.g. TX
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166, e.g. US
    language: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # custom: name → text
    priority: Mapped[int] = mapped_column(default=0)  # higher first
    state: Mapped[str] = mapped_column(String(16), default="open")
    due_at: Mapped[float] = mapped_column(default=0.0)  # not before; 0: at once
    next_number: Mapped[str] = mapped_column(String(20), default="")
    zones: Mapped[str] = mapped_column(String(400), default="")  # of next_number
    attempts: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[str] = mapped_column(String(32), default="")
    attempted_at: Mapped[float | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")  # of the last attempt
    disposition: Mapped[str] = mapped_column(String(40), default="")
    agent: Mapped[str] = mapped_column(String(6), default="")  # who talked to it last
    import_id: Mapped[int | None] = mapped_column(ForeignKey("lead_imports.id"))
    shuffle: Mapped[int] = mapped_column(default=0)  # random order, drawn when it is loaded
    made_at: Mapped[float]
    skip_until: Mapped[float] = mapped_column(default=0.0)
    recycled_at: Mapped[float] = mapped_column(default=0.0)


# In the order of `oldest-first`: the next leads of a million are read, not sorted for.
Index(
    "ix_leads_next", LeadRow.list_id, LeadRow.state, LeadRow.attempt, LeadRow.priority.desc(),
    LeadRow.due_at, LeadRow.id,
)  # fmt: skip


class LeadNumberRow(Base):
    """A number of a lead, in the order they are tried. state: open, bad."""

    __tablename__ = "lead_numbers"
    __table_args__ = (Index("ix_lead_numbers_number", "number", "lead_id"),)

    lead_id: Mapped[int] = mapped_column(
        ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20))  # E.164
    kind: Mapped[str] = mapped_column(String(16), default="")  # mobile, fixed, either
    zones: Mapped[str] = mapped_column(String(400))  # sorted, comma between: where it may ring
    state: Mapped[str] = mapped_column(String(8), default="open")


class LeadImportRow(Base):
    """A file on its way in. `rows_done` commits with the leads of those rows, so that a killed
    import goes on where it stood. state: waiting, running, done, failed, cancelled."""

    __tablename__ = "lead_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("lead_lists.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))  # as the person called it
    path: Mapped[str] = mapped_column(Text)  # our copy, or the file named on the command line
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the file
    options: Mapped[dict[str, Any]] = mapped_column(JSON)  # columns → fields, and how to read
    state: Mapped[str] = mapped_column(String(12))
    rows_total: Mapped[int | None]  # none: not counted yet
    rows_done: Mapped[int] = mapped_column(default=0)
    loaded: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[int] = mapped_column(default=0)  # on a do-not-call list when loaded
    errors_bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # of the file of errors
    message: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[float]
    progressed_at: Mapped[float]
