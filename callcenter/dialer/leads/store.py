"""Leads into the tables: many at once, in the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import ConsentRow, DoNotCallRow
from callcenter.dialer.leads.columns import TEXTS, ParsedLead


@dataclass(frozen=True)
class Taken:
    """A number that a lead has already."""

    lead_id: int
    list_id: int
    list: str


def add_leads(
    session: Session,
    list_id: int,
    leads: Sequence[ParsedLead],
    now: float,
    *,
    import_id: int | None = None,
    by: str = "",
) -> list[int]:
    """Their ids. The caller has taken SQLite's write lock (any write before does)."""
    if not leads:
        return []
    ids = _new_ids(session, len(leads))
    rows = [
        _row(lead_id, list_id, lead, now, import_id)
        for lead_id, lead in zip(ids, leads, strict=True)
    ]
    numbers = [
        {
            "lead_id": lead_id,
            "position": position,
            "number": number.number,
            "kind": number.kind,
            "zones": ",".join(number.zones),
            "state": "open",
        }
        for lead_id, lead in zip(ids, leads, strict=True)
        for position, number in enumerate(lead.numbers)
    ]
    connection = session.connection()
    connection.execute(insert(LeadRow.__table__), rows)  # type: ignore[arg-type]
    connection.execute(insert(LeadNumberRow.__table__), numbers)  # type: ignore[arg-type]
    _add_consents(session, leads, now, by)
    return ids


def taken_numbers(session: Session, numbers: Iterable[str]) -> dict[str, list[Taken]]:
    """Which leads have these numbers; removed leads do not count."""
    query = (
        select(LeadNumberRow.number, LeadRow.id, LeadRow.list_id, LeadListRow.name)
        .join(LeadRow, LeadRow.id == LeadNumberRow.lead_id)
        .join(LeadListRow, LeadListRow.id == LeadRow.list_id)
        .where(LeadNumberRow.number.in_(list(numbers)), LeadRow.state != "removed")
    )
    found: dict[str, list[Taken]] = {}
    for number, lead_id, list_id, name in session.execute(query):
        found.setdefault(number, []).append(Taken(lead_id, list_id, name))
    return found


def listed_numbers(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """Those on the site's or an outside do-not-call list, and on which."""
    query = select(DoNotCallRow.number, DoNotCallRow.scope, DoNotCallRow.scope_name).where(
        DoNotCallRow.number.in_(list(numbers)), DoNotCallRow.scope != "campaign"
    )
    return {number: f"{scope} {name}".strip() for number, scope, name in session.execute(query)}


def _new_ids(session: Session, count: int) -> list[int]:
    if session.get_bind().dialect.name == "sqlite":
        # No id again that a deleted lead had: what was dialed stays, and names it.
        tables = (select(func.max(LeadRow.id)), select(func.max(DialAttemptRow.lead_id)))
        last = max(session.scalar(each) or 0 for each in tables)
        return list(range(last + 1, last + 1 + count))
    series = text(
        "SELECT nextval(pg_get_serial_sequence('leads', 'id')) FROM generate_series(1, :n)"
    )
    return list(session.scalars(series, {"n": count}))


def _row(
    lead_id: int, list_id: int, lead: ParsedLead, now: float, import_id: int | None
) -> dict[str, Any]:
    first = lead.numbers[0]
    return {name: lead.texts.get(name, "") for name in TEXTS} | {
        "id": lead_id,
        "list_id": list_id,
        "fields": dict(lead.custom),
        "priority": lead.priority,
        "state": "open",
        "due_at": 0.0,
        "next_number": first.number,
        "zones": ",".join(first.zones),
        "skip_until": 0.0,
        "recycled_at": 0.0,
        "attempts": 0,
        "attempt": "",
        "attempted_at": None,
        "outcome": "",
        "disposition": "",
        "agent": "",
        "import_id": import_id,
        "shuffle": zlib.crc32(first.number.encode()) & 0x7FFFFFFF,  # scattered is random enough
        "made_at": now,
    }


def _add_consents(session: Session, leads: Sequence[ParsedLead], now: float, by: str) -> None:
    """Of such a consent nobody knows the day, so it undoes no revocation: who took one back has to
    give a new one with its day (leads/consents.py)."""
    given = [
        (number.number, lead.consent) for lead in leads if lead.consent for number in lead.numbers
    ]
    if not given:
        return
    query = select(ConsentRow.number).where(
        ConsentRow.number.in_([number for number, _ in given]), ConsentRow.revoked_at.is_not(None)
    )
    revoked = set(session.scalars(query))
    rows = [
        {
            "number": number,
            "campaign": "",
            "source": "import",
            "evidence": evidence,
            "given_at": now,
            "by": by,
            "revoked_source": "",
        }
        for number, evidence in given
        if number not in revoked
    ]
    if rows:
        session.execute(insert(ConsentRow), rows)
