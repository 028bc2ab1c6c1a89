"""Rules that count what was dialed before: tries in all and a day, rests after an outcome."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from callcenter.dialer.compliance import local_days
from callcenter.dialer.compliance.case import Answer, Case, Pass, Wait
from callcenter.domain.lead import PastAttempt
from callcenter.domain.rule_presets import PRESETS

HOUR_SECONDS = 3600.0
MACHINES = ("machine", "machine-message")


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
