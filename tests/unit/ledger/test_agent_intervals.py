"""An agent's intervals meet end to start while signed in, whatever they do."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.ledger.facts import QUEUE_LOG, Fact
from callcenter.ledger.fold_agent import LONGEST_RING_SECONDS, Resume, fold_agent
from callcenter.ledger.parse_queue_log import parse_queue_log
from callcenter.ledger.tile import Interval
from tests.unit.ledger.ledger_books import books, empty_ledger, feed

IN, OUT = "MANAGER|support|1001|ADDMEMBER|", "MANAGER|support|1001|REMOVEMEMBER|"
IN_SALES, OUT_SALES = "MANAGER|sales|1001|ADDMEMBER|", "MANAGER|sales|1001|REMOVEMEMBER|"
LUNCH, LUNCH_SALES = "NONE|support|1001|PAUSE|Lunch", "NONE|sales|1001|PAUSE|Lunch"
TEA, BACK = "NONE|support|1001|PAUSE|Tea", "NONE|support|1001|UNPAUSE|"
PAUSE_ALL, BACK_ALL = "NONE|NONE|1001|PAUSEALL|", "NONE|NONE|1001|UNPAUSEALL|"
TAKES, HANGS_UP = "c1|support|1001|CONNECT|3|c2|2", "c1|support|1001|COMPLETECALLER|3|10|1"
TAKES_SALES, GIVES_AWAY = "d1|sales|1001|CONNECT|1|d2|1", "d1|sales|1001|BLINDTRANSFER|201|cc|1|9|1"
MISSES = "e1|support|1001|RINGNOANSWER|3000"
RESTART = "NONE|NONE|NONE|QUEUESTART|"
TEN, FORTY = "c1|support|NONE|CC_WRAP_UP|10", "d1|sales|NONE|CC_WRAP_UP|40"
EVENTS = (
    IN, OUT, IN_SALES, OUT_SALES, LUNCH, LUNCH_SALES, TEA, BACK, PAUSE_ALL, BACK_ALL, TAKES,
    HANGS_UP, TAKES_SALES, GIVES_AWAY, MISSES, RESTART, TEN, FORTY,
)  # fmt: skip


def facts(*lines: str) -> list[Fact]:
    return [parse_queue_log(line) for line in lines]


def states(*lines: str) -> list[tuple[str, float, float | None]]:
    return [(i.state, i.started_at, i.ended_at) for i in fold_agent(facts(*lines))]


def test_a_day_in_one_queue() -> None:
    found = fold_agent(
        facts(f"100|{IN}", f"105|{TEN}", f"110|{TAKES}", f"120|{HANGS_UP}", f"150|{MISSES}",
              f"160|{LUNCH}", f"190|{BACK}", f"200|{OUT}")
    )  # fmt: skip
    assert [(i.state, i.reason, i.queue, i.call_id, i.started_at, i.ended_at) for i in found] == [
        ("ready", "", "", "", 100.0, 108.0),
        ("ringing", "", "support", "c1", 108.0, 110.0),
        ("talking", "", "support", "c1", 110.0, 120.0),
        ("wrap_up", "", "support", "c1", 120.0, 130.0),
        ("ready", "", "", "", 130.0, 147.0),
        ("ringing", "", "support", "e1", 147.0, 150.0),
        ("ready", "", "", "", 150.0, 160.0),
        ("paused", "Lunch", "", "", 160.0, 190.0),
        ("ready", "", "", "", 190.0, 200.0),
    ]


def test_wrap_up_is_not_known_without_the_queues_seconds() -> None:
    assert states(f"1|{IN}", f"10|{TAKES}", f"20|{HANGS_UP}")[-1] == ("ready", 20.0, None)


def test_a_pause_shows_over_wrap_up_and_what_is_left_of_it_comes_back() -> None:
    found = states(
        f"1|{IN}", f"9|{TEN}", f"10|{TAKES}", f"20|{HANGS_UP}", f"22|{LUNCH}", f"25|{BACK}"
    )
    assert found[3:] == [
        ("wrap_up", 20.0, 22.0), ("paused", 22.0, 25.0), ("wrap_up", 25.0, 30.0),
        ("ready", 30.0, None),
    ]  # fmt: skip


def test_signing_out_and_the_next_talk_end_wrap_up() -> None:
    talked = (f"1|{IN}", f"9|{FORTY}", f"10|{IN_SALES}", f"20|{TAKES_SALES}", f"30|{GIVES_AWAY}")
    assert states(*talked)[-2:] == [("wrap_up", 30.0, 70.0), ("ready", 70.0, None)]
    assert states(*talked, f"40|{OUT}", f"40|{OUT_SALES}")[-1] == ("wrap_up", 30.0, 40.0)
    # support has no wrap-up of its own: as in app_queue the last call's queue decides
    assert states(*talked, f"40|{TAKES}", f"50|{HANGS_UP}")[-4:] == [
        ("wrap_up", 30.0, 38.0), ("ringing", 38.0, 40.0), ("talking", 40.0, 50.0),
        ("ready", 50.0, None),
    ]  # fmt: skip


def test_an_attended_transfer_that_names_the_consultation_ends_the_talk() -> None:
    """As Asterisk 22 wrote it when an agent's phone joined its two calls."""
    handed_over = "c9|support|1001|ATTENDEDTRANSFER|APP|Dial|0|2|1"
    assert states(f"1|{IN}", f"2|{TEN}", f"10|{TAKES}", f"20|{handed_over}")[-2:] == [
        ("wrap_up", 20.0, 30.0), ("ready", 30.0, None),
    ]  # fmt: skip


def test_paused_in_one_of_two_queues_is_still_ready() -> None:
    found = states(f"1|{IN}", f"2|{IN_SALES}", f"3|{LUNCH}", f"4|{LUNCH_SALES}")
    assert [state for state, *_ in found] == ["ready", "paused"]


def test_pausing_everywhere_and_coming_back_queue_by_queue() -> None:
    found = states(f"1|{IN}", f"2|{IN_SALES}", f"3|{PAUSE_ALL}", f"4|{BACK}")
    assert [state for state, *_ in found] == ["ready", "paused", "ready"]


def test_a_new_asterisk_ends_talk_and_wrap_up_but_not_the_sign_in() -> None:
    assert states(f"1|{IN}", f"4|{TAKES}", f"9|{RESTART}")[-1] == ("ready", 9.0, None)
    begun = (f"1|{IN}", f"2|{TEN}", f"4|{TAKES}", f"6|{HANGS_UP}")
    assert states(*begun, f"9|{RESTART}")[-2:] == [("wrap_up", 6.0, 9.0), ("ready", 9.0, None)]


def test_a_call_in_the_second_of_asterisks_start_is_a_talk() -> None:
    lines = (f"1|{IN}", f"1|{TAKES}", f"1|{RESTART}", f"3|{HANGS_UP}")
    assert states(*lines)[0] == ("talking", 1.0, 3.0)


def test_lines_of_one_second_are_taken_in_an_order_that_can_have_been() -> None:
    """Moving to another phone leaves and joins within a second; so does a hasty pause."""
    for lines in ((f"9|{OUT}", f"9|{IN}"), (f"9|{IN}", f"9|{OUT}"), (f"9|{LUNCH}", f"9|{BACK}")):
        assert states(f"1|{IN}", *lines) == [("ready", 1.0, None)]
    assert states(f"1|{IN}", f"5|{LUNCH}", f"9|{BACK}", f"9|{TEA}")[-1] == ("paused", 9.0, None)
    assert states(f"1|{IN}", f"1|{OUT}") == []


def test_a_caller_who_is_sent_back_and_taken_again_within_a_second_is_two_talks() -> None:
    """As Asterisk wrote it when an agent transferred to the queue and was its next agent, too."""
    back, again = "c1|support|1001|BLINDTRANSFER|5550102|cc-transfer|0|3|1", TAKES
    talked = (f"1|{IN}", f"10|{TAKES}", f"13|{back}", f"13|{again}")
    assert states(*talked, f"15|{HANGS_UP}")[-1] == ("ready", 15.0, None)
    assert states(*talked, f"13|{HANGS_UP}")[-1] == ("ready", 13.0, None)


def reference(lines: list[Fact]) -> dict[int, str]:
    """Second → state, by looking at everything again for every second. One call a queue."""
    found = {}
    for second in range(1, 700):
        past = [fact for fact in lines if fact.at <= second]
        signed_in = [fact for fact in past if fact.event == "ADDMEMBER"]
        left = [fact for fact in past if fact.event == "REMOVEMEMBER"]
        if not signed_in or (left and left[-1].at > signed_in[-1].at):
            continue
        mine = [fact for fact in past if fact.at >= signed_in[-1].at]
        on_call = [
            fact for fact in mine if fact.event in ("CONNECT", "COMPLETECALLER", "QUEUESTART")
        ]
        paused = [fact for fact in mine if fact.event in ("PAUSE", "UNPAUSE")]
        ringing = any(
            second >= fact.at - 3 and second < fact.at and fact.at - 3 >= signed_in[-1].at
            for fact in lines
            if fact.event == "RINGNOANSWER"
        )
        last = on_call[-1] if on_call else None
        if last and last.event == "CONNECT":
            found[second] = "talking"
        elif ringing:
            found[second] = "ringing"
        elif paused and paused[-1].event == "PAUSE":
            found[second] = "paused"
        elif last and last.event == "COMPLETECALLER" and second < last.at + 10:
            found[second] = "wrap_up"
        else:
            found[second] = "ready"
    return found


@settings(deadline=None)
@given(st.lists(st.sampled_from("scpm r"), max_size=25), st.randoms(use_true_random=False))
def test_every_second_is_what_a_slow_look_says(acts: list[str], chance: object) -> None:
    """A day that can have been: nothing twice in a second, calls only while signed in."""
    at, lines, signed, talking, paused = 10, [f"1|{TEN}"], False, False, False
    for act in acts:
        at += chance.randint(4, 15)  # type: ignore[attr-defined]
        if act == "s" and not talking:
            lines.append(f"{at}|{OUT if signed else IN}")
            signed, paused = not signed, False
        elif act == "c" and signed:
            # the phone rang for no time at all: rings are looked at below
            lines.append(f"{at}|{HANGS_UP if talking else TAKES.removesuffix('2') + '0'}")
            talking = not talking
        elif act == "p" and signed:
            lines.append(f"{at}|{BACK if paused else LUNCH}")
            paused = not paused
        elif act == "m" and signed and not talking:
            lines.append(f"{at}|{MISSES}")
        elif act == "r":
            lines.append(f"{at}|{RESTART}")
            talking = False
    listed = facts(*lines)
    found: dict[int, str] = {}
    for each in fold_agent(listed):
        end = 700 if each.ended_at is None else int(each.ended_at)
        found |= dict.fromkeys(range(int(each.started_at), min(end, 700)), each.state)
    assert found == reference(listed)


LINES = st.lists(st.tuples(st.integers(1, 2000), st.sampled_from(EVENTS)), max_size=40)


@settings(deadline=None)
@given(LINES)
def test_intervals_tile(lines: list[tuple[int, str]]) -> None:
    intervals = fold_agent(facts(*(f"{at}|{line}" for at, line in lines)))
    for each in intervals:
        assert each.ended_at is None or each.started_at < each.ended_at
    for before, after in pairwise(intervals):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
        assert after.signs_in == (before.ended_at < after.started_at)
        assert after.signs_in or _seen(before) != _seen(after)


def _seen(each: Interval) -> tuple[str, ...]:
    return (each.state, each.reason, each.queue, each.call_id)


@settings(deadline=None)
@given(LINES)
def test_going_on_from_what_an_interval_carries_is_folding_everything(
    lines: list[tuple[int, str]],
) -> None:
    listed = facts(*(f"{at}|{line}" for at, line in lines))
    whole = fold_agent(listed)
    for number, each in enumerate(whole):
        late = [fact for fact in listed if fact.at > each.started_at]
        if each.carried is None or any(
            fact.at <= each.started_at + LONGEST_RING_SECONDS
            for fact in late
            if fact.event in ("RINGNOANSWER", "CONNECT")
        ):
            continue
        told = [fact for fact in listed if fact.event == "CC_WRAP_UP"]
        resume = Resume(each.started_at, each.carried, each.signs_in)
        assert [asdict(one) for one in fold_agent([*late, *told], resume)] == [
            asdict(one) for one in whole[number:]
        ]


@settings(max_examples=20, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_the_database_ends_in_the_same_intervals_whatever_comes_late(
    lines: list[tuple[int, str]], chance: object
) -> None:
    ledger = empty_ledger("sqlite://")
    shuffled = [(QUEUE_LOG, f"{at}|{line}") for at, line in lines]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    for each in shuffled:
        feed(ledger, [each])
    found = [row[2:6] for row in books(ledger)["agent_intervals"]]
    whole = fold_agent(facts(*(f"{at}|{line}" for at, line in lines)))
    assert sorted(found, key=str) == sorted(
        ((i.started_at, i.ended_at, i.state, i.reason) for i in whole), key=str
    )
    ledger.dispose()
