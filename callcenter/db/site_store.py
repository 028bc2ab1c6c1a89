"""Keeping the site: loaded as one value, saved as the difference to what is there.

A save is one transaction that the caller opens (`with sessions.begin() as session:`). It is all or
nothing: an unsound site raises UnsoundSite before a row is touched.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.site import SiteRow
from callcenter.db.site_rows import (
    delete_record,
    insert_record,
    load_collection,
    put_in_order,
    update_record,
)
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.site import Site
from callcenter.domain.site_changes import OWN_FIELDS, Change, by_key, changes
from callcenter.domain.site_parts import COLLECTIONS
from callcenter.domain.site_rules import refuse_unsound
from callcenter.domain.site_secrets import settled

EDITED_MEANWHILE = "somebody else saved the site meanwhile; load it again and repeat your change"
LISTS = ("pause_reasons", "working_pause_reasons")  # kept as JSON
LAST_ADMIN = "users: at least one admin must remain, or nobody could sign in to change the site"


@dataclass(frozen=True)
class Saved:
    site: Site  # with the secrets that were made
    version: int
    changes: tuple[Change, ...]


def load_site(session: Session) -> Site:
    """The site as it was saved last; an empty one if never."""
    return load_versioned(session)[0]


def site_version(session: Session) -> int:
    """Another one means that something was saved; 0: never."""
    return session.scalar(select(SiteRow.version)) or 0


def site_zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.scalar(select(SiteRow.timezone)) or Site().timezone)


def load_versioned(session: Session) -> tuple[Site, int]:
    """The site and the version to hand back when saving; version 0: never saved."""
    row = (
        session.execute(select(SiteRow.version, *(getattr(SiteRow, name) for name in OWN_FIELDS)))
        .mappings()
        .first()
    )
    version = row["version"] if row else 0
    own: dict[str, Any] = {name: row[name] for name in OWN_FIELDS} if row else {}
    if row:
        own |= {name: tuple(row[name]) for name in LISTS}
    collections: dict[str, Any] = {name: load_collection(session, name) for name in COLLECTIONS}
    return Site(**(own | collections)), version


def save_site(
    session: Session,
    site: Site,
    by: str,
    *,
    expected_version: int | None = None,
    at: float | None = None,
) -> Saved:
    """Saves the difference, one audit entry a change. Missing secrets are made.

    Raises UnsoundSite (InvalidInput) with all the places; Conflict when somebody saved since
    `expected_version` was loaded. After either, roll back.
    """
    present, version = load_versioned(session)
    if expected_version is not None and expected_version != version:
        raise Conflict(EDITED_MEANWHILE)
    wanted = settled(site, present, secrets.choice)
    refuse_unsound(wanted)
    _refuse_losing_admins(present, wanted)
    found = changes(present, wanted)
    if not found:
        return Saved(wanted, version, ())
    _raise_version(session, wanted, version)
    _write(session, present, wanted, found)
    _audit(session, found, by, time.time() if at is None else at)
    return Saved(wanted, version + 1, found)


def _refuse_losing_admins(present: Site, wanted: Site) -> None:
    def has_admin(site: Site) -> bool:
        return any(user.role == "admin" for user in site.users)

    if has_admin(present) and not has_admin(wanted):
        raise InvalidInput(LAST_ADMIN)


def _raise_version(session: Session, site: Site, version: int) -> None:
    own = {name: getattr(site, name) for name in OWN_FIELDS}
    own |= {name: list(getattr(site, name)) for name in LISTS}
    if version:
        query = update(SiteRow).where(SiteRow.version == version)
        done = session.execute(query.values(version=version + 1, **own))
        # Another writer between our read and this update: its version no longer matches.
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise Conflict(EDITED_MEANWHILE)
        return
    try:
        session.execute(insert(SiteRow).values(id=1, version=1, **own))
    except IntegrityError as error:
        raise Conflict(EDITED_MEANWHILE) from error


def _write(session: Session, present: Site, wanted: Site, found: tuple[Change, ...]) -> None:
    for change in found:
        if change.action == "removed":
            delete_record(session, change.collection, change.key)
        elif change.collection != "site" and change.action == "added":
            records = by_key(wanted, change.collection)
            insert_record(session, records[change.key], list(records).index(change.key))
        elif change.collection != "site" and change.action == "changed":
            update_record(session, by_key(wanted, change.collection)[change.key])
    for collection in COLLECTIONS:
        if list(by_key(present, collection)) != list(by_key(wanted, collection)):
            put_in_order(session, collection, getattr(wanted, collection))


def _audit(session: Session, found: tuple[Change, ...], by: str, at: float) -> None:
    for change in found:
        entry = AuditEntryRow(
            at=at,
            by=by[:80],
            action=f"site_{change.action}",
            subject=change.subject[:200],
            detail=", ".join(change.fields),
        )
        session.add(entry)
