"""Who may not be called, and who agreed to be. Numbers are E.164."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.db.models.base import Base
from callcenter.db.models.leads import Id


class DoNotCallRow(Base):
    """A number on a list. scope: site (scope_name empty, or the file of ours it came in), campaign
    or outside (scope_name is the campaign, or the outside list such as a national register)."""

    __tablename__ = "do_not_call"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    scope: Mapped[str] = mapped_column(String(10), primary_key=True)
    scope_name: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    source: Mapped[str] = mapped_column(String(20))  # agent, key, api, page, command, file
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80), default="")
    added_at: Mapped[float]


class DoNotCallFileRow(Base):
    """A file of our own: its numbers are the site's entries with its name, and go with it."""

    __tablename__ = "do_not_call_files"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    scrubbed_at: Mapped[float]  # the day the file is of
    numbers: Mapped[int]
    loaded_at: Mapped[float]
    by: Mapped[str] = mapped_column(String(80), default="")


class OutsideListRow(Base):
    """A do-not-call list kept by somebody else, as of the day it was fetched (scrubbed)."""

    __tablename__ = "outside_lists"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    scrubbed_at: Mapped[float]
    expires_at: Mapped[float]  # after this it may not be relied on
    numbers: Mapped[int]
    loaded_at: Mapped[float]
    by: Mapped[str] = mapped_column(String(80), default="")


class ConsentRow(Base):
    """A person's word that they may be called, and that they took it back."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_number", "number", "given_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    campaign: Mapped[str] = mapped_column(String(40), default="")  # empty: any
    source: Mapped[str] = mapped_column(String(40))  # web form, contract, agent, import …
    evidence: Mapped[str] = mapped_column(Text, default="")  # where the proof lies
    given_at: Mapped[float]
    expires_at: Mapped[float | None]
    revoked_at: Mapped[float | None]
    revoked_source: Mapped[str] = mapped_column(String(40), default="")
    by: Mapped[str] = mapped_column(String(80), default="")


class CallbackRow(Base):
    """A call promised to a lead. state: open, done, cancelled. agent empty: anyone."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ix_callbacks_due", "state", "campaign", "due_at"),
        Index("ix_callbacks_lead", "lead_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    campaign: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(20), default="")  # empty: the lead's next
    agent: Mapped[str] = mapped_column(String(6), default="")
    due_at: Mapped[float]
    zone: Mapped[str] = mapped_column(String(64), default="")  # the lead's, it was promised in
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="open")
    attempt: Mapped[str] = mapped_column(String(32), default="")  # that kept the promise
    made_by: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[float]
