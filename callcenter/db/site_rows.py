"""Site records ↔ table rows, one table of pairs; field names and column names are the same."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.site_agents import SiteAgentQueueRow, SiteAgentRow, SiteTeamRow
from callcenter.db.models.site_hours import SiteHolidayRow, SiteHoursRow, SiteOpeningRuleRow
from callcenter.db.models.site_menus import (
    SiteJourneyRow,
    SiteMenuOptionRow,
    SiteMenuRow,
    SiteMessageRow,
    SitePromptRow,
)
from callcenter.db.models.site_phones import SitePhoneRow, SiteRingGroupRow, SiteVoicemailRow
from callcenter.db.models.site_queues import SiteQueueKeyRow, SiteQueueRow
from callcenter.db.models.site_trunks import SiteDidRow, SiteOutboundRouteRow, SiteTrunkRow
from callcenter.db.models.users import UserRow
from callcenter.domain import site as parts
from callcenter.domain.site_parts import COLLECTIONS, KEYS, NESTED, key_of

ROWS: dict[type[Any], type[Any]] = {
    parts.Phone: SitePhoneRow,
    parts.Agent: SiteAgentRow,
    parts.QueueMembership: SiteAgentQueueRow,
    parts.Team: SiteTeamRow,
    parts.User: UserRow,
    parts.Trunk: SiteTrunkRow,
    parts.OutboundRoute: SiteOutboundRouteRow,
    parts.Did: SiteDidRow,
    parts.Hours: SiteHoursRow,
    parts.OpeningRule: SiteOpeningRuleRow,
    parts.Holiday: SiteHolidayRow,
    parts.Prompt: SitePromptRow,
    parts.Menu: SiteMenuRow,
    parts.MenuOption: SiteMenuOptionRow,
    parts.Queue: SiteQueueRow,
    parts.QueueKey: SiteQueueKeyRow,
    parts.RingGroup: SiteRingGroupRow,
    parts.Message: SiteMessageRow,
    parts.Voicemail: SiteVoicemailRow,
    parts.Journey: SiteJourneyRow,
}


def load_collection(session: Session, collection: str) -> tuple[Any, ...]:
    """Every record of a collection, in the order people gave."""
    kind = COLLECTIONS[collection]
    children = {field: _children(session, child) for field, child in NESTED.get(kind, {}).items()}
    rows = session.execute(
        select(*_columns(kind)).order_by(ROWS[kind].position, _key_column(kind))
    ).mappings()
    return tuple(_record(kind, dict(row), children) for row in rows)


def insert_record(session: Session, record: Any, position: int) -> None:
    kind = type(record)
    session.execute(insert(ROWS[kind]).values(position=position, **_values(record)))
    _insert_children(session, record)


def update_record(session: Session, record: Any) -> None:
    kind, key = type(record), key_of(record)
    session.execute(update(ROWS[kind]).where(_key_column(kind) == key).values(**_values(record)))
    for child in NESTED.get(kind, {}).values():
        session.execute(delete(ROWS[child]).where(ROWS[child].owner == key))
    _insert_children(session, record)


def delete_record(session: Session, collection: str, key: str) -> None:
    """Nested rows go with it (ON DELETE CASCADE), a user's sessions too."""
    kind = COLLECTIONS[collection]
    session.execute(delete(ROWS[kind]).where(_key_column(kind) == key))


def put_in_order(session: Session, collection: str, records: tuple[Any, ...]) -> None:
    kind = COLLECTIONS[collection]
    row, key_column = ROWS[kind], _key_column(kind)
    found = session.execute(select(key_column, row.position))
    present = {key: position for key, position in found}  # noqa: C416 - rows, not pairs
    for position, record in enumerate(records):
        if present.get(key_of(record)) != position:
            session.execute(
                update(row).where(key_column == key_of(record)).values(position=position)
            )


def _insert_children(session: Session, record: Any) -> None:
    for field, child in NESTED.get(type(record), {}).items():
        for position, item in enumerate(getattr(record, field)):
            values = {"owner": key_of(record), "position": position, **_values(item)}
            session.execute(insert(ROWS[child]).values(**values))


def _children(session: Session, child: type[Any]) -> dict[str, list[Any]]:
    row = ROWS[child]
    found: dict[str, list[Any]] = defaultdict(list)
    query = select(row.owner, *_columns(child)).order_by(row.owner, row.position)
    for values in session.execute(query).mappings():
        fields = {name: value for name, value in values.items() if name != "owner"}
        found[values["owner"]].append(_record(child, fields, {}))
    return found


def _record(
    kind: type[Any], values: dict[str, Any], children: dict[str, dict[str, list[Any]]]
) -> Any:
    key = values.get(KEYS.get(kind, ""), "")
    nested = {field: tuple(rows.get(key, ())) for field, rows in children.items()}
    return kind(**{name: _frozen(value) for name, value in values.items()}, **nested)


def _values(record: Any) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in _column_names(type(record))}


def _columns(kind: type[Any]) -> list[Any]:
    return [getattr(ROWS[kind], name) for name in _column_names(kind)]


def _column_names(kind: type[Any]) -> list[str]:
    nested = NESTED.get(kind, {})
    return [each.name for each in dataclasses.fields(kind) if each.name not in nested]


def _key_column(kind: type[Any]) -> Any:
    return getattr(ROWS[kind], KEYS[kind])


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
