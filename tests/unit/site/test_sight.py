"""What each person sees, and how a number looks to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.domain.sight import EVERYTHING, MASK, NOTHING, Sight, sight_of
from callcenter.domain.site import Team, User
from tests.unit.site.small import SMALL

SITE = replace(
    SMALL,
    agents_see_numbers="hidden",
    supervisors_see_numbers="masked",
    teams=(Team("back", "Back", agents=("1002",)), Team("desk", "Desk", queues=("sales",))),
    users=(
        *SMALL.users,
        User("sam", "Sam", "supervisor"),
        User("two", "Two", "supervisor", teams=("back", "desk")),
        User("al", "Al", "agent", agent="1001"),
    ),
)


def test_who_sees_what() -> None:
    assert sight_of(SITE, "ann") == EVERYTHING
    assert sight_of(SITE, "sam") == Sight(numbers="masked")
    assert sight_of(SITE, "sue") == Sight(frozenset({"1002"}), frozenset(), "masked")
    assert sight_of(SITE, "two") == Sight(frozenset({"1002"}), frozenset({"sales"}), "masked")
    assert sight_of(SITE, "al") == Sight(frozenset({"1001"}), frozenset(), "hidden")
    assert sight_of(SITE, "nobody") == NOTHING


def test_a_call_is_seen_by_who_talked_or_where_it_waited() -> None:
    two = sight_of(SITE, "two")
    assert two.of_call(["1001", "1002"], [])
    assert two.of_call([], ["support", "sales"])
    assert not two.of_call(["1001"], ["support"])
    assert not NOTHING.of_call(["1001", ""], ["support", ""])
    assert EVERYTHING.of_call([], [])


def test_an_agent_without_a_number_sees_no_call_at_all() -> None:
    nobody = sight_of(SITE, "bo")
    assert nobody.limited
    assert not nobody.of_call([""], [""])


@pytest.mark.parametrize(
    ("numbers", "number", "shown"),
    [
        ("full", "+15550100123", "+15550100123"),
        ("masked", "+15550100123", f"+15550100{MASK}"),
        ("hidden", "+15550100123", MASK),
        ("masked", "201", "201"),
        ("hidden", "", ""),
    ],
)
def test_a_number_as_a_role_sees_it(numbers: str, number: str, shown: str) -> None:
    assert Sight(numbers=numbers).number(number) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["+1 555 010-0123", "call 15550100123 back", "(555) 010 0123"])
def test_no_number_hides_in_a_name_or_a_text(text: str) -> None:
    for numbers in ("masked", "hidden"):
        shown = Sight(numbers=numbers).words(text)
        assert "123" not in shown, shown
        assert MASK in shown


def test_the_house_s_own_numbers_stay_readable() -> None:
    masked = Sight(numbers="masked")
    assert masked.words("dialed 15550100", frozenset({"15550100"})) == "dialed 15550100"
