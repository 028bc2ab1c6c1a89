"""What a call that the dialer placed came to: the campaign's words, and what follows from one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.db.campaign_store import find_campaign
from callcenter.db.disposition_store import DisposedCall
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.leads import callbacks, do_not_call
from callcenter.dialer.leads.settle import set_disposition
from callcenter.domain.errors import InvalidInput, NotFound

Choice = dict[str, Any]


def campaign_choices(session: Session, calls: Iterable[DisposedCall]) -> dict[str, list[Choice]]:
    """Campaign → what may be chosen; `asks_time` for a callback."""
    found: dict[str, list[Choice]] = {}
    for name in {call.campaign for call in calls if call.campaign}:
        campaign = find_campaign(session, name)
        found[name] = [
            {"value": each.code, "title": each.title, "asks_time": each.then == "callback"}
            for each in (campaign.dispositions if campaign else ())
        ]
    return found


def dispose_attempt(
    session: Session, attempt: DialAttemptRow, code: str, when: str, agent: str, now: float
) -> str:
    """Writes it, with the callback promised or the number entered as not to be called. What was
    there before, or empty. `when`: `2026-11-24T10:00` by the lead's clock."""
    campaign = find_campaign(session, attempt.campaign)
    if campaign is None:
        raise NotFound("that campaign was deleted")
    before = attempt.disposition
    set_disposition(session, campaign, attempt.id, code, now)
    then = next(each.then for each in campaign.dispositions if each.code == code)
    if then == "callback" and attempt.lead_id is not None:
        callbacks.promise(session, attempt.lead_id, campaign.name, _wall(when), now, agent=agent,
                          number=attempt.number, by=agent)  # fmt: skip
    if then == "do-not-call":
        do_not_call.opt_out(session, attempt.id, now, source="agent", by=agent)
    return before


def _wall(when: str) -> datetime:
    try:
        found = datetime.fromisoformat(when)
    except ValueError:
        raise InvalidInput("say when to call back, as 2026-11-24T10:00") from None
    return found.replace(tzinfo=None, second=0, microsecond=0)
