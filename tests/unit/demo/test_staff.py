from random import Random

from callcenter.demo.staff import (
    LEFT_ALONE_SECONDS,
    MOST_ON_BREAK,
    Pause,
    SignIn,
    Staff,
    Unpause,
)

PHONES = {"1001": "201", "1002": "202", "1003": "203", "1004": "204"}


def busy(**states):
    """Everybody talks (and so takes no break) but those named."""
    return {number: {"state": states.get(f"a{number}", "talking")} for number in PHONES}


def everyone(state):
    return {number: {"state": state} for number in PHONES}


def test_everyone_signs_in_once_and_tries_again_later():
    staff = Staff(Random(1), PHONES)
    first = staff.decide(0, everyone("signed_out"))
    assert first == [SignIn(number, phone) for number, phone in PHONES.items()]
    assert staff.decide(2, everyone("signed_out")) == []
    assert staff.decide(20, everyone("signed_out")) == first


def test_agents_the_site_does_not_have_are_not_played():
    staff = Staff(Random(1), PHONES)
    assert staff.decide(0, {"1002": {"state": "signed_out"}}) == [SignIn("1002", "202")]


def test_a_few_take_breaks_and_come_back():
    staff, states, pauses, unpauses = Staff(Random(1), PHONES), everyone("wrap_up"), 0, 0
    for second in range(4 * 3600):
        for command in staff.decide(float(second), states):
            match command:
                case Pause(agent, reason):
                    assert reason
                    states[agent] = {"state": "paused"}
                    pauses += 1
                case Unpause(agent):
                    states[agent] = {"state": "wrap_up"}
                    unpauses += 1
        assert sum(each["state"] == "paused" for each in states.values()) <= MOST_ON_BREAK
    assert pauses > 20
    assert pauses - unpauses <= MOST_ON_BREAK


def test_nobody_takes_a_break_while_a_call_may_be_on_its_way():
    for state in ("talking", "ready"):
        staff = Staff(Random(1), PHONES)
        assert all(staff.decide(float(t), everyone(state)) == [] for t in range(0, 7200, 5))


def test_whom_a_person_paused_stays_paused_for_a_while_then_works_again():
    staff = Staff(Random(1), PHONES)
    staff.decide(0, busy())
    paused = busy(a1001="paused")
    assert staff.decide(1, paused) == []
    assert staff.decide(LEFT_ALONE_SECONDS - 1, paused) == []
    assert staff.decide(LEFT_ALONE_SECONDS + 2, paused) == [Unpause("1001")]


def test_whom_a_person_signed_out_comes_back_later():
    staff = Staff(Random(1), PHONES)
    staff.decide(0, busy())
    gone = busy(a1001="signed_out")
    assert staff.decide(10, gone) == []
    assert staff.decide(10 + LEFT_ALONE_SECONDS, gone) == [SignIn("1001", "201")]
