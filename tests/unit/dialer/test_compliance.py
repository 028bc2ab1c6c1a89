"""The rules by which a lead may be called, and the moment from which it may."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callcenter.dialer.compliance import allowed, first_due_at, refusals, verdicts
from callcenter.dialer.compliance.calling_hours import closed_by, hours_of
from callcenter.dialer.compliance.local_days import day_begins, next_day_begins
from callcenter.dialer.compliance.number_zones import country_of, dialable, e164
from callcenter.dialer.compliance.rules import RULES
from callcenter.domain.campaign import CallerId, Campaign, RegionRule
from callcenter.domain.errors import InvalidInput
from callcenter.domain.lead import (
    Callback,
    Consent,
    Facts,
    Lead,
    LeadNumber,
    Listing,
    OutsideList,
    PastAttempt,
)
from callcenter.domain.site import Holiday, OpeningRule
from tests.unit.dialer.books import NOW, a_campaign

NEW_YORK, LOS_ANGELES, LONDON = "America/New_York", "America/Los_Angeles", "Europe/London"
HOUR, DAY = 3600.0, 86400.0


def lead_with(*zones: str, **changes: Any) -> tuple[Lead, LeadNumber]:
    number = LeadNumber("+12125550100", zones or (NEW_YORK,))
    values: dict[str, Any] = {"id": 7, "list": "fresh", "numbers": (number,), "country": "US"}
    return Lead(**(values | changes)), number


NOTHING = Facts()


def failing(campaign: Campaign, facts: Facts = NOTHING, now: float = NOW, *zones: str) -> list[str]:
    lead, number = lead_with(*zones)
    return [each.rule for each in refusals(verdicts(lead, number, campaign, facts, now))]


def wall(zone: str, *parts: int) -> float:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[arg-type, misc]


def due(campaign: Campaign, facts: Facts, now: float, *zones: str) -> float | None:
    lead, number = lead_with(*zones)
    return first_due_at(lead, number, campaign, facts, now)


def attempt(at: float, outcome: str = "no-answer", **changes: Any) -> PastAttempt:
    values: dict[str, Any] = {"number": "+12125550100", "lead_id": 7, "campaign": "autumn"}
    return PastAttempt(at=at, outcome=outcome, **(values | changes))


def test_a_lead_that_nothing_forbids_may_be_called() -> None:
    lead, number = lead_with()
    found = verdicts(lead, number, a_campaign(), Facts(), NOW)
    assert allowed(found)
    assert [each.rule for each in found] == list(RULES)
    assert all(each.due_at == NOW for each in found)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (Facts(list_active=False), "list"),
        (Facts(in_filter=False), "filter"),
        (Facts(listings=(Listing("outside", "register"),)), "do-not-call"),
        (Facts(outside_lists=(OutsideList("register", NOW),)), "outside-lists"),
        (Facts(consents=(Consent(1.0, revoked_at=2.0),)), "consent"),
        (Facts(callback=Callback(1, NOW - 1, agent="1001")), "callback"),
        (Facts(callback=Callback(1, NOW + 60)), "retry"),
        (Facts(attempts=(attempt(NOW - 5, "", lead_id=8),)), "in-a-call"),
        (Facts(attempts=tuple(attempt(NOW - n * DAY) for n in range(2, 12))), "attempts"),
        (Facts(attempts=(attempt(NOW - 60), attempt(NOW - 90))), "attempts-a-day"),
    ],
)
def test_each_fact_is_seen_by_its_rule(facts: Facts, rule: str) -> None:
    assert failing(a_campaign(), facts) == [rule]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"state": "done"}, "lead"),
        ({"attempt": "ab"}, "held"),
        ({"due_at": NOW + 1}, "retry"),
        ({"list": "other"}, "list"),
    ],
)
def test_each_state_of_a_lead_is_seen_by_its_rule(changes: dict[str, Any], rule: str) -> None:
    lead, number = lead_with(**changes)
    found = refusals(verdicts(lead, number, a_campaign(), Facts(), NOW))
    assert [each.rule for each in found] == [rule]


def test_a_number_without_a_zone_or_marked_as_wrong_is_not_dialed() -> None:
    lead, number = lead_with()
    bare = dataclasses.replace(number, zones=(), state="bad")
    found = refusals(verdicts(lead, bare, a_campaign(), Facts(), NOW))
    assert [each.rule for each in found] == ["number", "time-zone"]
    assert first_due_at(lead, bare, a_campaign(), Facts(), NOW) is None


def test_asked_again_before_dialing_its_own_attempt_is_no_obstacle() -> None:
    lead, number = lead_with(attempt="ab")
    facts = Facts(attempts=(attempt(NOW - 1, ""),), own_attempt="ab")
    campaign = a_campaign(attempts_per_number_per_day=1)
    assert allowed(verdicts(lead, number, campaign, facts, NOW))
    other = dataclasses.replace(facts, attempts=(*facts.attempts, attempt(NOW - 1, "", lead_id=8)))
    found = refusals(verdicts(lead, number, campaign, other, NOW))
    assert [each.rule for each in found] == ["in-a-call"]


# --- calling hours ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "zone", "opens", "closes"),
    [
        ("us", NEW_YORK, (2026, 11, 23, 8, 0), (2026, 11, 23, 21, 0)),
        ("uk", LONDON, (2026, 11, 22, 9, 0), (2026, 11, 22, 20, 0)),  # a Sunday
        ("ca", "America/Toronto", (2026, 11, 22, 10, 0), (2026, 11, 22, 18, 0)),
        ("ca", "America/Toronto", (2026, 11, 23, 9, 0), (2026, 11, 23, 21, 30)),
    ],
)
def test_presets_open_and_close_at_the_second(
    rules: Any, zone: str, opens: tuple[int, ...], closes: tuple[int, ...]
) -> None:
    campaign = a_campaign(rules=rules, hours=(OpeningRule(tuple(range(7)), time(0), time(0)),))
    start, end = wall(zone, *opens), wall(zone, *closes)
    asked = (start - 1, start, end - 1, end)
    got = ["calling-hours" in failing(campaign, Facts(), at, zone) for at in asked]
    assert got == [True, False, False, True]


def test_the_hours_hold_in_every_zone_the_number_may_be_in() -> None:
    campaign = a_campaign()  # 9 to 20 within 8 to 21
    early = wall(NEW_YORK, 2026, 11, 23, 9, 30)
    assert failing(campaign, Facts(), early, NEW_YORK) == []
    assert failing(campaign, Facts(), early, NEW_YORK, LOS_ANGELES) == ["calling-hours"]
    both = due(campaign, Facts(), early, NEW_YORK, LOS_ANGELES)
    assert both == wall(LOS_ANGELES, 2026, 11, 23, 9, 0)


def test_zones_that_are_never_open_together_are_never_due() -> None:
    hours = (OpeningRule(tuple(range(7)), time(9), time(10)),)
    assert due(a_campaign(hours=hours), Facts(), NOW, NEW_YORK, LONDON) is None


def test_holidays_and_regions_shift_the_hours() -> None:
    thanksgiving = Holiday(date(2026, 11, 26), "Thanksgiving")
    campaign = a_campaign(
        holidays=(thanksgiving,),
        regions=(
            RegionRule("US-TX", (0, 1, 2, 3, 4), time(12), time(20)),
            RegionRule("GB", (), time(0), time(0)),
        ),
    )  # fmt: skip
    on_the_day = wall(NEW_YORK, 2026, 11, 26, 12, 0)
    assert due(campaign, Facts(), on_the_day) == wall(NEW_YORK, 2026, 11, 27, 9, 0)
    lead, number = lead_with("America/Chicago", region="TX")
    morning = wall("America/Chicago", 2026, 11, 28, 11, 0)  # a Saturday
    found = first_due_at(lead, number, campaign, Facts(), morning)
    assert found == wall("America/Chicago", 2026, 11, 30, 12, 0)
    lead, number = lead_with(LONDON, country="GB")
    assert first_due_at(lead, number, campaign, Facts(), NOW) is None


@pytest.mark.parametrize(
    ("number", "address", "closed"),
    [
        ("+15125550100", {"country": "US"}, True),  # an area code of Texas
        ("+12125550100", {"country": "US", "values": {"postal_code": "75001"}}, True),
        ("+12125550100", {"country": "US", "region": "US-TX"}, True),
        ("+12125550100", {"country": "US", "region": "NY"}, False),
        ("+15125550100", {"country": "US", "region": "NY"}, True),  # both count
        ("+18005550100", {"country": "US", "region": "NY"}, False),
        ("+447400123456", {"country": "US", "region": "NY"}, True),  # a British number
        ("+12125550100", {"country": "GB"}, True),
    ],
)
def test_a_regions_hours_hold_by_address_and_by_number(
    number: str, address: dict[str, Any], closed: bool
) -> None:
    never = (RegionRule("US-TX", (), time(0), time(0)), RegionRule("GB", (), time(0), time(0)))
    lead, _ = lead_with(**address)
    found = verdicts(lead, LeadNumber(number, (NEW_YORK,)), a_campaign(regions=never), NOTHING, NOW)
    assert [each.rule for each in refusals(found)] == ["calling-hours"] * closed


def test_nobody_is_called_without_a_number_to_show() -> None:
    campaign = a_campaign(caller_ids=(CallerId("+13105550000", ("+1310",)),))
    assert failing(campaign) == ["caller-id"]
    pool = (*campaign.caller_ids, CallerId("+12125550000"))
    assert failing(dataclasses.replace(campaign, caller_ids=pool)) == []


# --- presets ---------------------------------------------------------------------------------


def test_uk_seventy_two_hours_after_an_abandoned_call_unless_an_agent_is_guaranteed() -> None:
    campaign = a_campaign(rules="uk", abandon_window_days=1)
    noon = wall(LONDON, 2026, 11, 23, 12, 0)
    facts = Facts(attempts=(attempt(noon - 71 * HOUR, "abandoned", lead_id=9),))
    assert failing(campaign, facts, noon, LONDON) == ["rest-abandoned"]
    assert due(campaign, facts, noon, LONDON) == noon + HOUR
    guaranteed = dataclasses.replace(facts, agent_guaranteed=True)
    assert failing(campaign, guaranteed, noon, LONDON) == []
    assert failing(a_campaign(), facts, noon, LONDON) == []  # no such rule in the us


def test_uk_no_second_call_on_the_day_of_a_machine_unless_an_agent_is_guaranteed() -> None:
    campaign = a_campaign(rules="uk", abandon_window_days=1)
    noon = wall(LONDON, 2026, 11, 23, 12, 0)
    facts = Facts(attempts=(attempt(noon - HOUR, "machine-message"),))
    assert failing(campaign, facts, noon, LONDON) == ["rest-machine"]
    assert due(campaign, facts, noon, LONDON) == wall(LONDON, 2026, 11, 24, 9, 0)
    assert failing(campaign, dataclasses.replace(facts, agent_guaranteed=True), noon, LONDON) == []


def test_what_was_never_placed_uses_no_try_up() -> None:
    facts = Facts(attempts=tuple(attempt(NOW - n, "unplaced") for n in range(40)))
    assert failing(a_campaign(), facts) == []


def test_recycling_begins_the_tries_in_all_anew() -> None:
    facts = Facts(attempts=tuple(attempt(NOW - n * DAY) for n in range(2, 12)))
    lead, number = lead_with(recycled_at=NOW - DAY)
    assert allowed(verdicts(lead, number, a_campaign(), facts, NOW))


def test_a_day_of_tries_ends_at_midnight_where_the_lead_is() -> None:
    facts = Facts(attempts=(attempt(NOW - 60), attempt(NOW - 90)))
    midnight_and_hours = wall(NEW_YORK, 2026, 11, 24, 9, 0)
    assert due(a_campaign(), facts, NOW) == midnight_and_hours


def test_a_presets_age_of_outside_lists_holds_whatever_was_said_when_it_was_loaded() -> None:
    facts = Facts(outside_lists=(OutsideList("register", NOW + 300 * DAY, NOW - 30 * DAY),))
    assert failing(a_campaign(), facts) == []  # 31 days
    assert failing(a_campaign(rules="uk"), facts, wall(LONDON, 2026, 11, 23, 15), LONDON) == [
        "outside-lists"
    ]
    assert failing(a_campaign(rules="none"), facts) == []


def test_a_callback_that_was_tried_waits_for_the_retry_delay() -> None:
    promised = Callback(1, NOW - 60)
    lead, number = lead_with(due_at=NOW + HOUR)
    tried = Facts(callback=promised, attempts=(attempt(NOW - 30),))
    for facts, due_at in ((Facts(callback=promised), NOW), (tried, NOW + HOUR)):
        assert first_due_at(lead, number, a_campaign(), facts, NOW) == due_at


def test_a_consent_has_to_be_in_force_where_one_is_required() -> None:
    campaign = a_campaign(consent_required=True)
    assert failing(campaign) == ["consent"]
    assert failing(campaign, Facts(consents=(Consent(NOW - 9),))) == []
    assert failing(campaign, Facts(consents=(Consent(NOW - 9, expires_at=NOW),))) == ["consent"]
    renewed = Facts(consents=(Consent(1.0, revoked_at=2.0), Consent(3.0)))
    assert failing(campaign, renewed) == []
    older = Facts(consents=(Consent(1.0, revoked_at=9.0), Consent(3.0)))  # written down later
    assert failing(campaign, older) == failing(a_campaign(), older) == ["consent"]


# --- the moment ------------------------------------------------------------------------------

ZONES = (NEW_YORK, LOS_ANGELES, LONDON, "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran")
SHIFTS = (  # instants around which clocks change
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
)
quarters = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))


@st.composite
def hours(draw: st.DrawFn) -> tuple[OpeningRule, ...]:
    opens, closes = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    return (OpeningRule(tuple(sorted(days)), opens, closes),)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Lead, LeadNumber, Campaign, Facts, float]:
    now = draw(st.sampled_from(SHIFTS)).timestamp() + 900 * draw(st.integers(-96, 192))
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True))
    back = st.integers(0, 96 * 4).map(lambda n: now - 900 * n - 1)
    outcomes = st.sampled_from(("no-answer", "abandoned", "machine", "unplaced"))
    attempts = draw(st.lists(st.builds(attempt, back, outcomes), max_size=6))
    ahead = st.integers(0, 96).map(lambda n: now + 900 * n)
    campaign = a_campaign(
        rules=draw(st.sampled_from(("none", "us", "uk", "ca"))),
        hours=draw(hours()),
        attempts_per_number_per_day=draw(st.integers(1, 3)),
    )
    callback = draw(st.none() | st.builds(Callback, st.just(1), ahead))
    lead, number = lead_with(*zones, due_at=draw(ahead))
    return lead, number, campaign, Facts(attempts=tuple(attempts), callback=callback), now


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_due_time_is_the_first_moment_at_which_all_rules_pass(
    case: tuple[Lead, LeadNumber, Campaign, Facts, float],
) -> None:
    """All edges lie on quarters of an hour and on instants of the facts, so these are looked at."""
    lead, number, campaign, facts, now = case

    hours = hours_of(campaign)

    def passes(at: float) -> bool:
        if closed_by(hours, number.zones, at):  # by the wall clock itself; quicker to ask
            return False
        return allowed(verdicts(lead, number, campaign, facts, at))

    found = first_due_at(lead, number, campaign, facts, now)
    horizon = now + 4 * DAY if found is None else found
    assert found is None or passes(found)
    edges = {now + 900 * n for n in range(int((horizon - now) / 900) + 1)}
    edges |= {each.at + 72 * HOUR for each in facts.attempts}
    earlier = [at for at in sorted(edges) if now <= at < horizon and passes(at)]
    assert earlier == []
    if found is not None and found > now:
        assert not passes(found - 1)


@given(
    st.sampled_from((*ZONES, "America/Havana", "Asia/Beirut")),
    st.integers(int(wall("UTC", 2025, 1, 1)), int(wall("UTC", 2027, 12, 31))),
)
@example("America/Havana", int(wall("UTC", 2026, 3, 8, 12)))  # its clocks jump at midnight
def test_days_meet_end_to_start(zone_name: str, at: int) -> None:
    zone = ZoneInfo(zone_name)
    begins, ends = day_begins(zone, at), next_day_begins(zone, at)
    assert begins <= at < ends
    local = [datetime.fromtimestamp(each, zone).date() for each in (begins, at, ends - 1)]
    assert len(set(local)) == 1
    assert datetime.fromtimestamp(ends, zone).date() > local[0]
    assert datetime.fromtimestamp(begins - 1, zone).date() < local[0]


# --- numbers ---------------------------------------------------------------------------------


def test_a_number_of_no_country_belongs_to_none() -> None:
    countries = [country_of(each) for each in ("+12125550100", "+80012345678", "+0100300021")]
    assert countries == ["US", "", ""]


def test_numbers_are_written_as_e164() -> None:
    assert e164("(212) 555-0100", "US") == "+12125550100"
    assert e164("020 7946 0018", "GB") == "+442079460018"
    assert e164("+39 06 6982", "US") == "+39066982"
    for text in ("２１２５５５０１００", "212-555-0100 x123", "2125550100.0", "1.2125550100E10"):
        assert e164(text, "US") == "+12125550100"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12", "too few"),
        ("hello", "not a phone number"),
        ("+19995550100", "given out"),
        ("1" * 99, "long"),
        ("1.21256E+10", "shortened by a spreadsheet"),
        ("020 7946 0018", "in US"),
    ],
)
def test_numbers_that_are_none_are_told_why(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        e164(text, "US")
    with pytest.raises(InvalidInput, match="country code"):
        e164("2125550100", "")


def test_a_number_that_may_be_anywhere_keeps_every_zone_that_differs() -> None:
    free = dialable("+18005551212", "US").zones
    assert {"Pacific/Honolulu", LOS_ANGELES} <= set(free)
    assert len(free) < 20
    assert len(",".join(free)) <= 400  # the width of the column


@pytest.mark.parametrize(
    ("address", "zones"),
    [
        (("US", "", "10001"), (NEW_YORK,)),
        (("US", "", "90210"), (NEW_YORK, LOS_ANGELES)),
        (("US", "AZ", ""), (NEW_YORK, "America/Phoenix", "America/Denver")),
        (("CA", "", "V5K 0A1"), (NEW_YORK, "America/Vancouver", "America/Edmonton")),
        (("DE", "", "10115"), (NEW_YORK, "Europe/Berlin")),
        (("XX", "", "1"), (NEW_YORK,)),
    ],
)
def test_the_address_adds_its_zones(address: tuple[str, str, str], zones: tuple[str, ...]) -> None:
    found = dialable("2125550100", "US", address).zones
    assert found[: len(zones)] == zones or set(zones) <= set(found)
    assert len(found) <= len(zones) + 1
