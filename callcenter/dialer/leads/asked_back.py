"""A caller asks to be called back: a lead of a campaign, due as soon as the caller has hung up.

The number may be typed by anybody, so only ordinary ones of the list's own country are taken:
nobody is made to pay for a call to a premium line or to the far side of the world.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaign
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.dialer.compliance.number_zones import country_of, dialable
from callcenter.dialer.leads.callbacks import BY_CALLER, keep
from callcenter.dialer.leads.manage import add_lead, find_list
from callcenter.dialer.leads.read import listings_of
from callcenter.dialer.leads.store import taken_numbers
from callcenter.domain.errors import Conflict, InvalidInput

HANGS_UP_SECONDS = 15.0  # the caller is still on the line when asking
ORDINARY = ("mobile", "fixed", "either")
CALLS_BACK = ("running", "paused")  # paused: as soon as it runs again


def ask_back(session: Session, campaign: str, number: str, now: float, *, call: str) -> CallbackRow:
    """`number` as the caller's network or fingers gave it; `call` is told in the note.

    Raises NotFound (no such campaign), InvalidInput (no number to call back), Conflict (do not
    call, or nobody would)."""
    asked = load_campaign(session, campaign)
    lists = asked.lists
    if asked.state not in CALLS_BACK:
        raise Conflict(f"campaign {campaign} is {asked.state}, so nobody would call back; start it")
    if not lists:
        raise InvalidInput(f"campaign {campaign} has no list to put callers into; give it one")
    home = find_list(session, lists[0].list)
    found = _ordinary(number, home.country)
    if listings_of(session, campaign, [found]):
        raise Conflict(f"{found} is on a do-not-call list")
    # A write, so that two who ask at once with the same number become one lead.
    session.execute(update(LeadListRow).where(LeadListRow.id == home.id).values(active=home.active))
    lead = _lead(session, tuple(each.list for each in lists), found, now)
    if lead.state == "do-not-call":
        raise Conflict(f"lead {lead.id} asked not to be called")
    due_at = now + HANGS_UP_SECONDS
    promised = CallbackRow(
        lead_id=lead.id, campaign=campaign, number=found, agent="", due_at=due_at, zone="",
        note=f"asked for in call {call}", made_by=BY_CALLER, made_at=now,
    )  # fmt: skip
    return keep(session, lead, promised)


def _ordinary(number: str, country: str) -> str:
    found = dialable(number, country)
    if found.kind not in ORDINARY or country_of(found.number) != country:
        raise InvalidInput(f"{found.number} is no ordinary number of {country}")
    return found.number


def _lead(session: Session, lists: tuple[str, ...], number: str, now: float) -> LeadRow:
    """The one there is in the campaign's lists, or a new one in the first of them."""
    taken = taken_numbers(session, [number]).get(number, [])
    known = [each.lead_id for each in taken if each.list in lists]
    chosen = known[0] if known else add_lead(session, lists[0], {"number": number}, now, "caller")
    return session.get_one(LeadRow, chosen)
