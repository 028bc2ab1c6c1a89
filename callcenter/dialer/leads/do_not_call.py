"""Who may not be called: entries by people, by a key press, by the API, and whole lists of others.

Numbers are E.164; what people type is read by `compliance/number_zones.py` `e164` first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadNumberRow, LeadRow
from callcenter.db.models.permissions import (
    ConsentRow,
    DoNotCallFileRow,
    DoNotCallRow,
    OutsideListRow,
)
from callcenter.dialer.leads.callbacks import take_back
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.lead import DoNotCallScope, OutsideList
from callcenter.domain.rule_presets import PRESETS
from callcenter.domain.site_rules.patterns import slug

DAY_SECONDS = 86400.0
MOST_DAYS = 366
ROWS_AT_ONCE = 5000
SOURCES = ("agent", "key", "api", "page", "command", "file")


def add(
    session: Session,
    number: str,
    now: float,
    *,
    source: str,
    by: str = "",
    reason: str = "",
    campaign: str = "",
) -> bool:
    """Enters a number for the site, or for one campaign; False when it stood there already."""
    if source not in SOURCES:
        raise InvalidInput(f"the source is one of {', '.join(SOURCES)}, not {source!r}")
    scope = "campaign" if campaign else "site"
    try:
        with session.begin_nested():
            session.execute(
                insert(DoNotCallRow).values(
                    number=number,
                    scope=scope,
                    scope_name=campaign,
                    source=source,
                    reason=reason,
                    by=by,
                    added_at=now,
                )
            )
    except IntegrityError:
        return False
    return True


def remove(
    session: Session, number: str, scope: DoNotCallScope, scope_name: str | None = ""
) -> None:
    """Takes an entry out: by a person who answers for it, in the audit log. None: whichever file of
    ours it came in, too. Outside lists are only ever replaced whole."""
    if scope == "outside":
        raise InvalidInput(f"{number} is on the outside list {scope_name}: load a newer file of it")
    entry = (DoNotCallRow.number == number) & (DoNotCallRow.scope == scope)
    if scope_name is not None:
        entry &= DoNotCallRow.scope_name == scope_name
    if session.execute(delete(DoNotCallRow).where(entry)).rowcount == 0:  # type: ignore[attr-defined]
        where = f"{scope} {scope_name or ''}".rstrip()
        raise NotFound(f"{number} is not on the do-not-call list {where}")
    look_again(session, [number])


def opt_out(session: Session, attempt_id: str, now: float, *, source: str, by: str = "") -> bool:
    """The person of this attempt does not want to be called (key 9, or said so to an agent): the
    number goes on the site's list, consents are revoked, the lead is closed.

    Safe to repeat; False when nothing was left to do.
    """
    attempt = session.get(DialAttemptRow, attempt_id)
    if attempt is None:
        raise NotFound(f"there is no dial attempt {attempt_id}")
    reason = f"opted out in a call of campaign {attempt.campaign}"
    added = add(session, attempt.number, now, source=source, by=by, reason=reason)
    revoke(session, attempt.number, now, source=source)
    if attempt.lead_id is not None:
        session.execute(
            update(LeadRow)
            .where(LeadRow.id == attempt.lead_id, LeadRow.state != "do-not-call")
            .values(state="do-not-call")
        )
        take_back(session, attempt.lead_id)
    return added


def revoke(session: Session, number: str, now: float, *, source: str) -> int:
    """Takes back every consent given for a number; how many there were."""
    done = session.execute(
        update(ConsentRow)
        .where(ConsentRow.number == number, ConsentRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_source=source)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def replace_outside_list(
    session: Session,
    name: str,
    title: str,
    numbers: Iterable[str],
    now: float,
    *,
    scrubbed_at: float,
    expires_at: float,
    by: str,
) -> int:
    """The list is what the file says, in one transaction; how many numbers it has.

    Raises InvalidInput, and the caller rolls back: a file without a number is a mistake, and would
    leave everybody on the list unprotected.
    """
    _refuse_name(name, scrubbed_at, now)
    if session.get(DoNotCallFileRow, name):
        raise InvalidInput(f"a file of our own is called {name}; choose another name")
    if not 0 < expires_at - scrubbed_at <= MOST_DAYS * DAY_SECONDS:
        raise InvalidInput(f"a list may be relied on for 1 to {MOST_DAYS} days")
    read = dict.fromkeys(numbers)  # before SQLite's one write lock is taken
    session.execute(delete(DoNotCallRow).where(_of_list("outside", name)))
    count = _enter(session, "outside", name, read, now, by)
    session.merge(
        OutsideListRow(
            name=name,
            title=title,
            scrubbed_at=scrubbed_at,
            expires_at=expires_at,
            numbers=count,
            loaded_at=now,
            by=by,
        )
    )
    _look_at_all_again(session)
    return count


def load_own_file(
    session: Session,
    name: str,
    file_name: str,
    numbers: Iterable[str],
    now: float,
    *,
    scrubbed_at: float,
    by: str,
    reason: str = "",
) -> int:
    """Numbers of a file of our own, beside all that is entered: one that is here twice stays when
    the file is taken out. How many there are. Raises InvalidInput, and the caller rolls back."""
    _refuse_name(name, scrubbed_at, now)
    if session.get(DoNotCallFileRow, name) or session.get(OutsideListRow, name):
        raise InvalidInput(f"there is a list {name} already; choose another name, or drop it first")
    count = _enter(session, "site", name, dict.fromkeys(numbers), now, by, reason)
    session.add(
        DoNotCallFileRow(
            name=name,
            file_name=file_name,
            scrubbed_at=scrubbed_at,
            numbers=count,
            loaded_at=now,
            by=by,
        )
    )
    return count


def _refuse_name(name: str, scrubbed_at: float, now: float) -> None:
    if wrong := slug(name):
        raise InvalidInput(f"the list's name {name!r} {wrong}")
    if scrubbed_at > now + DAY_SECONDS:
        raise InvalidInput("the day on which the list was fetched is still to come")


def good_until(row: OutsideListRow, campaigns: Iterable[Campaign]) -> float:
    """Until when all of these campaigns may dial by the list: what was said when it was loaded, or
    less where a preset asks for less."""
    known = OutsideList(row.name, row.expires_at, row.scrubbed_at)
    days = (PRESETS[each.rules].scrub_days for each in campaigns if each.state != "finished")
    return min((known.good_until(each) for each in days), default=known.expires_at)


def drop_outside_list(session: Session, name: str) -> None:
    row = session.get(OutsideListRow, name)
    if row is None:
        raise NotFound(f"there is no outside list {name}")
    session.execute(delete(DoNotCallRow).where(_of_list("outside", name)))
    session.delete(row)
    _look_at_all_again(session)


def drop_own_file(session: Session, name: str) -> int:
    """Its numbers may be called again, where nothing else forbids it; how many there were."""
    row = session.get(DoNotCallFileRow, name)
    if row is None:
        raise NotFound(f"there is no file of our own called {name}")
    gone = session.execute(delete(DoNotCallRow).where(_of_list("site", name)))
    session.delete(row)
    _look_at_all_again(session)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _of_list(scope: DoNotCallScope, name: str) -> ColumnElement[bool]:
    return (DoNotCallRow.scope == scope) & (DoNotCallRow.scope_name == name)


def look_again(session: Session, numbers: list[str]) -> None:
    """Leads put aside because of these numbers may be due now."""
    having = select(LeadNumberRow.lead_id).where(LeadNumberRow.number.in_(numbers))
    session.execute(update(LeadRow).where(LeadRow.id.in_(having)).values(skip_until=0.0))


def _look_at_all_again(session: Session) -> None:
    session.execute(update(LeadRow).where(LeadRow.skip_until > 0).values(skip_until=0.0))


def _enter(
    session: Session,
    scope: DoNotCallScope,
    name: str,
    numbers: Collection[str],
    now: float,
    by: str,
    reason: str = "",
) -> int:
    if not numbers:
        raise InvalidInput(
            "the file has no phone number in its first column; nothing changed. Are they written "
            "without a country code? Then name the country"
        )
    own = {
        "scope": scope, "scope_name": name, "source": "file", "reason": reason, "by": by,
        "added_at": now,
    }  # fmt: skip
    rest = iter(numbers)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        session.execute(insert(DoNotCallRow), [own | {"number": number} for number in chunk])
    return len(numbers)
