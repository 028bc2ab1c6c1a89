"""What people do with lists and leads by hand, on a page or by command, in their transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import CampaignListRow, LeadListRow
from callcenter.db.models.leads import LeadImportRow, LeadNumberRow, LeadRow
from callcenter.dialer.compliance.number_zones import known_country
from callcenter.dialer.compliance.place_names import country_code
from callcenter.dialer.leads.callbacks import take_back
from callcenter.dialer.leads.columns import NUMBERS, TEXTS, checked, read_row
from callcenter.dialer.leads.conditions import clause
from callcenter.dialer.leads.store import add_leads, listed_numbers, taken_numbers
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.site_rules.patterns import display_name, slug


@dataclass(frozen=True)
class ListFigures:
    row: LeadListRow
    leads: int
    open: int
    fresh: int  # open and never tried
    campaigns: tuple[str, ...]


def make_list(session: Session, name: str, title: str, country: str, now: float) -> LeadListRow:
    """`country`: of numbers written without a country code. Raises InvalidInput."""
    for value, wrong in ((name, slug(name)), (title, display_name(title))):
        if wrong:
            raise InvalidInput(f"{value!r} {wrong}")
    _refuse_country(country)
    if session.scalar(select(LeadListRow.id).where(LeadListRow.name == name)):
        raise Conflict(f"there is a list {name} already")
    row = LeadListRow(name=name, title=title, country=country, made_at=now)
    session.add(row)
    session.flush()
    return row


def change_list(
    session: Session, name: str, title: str, country: str, *, active: bool
) -> LeadListRow:
    row = find_list(session, name)
    wrong = display_name(title)
    if wrong:
        raise InvalidInput(f"{title!r} {wrong}")
    _refuse_country(country)
    row.title, row.country, row.active = title, country, active
    return row


def find_list(session: Session, name: str) -> LeadListRow:
    row = session.scalar(select(LeadListRow).where(LeadListRow.name == name))
    if row is None:
        raise NotFound(f"there is no lead list {name}")
    return row


def delete_list(session: Session, name: str) -> int:
    """With its leads; what was dialed stays as evidence. Raises Conflict while it is used."""
    row = find_list(session, name)
    query = select(CampaignListRow.campaign).where(CampaignListRow.list_id == row.id)
    used = session.scalars(query).all()
    if used:
        raise Conflict(f"list {name} is used by campaign {', '.join(used)}; take it out there")
    held = select(LeadRow.id).where(LeadRow.list_id == row.id, LeadRow.attempt != "")
    if session.scalar(held.limit(1)):
        raise Conflict(f"a lead of list {name} is being dialed now; try again in a minute")
    loading = select(LeadImportRow.id).where(
        LeadImportRow.list_id == row.id, LeadImportRow.state.in_(("waiting", "running"))
    )
    if (import_id := session.scalar(loading.limit(1))) is not None:
        raise Conflict(f"import {import_id} loads into list {name}; cancel it or wait for its end")
    having = select(LeadRow.id).where(LeadRow.list_id == row.id)
    session.execute(delete(LeadNumberRow).where(LeadNumberRow.lead_id.in_(having)))
    gone = session.execute(delete(LeadRow).where(LeadRow.list_id == row.id))
    session.execute(delete(LeadImportRow).where(LeadImportRow.list_id == row.id))
    session.delete(row)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def lists_with_figures(session: Session) -> list[ListFigures]:
    is_open = case((LeadRow.state == "open", 1), else_=0)
    fresh = case(((LeadRow.state == "open") & (LeadRow.attempts == 0), 1), else_=0)
    sums = select(LeadRow.list_id, func.count(), func.sum(is_open), func.sum(fresh))
    grouped = session.execute(sums.group_by(LeadRow.list_id))
    counted = {row[0]: (row[1], row[2], row[3]) for row in grouped}
    used: dict[int, tuple[str, ...]] = {}
    query = select(CampaignListRow.list_id, CampaignListRow.campaign)
    for list_id, campaign in session.execute(query.order_by(CampaignListRow.campaign)):
        used[list_id] = (*used.get(list_id, ()), campaign)
    return [
        ListFigures(row, *counted.get(row.id, (0, 0, 0)), campaigns=used.get(row.id, ()))
        for row in session.scalars(select(LeadListRow).order_by(LeadListRow.name))
    ]


def add_lead(
    session: Session, list_name: str, values: Mapping[str, str], now: float, by: str
) -> int:
    """One lead typed by hand; `values` by field name, as in a file. Returns its id."""
    row = find_list(session, list_name)
    lead = read_row(list(values.values()), checked(dict(enumerate(values))), row.country)
    numbers = [number.number for number in lead.numbers]
    listed = listed_numbers(session, numbers)
    if len(listed) == len(numbers):
        raise Conflict(f"{numbers[0]} is on the do-not-call list {listed[numbers[0]]}")
    for number, taken in taken_numbers(session, numbers).items():
        if any(each.list_id == row.id for each in taken):
            raise Conflict(f"{number} is in the list {list_name} already (lead {taken[0].lead_id})")
    # A write, so that SQLite's one lock is held before ids are drawn.
    session.execute(update(LeadListRow).where(LeadListRow.id == row.id).values(active=row.active))
    return add_leads(session, row.id, [lead], now, by=by)[0]


def recycle(session: Session, list_name: str, condition: str, now: float) -> int:
    """Opens the leads that match again, due at once, their tries in all counted anew. Those that
    asked not to be called, and those being dialed, stay as they are. Returns how many."""
    row = find_list(session, list_name)
    done = session.execute(
        update(LeadRow)
        .where(*_to_recycle(row, condition, now))
        .values(state="open", due_at=now, recycled_at=now, skip_until=0.0)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def count_to_recycle(session: Session, list_name: str, condition: str, now: float) -> int:
    """How many `recycle` would open."""
    row = find_list(session, list_name)
    query = select(func.count()).select_from(LeadRow)
    return session.scalar(query.where(*_to_recycle(row, condition, now))) or 0


def _to_recycle(row: LeadListRow, condition: str, now: float) -> tuple[ColumnElement[bool], ...]:
    return (
        LeadRow.list_id == row.id,
        LeadRow.attempt == "",
        LeadRow.state.in_(("open", "done", "bad-number")),
        clause(condition, now),
    )


def set_lead_state(session: Session, lead_id: int, state: str, now: float) -> None:
    """`open` makes it due at once; `removed` takes it out of dialing for good. With either of the
    others what was promised to it is taken back."""
    lead = session.get(LeadRow, lead_id, with_for_update=True)
    if lead is None:
        raise NotFound(f"there is no lead {lead_id}")
    if state not in ("open", "done", "removed"):
        raise InvalidInput(f"a lead is opened, done or removed, not {state!r}")
    if lead.attempt:
        raise Conflict("the lead is being dialed now; try again when the call is over")
    if state == "open" and lead.state == "do-not-call" and _listed(session, lead):
        raise Conflict("the lead asked not to be called; take its number off the list first")
    lead.state, lead.skip_until = state, 0.0
    if state == "open":
        lead.due_at, lead.recycled_at = now, now
    else:
        take_back(session, lead_id)


def _listed(session: Session, lead: LeadRow) -> bool:
    query = select(LeadNumberRow.number).where(LeadNumberRow.lead_id == lead.id)
    return bool(listed_numbers(session, session.scalars(query)))


def found_leads(
    session: Session,
    list_name: str,
    words: str,
    condition: str,
    now: float,
    limit: int,
    after: int,
    *,
    lists: Collection[int] | None = None,
    by_number: bool = True,
) -> list[LeadRow]:
    """Leads by number, name or id, and by a condition; those behind the id `after`. Of these lists
    only; None: of all."""
    query = select(LeadRow).where(LeadRow.id > after, clause(condition, now))
    if lists is not None:
        query = query.where(LeadRow.list_id.in_(lists))
    if list_name:
        query = query.where(LeadRow.list_id == find_list(session, list_name).id)
    if words.strip():
        query = query.where(_matching(words.strip(), by_number))
    return list(session.scalars(query.order_by(LeadRow.id).limit(limit)))


def _matching(words: str, by_number: bool) -> ColumnElement[bool]:
    digits = re.sub(r"[^0-9]", "", words)
    names = [
        column.istartswith(words, autoescape=True)
        for column in (LeadRow.family_name, LeadRow.given_name, LeadRow.company)
    ]
    found = names[0] | names[1] | names[2] | (LeadRow.external_id == words)
    if by_number and len(digits) >= 4 and len(digits) >= len(words) - 6:
        having = select(LeadNumberRow.lead_id).where(
            LeadNumberRow.number.contains(digits, autoescape=True)
        )
        found = found | LeadRow.id.in_(having)
    if words.isdigit() and len(words) < 12:
        found = found | (LeadRow.id == int(words))
    return found


def exported(session: Session, list_name: str) -> Iterator[list[str]]:
    """The list as rows of a file that can be imported again, a million of them without holding
    more than some thousand."""
    row = find_list(session, list_name)
    custom = _custom_names(session, row.id)
    ours = ("state", "outcome", "disposition", "attempts", "agent")
    yield [*NUMBERS, *TEXTS, "priority", *custom, *ours]
    after = 0
    while True:
        query = select(LeadRow).where(LeadRow.list_id == row.id, LeadRow.id > after)
        leads = list(session.scalars(query.order_by(LeadRow.id).limit(2000)))
        if not leads:
            return
        after = leads[-1].id
        numbers = _numbers(session, [lead.id for lead in leads])
        for lead in leads:
            own = (numbers.get(lead.id, []) + [""] * len(NUMBERS))[: len(NUMBERS)]
            texts = [str(getattr(lead, name)) for name in (*TEXTS, "priority")]
            fields = [str(lead.fields.get(name.removeprefix("custom:"), "")) for name in custom]
            yield [*own, *texts, *fields, *(str(getattr(lead, name)) for name in ours)]
        session.expunge_all()


def _numbers(session: Session, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(LeadNumberRow).where(LeadNumberRow.lead_id.in_(ids))
    for each in session.scalars(query.order_by(LeadNumberRow.lead_id, LeadNumberRow.position)):
        found.setdefault(each.lead_id, []).append(each.number)
    return found


def _custom_names(session: Session, list_id: int) -> list[str]:
    """Those of the imports, and of the first leads (some were typed by hand)."""
    names: dict[str, Any] = {}
    for options in session.scalars(
        select(LeadImportRow.options).where(LeadImportRow.list_id == list_id)
    ):
        names |= {n: 0 for n in options.get("columns", {}).values() if n.startswith("custom:")}
    query = select(LeadRow.fields).where(LeadRow.list_id == list_id).order_by(LeadRow.id.desc())
    for fields in session.scalars(query.limit(1000)):
        names |= {f"custom:{name}": 0 for name in fields}
    return list(names)


def _refuse_country(country: str) -> None:
    if country and not known_country(country):
        meant = country_code(country)
        hint = f"; do you mean {meant}?" if meant else ""
        raise InvalidInput(f"country {country!r} is not two capital letters such as US{hint}")
