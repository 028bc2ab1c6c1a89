"""People's word that they may be called: given one by one or by a file, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import campaign_names
from callcenter.db.models.permissions import ConsentRow
from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads.do_not_call import look_again
from callcenter.dialer.leads.table_file import Reading, bad_text, table_rows
from callcenter.domain.errors import InvalidInput

COLUMNS = ("number", "source", "evidence", "given_at", "expires_at", "campaign")
LONGEST = {"source": 40, "evidence": 2000, "campaign": 40}
ROWS_AT_ONCE = 500
MOST_ERRORS = 1000


@dataclass(frozen=True)
class Consent:
    """`number` is E.164; `campaign` empty: any. Instants are epoch seconds."""

    number: str
    source: str
    evidence: str = ""
    given_at: float = 0.0
    expires_at: float | None = None
    campaign: str = ""
    dated: bool = True  # False: the file did not say when, so it is taken as given now

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.number, self.campaign, self.source, self.evidence


@dataclass
class Taken:
    """`errors`: (line of the file, what is wrong with it), the first MOST_ERRORS of `refused`."""

    added: int = 0
    known: int = 0  # stood there already, and in force
    refused: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Defaults:
    """For rows that do not say it themselves."""

    country: str = ""
    source: str = ""
    zone: tzinfo = UTC


def give(session: Session, consent: Consent, by: str) -> bool:
    """False: the same stands there already, in force. Leads with the number are looked at again."""
    return _give(session, [consent], by) == 1


def was_revoked(session: Session, number: str) -> bool:
    row = ConsentRow
    query = select(row.id).where(row.number == number, row.revoked_at.is_not(None)).limit(1)
    return session.scalar(query) is not None


def take_file(session: Session, path: Path, defaults: Defaults, by: str, now: float) -> Taken:
    """CSV or XLSX, its columns named in the first line. Good rows are taken, the others told.

    Raises InvalidInput for what is no such file.
    """
    taken = Taken()
    campaigns = campaign_names(session)
    with table_rows(path, Reading()) as rows:
        names = _names(next(rows, []))
        numbered = enumerate(rows, 2)
        while chunk := list(islice(numbered, ROWS_AT_ONCE)):
            found = list(_read(session, chunk, names, defaults, campaigns, now, taken))
            added = _give(session, found, by)
            taken.added += added
            taken.known += len(found) - added
    return taken


def _names(header: Sequence[str]) -> list[str]:
    names = [each.strip().lower().replace(" ", "_") for each in header]
    unknown = [each for each in names if each and each not in COLUMNS]
    if "number" not in names or unknown:
        what = f"columns {', '.join(unknown)[:200]}" if unknown else "no column number"
        raise InvalidInput(f"the first line names {what}; known are {', '.join(COLUMNS)}")
    return names


def _read(
    session: Session,
    rows: Iterable[tuple[int, list[str]]],
    names: Sequence[str],
    defaults: Defaults,
    campaigns: frozenset[str],
    now: float,
    taken: Taken,
) -> Iterator[Consent]:
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            consent = _consent(cells, names, defaults, campaigns, now)
            if not consent.dated and was_revoked(session, consent.number):
                raise InvalidInput(
                    "a consent was taken back; write the day of the new one: given_at"
                )
            yield consent
        except InvalidInput as wrong:
            taken.refused += 1
            if len(taken.errors) < MOST_ERRORS:
                taken.errors.append((line, str(wrong)))


def _consent(
    cells: list[str],
    names: Sequence[str],
    defaults: Defaults,
    campaigns: frozenset[str],
    now: float,
) -> Consent:
    if bad := bad_text(cells):
        raise InvalidInput(f"the row {bad}")
    text = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
    source = text.get("source") or defaults.source
    if not source:
        raise InvalidInput("it does not say where the consent was given: source")
    for name, most in LONGEST.items():
        if len(text.get(name, "")) > most:
            raise InvalidInput(f"{name} is at most {most} letters")
    campaign = text.get("campaign", "")
    if campaign and campaign not in campaigns:
        raise InvalidInput(f"there is no campaign {campaign}")
    given, expires = (_instant(text.get(name, ""), defaults.zone) for name in DATES)
    if given is not None and given > now + 86_400:
        raise InvalidInput("it was given in the future")
    return Consent(
        e164(text.get("number", ""), defaults.country), source[: LONGEST["source"]],
        text.get("evidence", ""), now if given is None else given, expires, campaign,
        given is not None,
    )  # fmt: skip


DATES = ("given_at", "expires_at")


def _instant(text: str, zone: tzinfo) -> float | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError):
        raise InvalidInput(f"{text[:40]!r} is no day such as 2026-11-23") from None


def _give(session: Session, consents: Sequence[Consent], by: str) -> int:
    """How many are new."""
    numbers = sorted({each.number for each in consents})
    row = ConsentRow
    query = select(row.number, row.campaign, row.source, row.evidence).where(
        row.number.in_(numbers), row.revoked_at.is_(None)
    )
    known = {tuple(each) for each in session.execute(query)}
    new = {each.key: each for each in consents if each.key not in known}
    session.add_all(
        ConsentRow(
            number=each.number, campaign=each.campaign, source=each.source,
            evidence=each.evidence, given_at=each.given_at, expires_at=each.expires_at, by=by,
        )
        for each in new.values()
    )  # fmt: skip
    session.flush()
    look_again(session, numbers)
    return len(new)
