"""Attempts → the lines of a pack: header, a line a call, summary, signature."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import find_campaign
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.site_store import load_site
from callcenter.dialer.budget import RESERVED_BEFORE_SECONDS
from callcenter.dialer.evidence.chain import Chain
from callcenter.dialer.evidence.key import public_text, sign
from callcenter.dialer.evidence.law import Arithmetic, Times, counts_as
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput, NotFound

FORMAT = "callcenter-evidence/2"
MILLISECOND = 0.001
ROWS_AT_ONCE = 2000
ERASED = "erased"  # stands for a number taken out on the person's request (privacy/erase.py)
TIMES = ("dialed", "ringing", "answered", "greeting_end", "agent_on", "message", "ended")
_COLUMN = {"dialed": "placed_at", "message": "message_at"}


def pack(
    session: Session,
    campaign_name: str,
    since: float,
    until: float,
    key: Ed25519PrivateKey,
    by: str,
    now: float | None = None,
) -> Iterator[str]:
    """Lines without their ends. Raises NotFound, InvalidInput before the first one."""
    if since >= until:
        raise InvalidInput("the window is empty: its end has to come after its beginning")
    campaign = find_campaign(session, campaign_name)
    if campaign is None and not _ever_dialed(session, campaign_name):
        raise NotFound(f"there is no campaign {campaign_name}, nor any call of one")
    site = load_site(session)
    header = _header(campaign, campaign_name, since, until, site.timezone, site.name, key, by,
                     time.time() if now is None else now)  # fmt: skip
    return _lines(session, header, key)


def _ever_dialed(session: Session, campaign: str) -> bool:
    a = DialAttemptRow
    return session.scalar(select(a.id).where(a.campaign == campaign).limit(1)) is not None


def _lines(session: Session, header: dict[str, Any], key: Ed25519PrivateKey) -> Iterator[str]:
    chain, sums, zone = Chain(), arithmetic(header), ZoneInfo(header["timezone"])
    yield chain.line("header", header)
    erased = 0
    for call in calls(session, header):
        sums.add(local_day(call["dialed"], zone).isoformat(), call["counts_as"])
        erased += call["number"] == ERASED
        yield chain.line("call", call)
    others = {"attempts_never_placed": _not_placed(session, header), "numbers_erased": erased}
    yield chain.line("summary", sums.as_document() | others)
    yield chain.line(
        "signature",
        {"algorithm": "Ed25519", "over": chain.head, "signature": sign(key, chain.head)},
    )


def _header(
    campaign: Campaign | None, name: str, since: float, until: float, timezone: str, site: str,
    key: Ed25519PrivateKey, by: str, now: float,
) -> dict[str, Any]:  # fmt: skip
    """A deleted campaign's settings are gone: the usual ones stand in, which are strict."""
    of = campaign or Campaign(name, name, "")
    return {
        "format": FORMAT,
        "site": site,
        "campaign": of.name,
        "campaign_deleted": campaign is None,
        "title": of.title,
        "from": instant(since),
        "to": instant(until),
        "timezone": timezone,
        "mode": of.mode,
        "rules": of.rules,
        "limit": of.abandon_limit,
        "limit_window_days": of.abandon_window_days,
        "patience_milliseconds": round(of.patience_seconds * 1000),
        "made_at": instant(now),
        "made_by": by,
        "public_key": public_text(key),
    }


def arithmetic(header: dict[str, Any]) -> Arithmetic:
    """Empty, for the header's limit and window. Raises ValueError, TypeError for what is none."""
    zone, limit, days = ZoneInfo(header["timezone"]), header["limit"], header["limit_window_days"]
    if not isinstance(limit, float | int) or not isinstance(days, int) or days < 1:
        raise TypeError("limit")
    first, last = local_day(header["from"], zone), _last_day(header["to"], zone)
    return Arithmetic(float(limit), days, first, last)


def calls(session: Session, header: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The call lines of this header's campaign and window, as the books have them now."""
    since, until = milliseconds(header["from"]) or 0, milliseconds(header["to"]) or 0
    for row in _rows(session, header["campaign"], since / 1000, until / 1000):
        # As the line will say it: a millisecond decides on which side of midnight a call is.
        if since <= round((row.placed_at or 0.0) * 1000) < until:
            yield call_of(row, header["patience_milliseconds"])


def _rows(session: Session, campaign: str, since: float, until: float) -> Iterable[DialAttemptRow]:
    """Those dialed in the window, and within a millisecond of it."""
    a = DialAttemptRow
    return session.scalars(
        select(a)
        .where(
            a.campaign == campaign,
            a.reserved_at >= since - RESERVED_BEFORE_SECONDS,
            a.reserved_at < until,
            a.placed_at >= since - MILLISECOND,
            a.placed_at < until,
        )
        .order_by(a.placed_at, a.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def _not_placed(session: Session, header: dict[str, Any]) -> int:
    a = DialAttemptRow
    found = session.scalar(
        select(func.count()).where(
            a.campaign == header["campaign"],
            a.reserved_at >= (milliseconds(header["from"]) or 0) / 1000,
            a.reserved_at < (milliseconds(header["to"]) or 0) / 1000,
            a.placed_at.is_(None),
        )
    )
    return int(found or 0)


def call_of(row: DialAttemptRow, patience_milliseconds: int) -> dict[str, Any]:
    """One call's line: every time to the millisecond, and what it counts as."""
    times = {name: instant(getattr(row, _COLUMN.get(name, f"{name}_at"))) for name in TIMES}
    return {
        "attempt": row.id,
        "call": row.call_id,
        "number": row.number,
        "shown": row.caller_id,
        "mode": row.mode,
        "verdict": row.verdict,
        "verdict_milliseconds": row.verdict_ms,
        "agent": row.agent,
        "outcome": row.outcome,
        **times,
        "counts_as": counts_as(
            row.mode, row.verdict, row.outcome, times_of(times), patience_milliseconds
        ),
    }


def times_of(line: dict[str, Any]) -> Times:
    """Raises ValueError for what is no instant."""
    return Times(
        *(milliseconds(line[name]) for name in
          ("answered", "greeting_end", "agent_on", "message", "ended"))
    )  # fmt: skip


def instant(at: float | None) -> str | None:
    """`2026-11-23T04:05:06.789Z`."""
    if at is None:
        return None
    whole = round(at * 1000)
    moment = datetime.fromtimestamp(whole // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{whole % 1000:03d}Z"


def milliseconds(text: str | None) -> int | None:
    if text is None:
        return None
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def local_day(text: str, zone: ZoneInfo) -> date:
    """The day of an instant on the site's wall calendar."""
    return datetime.fromtimestamp((milliseconds(text) or 0) / 1000, zone).date()


def _last_day(end: str, zone: ZoneInfo) -> date:
    """Of a window that ends before this instant."""
    return datetime.fromtimestamp(((milliseconds(end) or 0) - 1) / 1000, zone).date()
