"""What follows from an outcome or a disposition."""

from __future__ import annotations

import pytest

from callcenter.dialer.compliance.caller_id import caller_id_for
from callcenter.dialer.leads.retry import Next, after_disposition, after_outcome
from callcenter.domain.campaign import CallerId, Campaign, Disposition, RetryRule
from callcenter.domain.lead import PastAttempt
from tests.unit.dialer.books import NOW, a_campaign

ONE, TWO = "+12125550001", "+12125550002"
RULES = (
    RetryRule("no-answer", delay_seconds=600, attempts=3, other_number_first=True),
    RetryRule("busy", delay_seconds=60, attempts=2),
)


def campaign(attempts_per_number: int = 10, attempts_per_lead: int = 20) -> Campaign:
    return a_campaign(
        retries=RULES, attempts_per_number=attempts_per_number, attempts_per_lead=attempts_per_lead
    )


def followed(number: str, outcome: str, *before: tuple[str, str], **limits: int) -> Next:
    attempts = [PastAttempt(each, NOW - 99, was, 1, "autumn") for each, was in before]
    attempts.append(PastAttempt(number, NOW, outcome, 1, "autumn"))
    return after_outcome(campaign(**limits), (ONE, TWO), number, outcome, tuple(attempts), NOW)


def test_the_other_number_comes_first_and_at_once_then_the_delay_runs() -> None:
    assert followed(ONE, "no-answer") == Next("open", NOW, TWO)
    assert followed(TWO, "no-answer", (ONE, "no-answer")) == Next("open", NOW + 600, ONE)


def test_the_same_number_is_kept_where_the_rule_does_not_say_otherwise() -> None:
    assert followed(ONE, "busy") == Next("open", NOW + 60, ONE)
    assert followed(ONE, "busy", (ONE, "busy")) == Next("open", NOW + 60, TWO)


def test_a_lead_is_done_when_every_number_had_its_calls() -> None:
    before = ((ONE, "busy"), (ONE, "busy"), (TWO, "busy"))
    assert followed(TWO, "busy", *before).state == "done"
    assert followed(ONE, "no-answer", attempts_per_lead=1).state == "done"
    assert followed(ONE, "busy", attempts_per_number=1) == Next("open", NOW + 60, TWO)


@pytest.mark.parametrize(
    ("outcome", "state", "delay"),
    [
        ("connected", "done", 0),  # no row: ended
        ("opted-out", "do-not-call", 0),
        ("unplaced", "open", 30),
        ("blocked", "open", 900),
    ],
)
def test_outcomes_without_a_row(outcome: str, state: str, delay: int) -> None:
    found = followed(ONE, outcome)
    assert (found.state, found.due_at, found.number) == (state, NOW + delay, ONE)


def test_what_was_never_placed_uses_no_call_up() -> None:
    before = ((ONE, "unplaced"), (ONE, "unplaced"), (ONE, "blocked"))
    assert followed(ONE, "busy", *before, attempts_per_number=2).number == ONE


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ("done", Next("done", NOW, ONE)),
        ("retry", Next("open", NOW + 90, ONE)),
        ("callback", Next("open", NOW + 90, ONE)),
        ("do-not-call", Next("do-not-call", NOW, ONE)),
        ("bad-number", Next("open", NOW, TWO)),
    ],
)
def test_dispositions(then: str, found: Next) -> None:
    said = Disposition("x", "X", then=then, delay_seconds=90)  # type: ignore[arg-type]
    assert after_disposition(said, (ONE, TWO), ONE, NOW) == found


def test_a_wrong_number_that_was_the_last_ends_the_lead() -> None:
    said = Disposition("x", "X", then="bad-number")
    assert after_disposition(said, (), ONE, NOW).state == "bad-number"


def test_the_number_shown_is_the_one_with_the_longest_beginning() -> None:
    pool = (CallerId("+1", ("+1",)), CallerId("+2", ("+1212", "+1646")), CallerId("+3"))
    assert caller_id_for("+12125550000", pool) == "+2"
    assert caller_id_for("+14155550000", pool) == "+1"
    assert caller_id_for("+442079460018", pool) == "+3"
    assert caller_id_for("+442079460018", pool[:2]) == ""
    turns = (CallerId("+4"), CallerId("+5"))
    assert [caller_id_for("+1", turns, turn) for turn in range(3)] == ["+4", "+5", "+4"]
