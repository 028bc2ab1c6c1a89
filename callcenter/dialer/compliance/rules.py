"""The rules, one function each, in the order people read them. Those that count are in tries.py."""

from __future__ import annotations

from callcenter.dialer.compliance import calling_hours
from callcenter.dialer.compliance.caller_id import caller_id_for
from callcenter.dialer.compliance.case import Answer, Case, Pass, Rule, Wait
from callcenter.dialer.compliance.places import Place, places_of
from callcenter.dialer.compliance.tries import (
    attempts_in_all,
    attempts_per_day,
    rest_after_abandoned,
    rest_after_machine,
)
from callcenter.domain.lead import PastAttempt
from callcenter.domain.rule_presets import PRESETS


def campaign_running(case: Case) -> Answer:
    state = case.campaign.state
    if state == "running":
        return Pass("the campaign is running")
    return Wait(f"the campaign is {state}; start it")


def list_dialed(case: Case) -> Answer:
    listed = {share.list for share in case.campaign.lists if share.weight > 0}
    if case.lead.list not in listed:
        return Wait(f"the list {case.lead.list} is not one of the campaign's with a weight")
    if not case.facts.list_active:
        return Wait(f"the list {case.lead.list} is switched off")
    return Pass(f"the list {case.lead.list} is dialed")


def filter_matches(case: Case) -> Answer:
    if case.facts.in_filter:
        return Pass("the campaign's filter lets it through")
    return Wait("the campaign's filter leaves it out")


def lead_open(case: Case) -> Answer:
    if case.lead.state == "open":
        return Pass("the lead is open")
    if case.lead.state == "done" and case.facts.callback:
        return Pass("the lead is done, but a callback was promised")
    return Wait(f"the lead is {case.lead.state}; open it again to dial it")


def not_held(case: Case) -> Answer:
    if case.lead.attempt in ("", case.facts.own_attempt):
        return Pass("nobody is dialing it")
    return Wait("it is being dialed now, or its last call is not settled")


def number_not_up(case: Case) -> Answer:
    up = [
        each
        for each in case.facts.attempts
        if each.outcome == "" and each.number == case.number.number
    ]
    if len(up) > bool(case.facts.own_attempt):
        return Wait("the same number is being dialed now")
    return Pass("the number is not in a call of ours")


def number_good(case: Case) -> Answer:
    if case.number.state == "open":
        return Pass("the number is good")
    return Wait("the number was marked as wrong")


def not_on_a_list(case: Case) -> Answer:
    if not case.facts.listings:
        return Pass("the number is on no do-not-call list")
    listing = case.facts.listings[0]
    where = f"{listing.scope} {listing.name}".strip()
    reason = f" ({listing.reason})" if listing.reason else ""
    return Wait(f"the number is on the do-not-call list: {where}{reason}")


def outside_lists_fresh(case: Case) -> Answer:
    days = PRESETS[case.campaign.rules].scrub_days
    stale = [each.name for each in case.facts.outside_lists if each.good_until(days) <= case.now]
    if stale:
        return Wait(f"the outside list {stale[0]} is too old to rely on; load a newer file")
    return Pass("the outside do-not-call lists are fresh")


def consent_in_force(case: Case) -> Answer:
    """Who took a consent back is not called on the word of an older one."""
    known, now = case.facts.consents, case.now
    revoked = [c.revoked_at for c in known if c.revoked_at is not None and c.revoked_at <= now]
    given = [c for c in known if c.given_at <= now and not (revoked and c.given_at <= max(revoked))]
    latest = max(given, key=lambda each: each.given_at, default=None)
    next_at = min((each.given_at for each in known if each.given_at > now), default=None)
    if revoked and latest is None:
        return Wait("consent was taken back", next_at)
    if not case.campaign.consent_required:
        return Pass("no consent is required, and none was taken back")
    if latest and (latest.expires_at is None or now < latest.expires_at):
        return Pass("a consent is in force")
    return Wait("the campaign requires a consent and none is in force", next_at)


def zone_known(case: Case) -> Answer:
    if case.number.zones:
        return Pass(f"time zones: {', '.join(case.number.zones)}")
    return Wait("no time zone is known for the number; give the lead a postal code or region")


def calling_hours_open(case: Case) -> Answer:
    hours = calling_hours.hours_of(case.campaign, _places(case))
    closed = calling_hours.closed_by(hours, case.number.zones, case.now)
    if not closed:
        return Pass("within calling hours everywhere the number may be")
    due_at = calling_hours.next_open_at(hours, case.number.zones, case.now)
    return Wait(f"outside calling hours in {closed}", due_at)


def _places(case: Case) -> tuple[Place, ...]:
    lead = case.lead
    postal_code = lead.values.get("postal_code", "")
    return places_of(case.number.number, lead.country, lead.region, postal_code)


def retry_due(case: Case) -> Answer:
    """A callback that was promised stands in for the retry delay, until it was tried once."""
    callback = case.facts.callback
    due_at = callback.due_at if callback else case.lead.due_at
    if callback and any(each.at >= callback.due_at for each in _tries_of_lead(case)):
        due_at = max(due_at, case.lead.due_at)
    if due_at <= case.now:
        return Pass("a callback is due" if callback else "no retry delay is running")
    return Wait("a callback was promised" if callback else "the retry delay is running", due_at)


def _tries_of_lead(case: Case) -> list[PastAttempt]:
    """Also those that were not placed: their short delay holds as well."""
    return [a for a in case.facts.attempts if a.lead_id == case.lead.id and a.outcome]


def callback_agent(case: Case) -> Answer:
    callback = case.facts.callback
    if callback is None or callback.agent in ("", case.facts.agent):
        kept = callback is not None and callback.agent
        return Pass(f"a callback by agent {kept}" if kept else "no callback keeps it for an agent")
    return Wait(f"a callback keeps it for agent {callback.agent}")


def number_to_show(case: Case) -> Answer:
    """Hiding who calls is forbidden; without any number the campaign is not started at all."""
    pool = case.campaign.caller_ids
    if not pool or caller_id_for(case.number.number, pool):
        return Pass("the campaign has a number to show")
    return Wait("none of the campaign's numbers to show is for this number; add one for any")


# name → rule. The name is written into refusals, pages and docs/dialer.md.
RULES: dict[str, Rule] = {
    "campaign": campaign_running,
    "list": list_dialed,
    "filter": filter_matches,
    "lead": lead_open,
    "held": not_held,
    "number": number_good,
    "do-not-call": not_on_a_list,
    "outside-lists": outside_lists_fresh,
    "consent": consent_in_force,
    "time-zone": zone_known,
    "calling-hours": calling_hours_open,
    "caller-id": number_to_show,
    "retry": retry_due,
    "callback": callback_agent,
    "in-a-call": number_not_up,
    "attempts": attempts_in_all,
    "attempts-a-day": attempts_per_day,
    "rest-abandoned": rest_after_abandoned,
    "rest-machine": rest_after_machine,
}
