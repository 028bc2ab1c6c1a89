"""The rules, one function each, in the order people read them.

A rule answers `Pass()` or `Wait(reason, due_at)`: `due_at` is the first moment from which it passes
if nothing else happens, None when only a person can change that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callcenter.dialer.compliance import calling_hours, local_days
from callcenter.domain.campaign import Campaign
from callcenter.domain.lead import Facts, Lead, LeadNumber, PastAttempt
from callcenter.domain.rule_presets import PRESETS

HOUR_SECONDS = 3600.0
MACHINES = ("machine", "machine-message")


@dataclass(frozen=True)
class Case:
    lead: Lead
    number: LeadNumber
    campaign: Campaign
    facts: Facts
    now: float


@dataclass(frozen=True)
class Pass:
    words: str


@dataclass(frozen=True)
class Wait:
    words: str
    due_at: float | None = None


Answer = Pass | Wait
Rule = Callable[[Case], Answer]


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
    stale = [each.name for each in case.facts.outside_lists if each.expires_at <= case.now]
    if stale:
        return Wait(f"the outside list {stale[0]} is too old to rely on; load a newer file")
    return Pass("the outside do-not-call lists are fresh")


def consent_in_force(case: Case) -> Answer:
    given = [each for each in case.facts.consents if each.given_at <= case.now]
    latest = max(given, key=lambda each: each.given_at, default=None)
    next_at = min((c.given_at for c in case.facts.consents if c.given_at > case.now), default=None)
    if latest and latest.revoked_at is not None and latest.revoked_at <= case.now:
        return Wait("consent was taken back", next_at)
    if not case.campaign.consent_required:
        return Pass("no consent is required, and none was taken back")
    if latest and (latest.expires_at is None or case.now < latest.expires_at):
        return Pass("a consent is in force")
    return Wait("the campaign requires a consent and none is in force", next_at)


def zone_known(case: Case) -> Answer:
    if case.number.zones:
        return Pass(f"time zones: {', '.join(case.number.zones)}")
    return Wait("no time zone is known for the number; give the lead a postal code or region")


def calling_hours_open(case: Case) -> Answer:
    hours = calling_hours.hours_of(case.campaign, case.lead.country, case.lead.region)
    closed = calling_hours.closed_by(hours, case.number.zones, case.now)
    if not closed:
        return Pass("within calling hours everywhere the number may be")
    due_at = calling_hours.next_open_at(hours, case.number.zones, case.now)
    return Wait(f"outside calling hours in {closed}", due_at)


def retry_due(case: Case) -> Answer:
    """A callback that was promised stands in for the retry delay."""
    callback = case.facts.callback
    due_at = callback.due_at if callback else case.lead.due_at
    if due_at <= case.now:
        return Pass("a callback is due" if callback else "no retry delay is running")
    return Wait("a callback was promised" if callback else "the retry delay is running", due_at)


def callback_agent(case: Case) -> Answer:
    callback = case.facts.callback
    if callback is None or callback.agent in ("", case.facts.agent):
        kept = callback is not None and callback.agent
        return Pass(f"a callback by agent {kept}" if kept else "no callback keeps it for an agent")
    return Wait(f"a callback keeps it for agent {callback.agent}")


def attempts_in_all(case: Case) -> Answer:
    campaign = case.campaign
    counted = _counted(case, own_campaign=True)
    own = [each for each in counted if each.at >= case.lead.recycled_at]
    of_number = sum(each.number == case.number.number for each in own)
    of_lead = sum(each.lead_id == case.lead.id for each in own)
    if of_number >= campaign.attempts_per_number:
        return Wait(f"the number was tried {of_number} times, which is all the campaign allows")
    if of_lead >= campaign.attempts_per_lead:
        return Wait(f"the lead was tried {of_lead} times, which is all the campaign allows")
    return Pass(f"number tried {of_number}, lead {of_lead} times")


def attempts_per_day(case: Case) -> Answer:
    """Counted in the day of every zone the number may be in, whichever campaign dialed."""
    campaign = case.campaign
    of_number = [a.at for a in _counted(case) if a.number == case.number.number]
    of_lead = [a.at for a in _counted(case) if a.lead_id == case.lead.id]
    spent = max(
        _fewer_from(of_number, campaign.attempts_per_number_per_day, case),
        _fewer_from(of_lead, campaign.attempts_per_lead_per_day, case),
    )
    if spent <= case.now:
        return Pass("tries are left today")
    return Wait("the tries of a day are used up", spent)


def rest_after_abandoned(case: Case) -> Answer:
    hours = PRESETS[case.campaign.rules].abandoned_rest_hours
    abandoned = _last(case, ("abandoned",))
    if not hours or abandoned is None:
        return Pass("no abandoned call asks for a rest")
    due_at = abandoned + hours * HOUR_SECONDS
    if due_at <= case.now:
        return Pass(f"the last abandoned call is {hours} h ago")
    if case.facts.agent_guaranteed:
        return Pass("an agent is guaranteed")
    return Wait(f"{hours} h after an abandoned call, unless an agent is guaranteed", due_at)


def rest_after_machine(case: Case) -> Answer:
    machine = _last(case, MACHINES)
    if not PRESETS[case.campaign.rules].machine_rest_same_day or machine is None:
        return Pass("no machine asks for a rest")
    due_at = _fewer_from([machine], 1, case)
    if due_at <= case.now:
        return Pass("the last machine was on another day")
    if case.facts.agent_guaranteed:
        return Pass("an agent is guaranteed")
    return Wait("not the day a machine answered, unless an agent is guaranteed", due_at)


def _counted(case: Case, *, own_campaign: bool = False) -> list[PastAttempt]:
    """Those that count; being asked again for an attempt that is up, without that one."""
    own = case.facts.own_attempt
    return [
        each
        for each in case.facts.attempts
        if each.counts
        and not (own and each.outcome == "")
        and not (own_campaign and each.campaign not in ("", case.campaign.name))
    ]


def _last(case: Case, outcomes: tuple[str, ...]) -> float | None:
    found = [
        each.at
        for each in case.facts.attempts
        if each.number == case.number.number and each.outcome in outcomes
    ]
    return max(found, default=None)


def _fewer_from(instants: list[float], most: int, case: Case) -> float:
    """From when on, in every zone, fewer than `most` of the instants lie in the present day."""
    return max(
        (_fewer_in_zone(instants, most, zone, case.now) for zone in case.number.zones),
        default=case.now,
    )


def _fewer_in_zone(instants: list[float], most: int, name: str, now: float) -> float:
    zone = ZoneInfo(name)
    begins = local_days.day_begins(zone, now)
    if sum(begins <= at <= now for at in instants) < most:
        return now
    return local_days.next_day_begins(zone, now)


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
    "retry": retry_due,
    "callback": callback_agent,
    "in-a-call": number_not_up,
    "attempts": attempts_in_all,
    "attempts-a-day": attempts_per_day,
    "rest-abandoned": rest_after_abandoned,
    "rest-machine": rest_after_machine,
}
