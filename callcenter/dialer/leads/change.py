"""One lead put right by hand: a number that was wrong, a postal code that was missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.dialer.leads.columns import CUSTOM, NUMBERS, TEXTS, ParsedLead, checked, read_row
from callcenter.dialer.leads.store import taken_numbers
from callcenter.domain.errors import Conflict, NotFound

EDITED_MEANWHILE = "somebody else changed this lead meanwhile; load it again and repeat"


def values_of_lead(session: Session, lead_id: int) -> dict[str, str]:
    """By field name as in a file, empty ones too. Raises NotFound."""
    row = _find(session, lead_id)
    query = select(LeadNumberRow.number).where(LeadNumberRow.lead_id == lead_id)
    numbers = list(session.scalars(query.order_by(LeadNumberRow.position)))
    own = numbers + [""] * (len(NUMBERS) - len(numbers))
    return {
        **dict(zip(NUMBERS, own, strict=False)),
        **{name: getattr(row, name) for name in TEXTS},
        "priority": str(row.priority),
        **{CUSTOM + name: str(value) for name, value in row.fields.items()},
    }


def mark_of(values: Mapping[str, str]) -> str:
    """To be handed back when saving, so that nobody's change is overwritten unseen."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:16]


def change_lead(
    session: Session, lead_id: int, changes: Mapping[str, str], now: float, mark: str = ""
) -> list[str]:
    """The names of the fields that are different. A call that is up goes on; one that is reserved
    is judged again before it is dialed, at its number, or not at all when that is gone.

    Raises InvalidInput, NotFound, Conflict (edited meanwhile, or the number is another lead's).
    """
    row = _find(session, lead_id, for_update=True)
    before = values_of_lead(session, lead_id)
    if mark and mark != mark_of(before):
        raise Conflict(EDITED_MEANWHILE)
    wanted = before | dict(changes)
    home = session.get_one(LeadListRow, row.list_id)
    parsed = read_row(list(wanted.values()), checked(dict(enumerate(wanted))), home.country)
    _refuse_taken(session, row, parsed)
    for name in TEXTS:
        setattr(row, name, parsed.texts.get(name, ""))
    row.fields, row.priority = dict(parsed.custom), parsed.priority
    _write_numbers(session, row, parsed, now)
    session.flush()
    after = values_of_lead(session, lead_id)
    return [name for name in after | before if after.get(name, "") != before.get(name, "")]


def _find(session: Session, lead_id: int, *, for_update: bool = False) -> LeadRow:
    row = session.get(LeadRow, lead_id, with_for_update=for_update, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no lead {lead_id}")
    return row


def _refuse_taken(session: Session, row: LeadRow, parsed: ParsedLead) -> None:
    for number, taken in taken_numbers(session, [n.number for n in parsed.numbers]).items():
        other = next((t for t in taken if t.list_id == row.list_id and t.lead_id != row.id), None)
        if other:
            raise Conflict(f"{number} is in the list {other.list} already (lead {other.lead_id})")


def _write_numbers(session: Session, row: LeadRow, parsed: ParsedLead, now: float) -> None:
    """A number that was marked as wrong stays so; a new one opens a lead that had none left."""
    query = select(LeadNumberRow.number, LeadNumberRow.state).where(LeadNumberRow.lead_id == row.id)
    states: dict[str, str] = {each.number: each.state for each in session.execute(query)}
    session.execute(delete(LeadNumberRow).where(LeadNumberRow.lead_id == row.id))
    rows: list[dict[str, Any]] = [
        {
            "lead_id": row.id, "position": position, "number": each.number, "kind": each.kind,
            "zones": ",".join(each.zones), "state": states.get(each.number, "open"),
        }
        for position, each in enumerate(parsed.numbers)
    ]  # fmt: skip
    session.execute(insert(LeadNumberRow), rows)
    good = [each for each in rows if each["state"] == "open"] or rows
    following = next((each for each in good if each["number"] == row.next_number), good[0])
    row.next_number, row.zones, row.skip_until = following["number"], following["zones"], 0.0
    if row.state == "bad-number" and good[0]["state"] == "open":
        row.state, row.due_at = "open", now
