"""An agent's intervals meet end to start while signed in, whatever they do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from callcenter.ledger.fold_agent import fold_agent
from callcenter.ledger.parse_queue_log import parse_queue_log

EVENTS = (
    "MANAGER|support|1001|ADDMEMBER|",
    "MANAGER|sales|1001|ADDMEMBER|",
    "MANAGER|support|1001|REMOVEMEMBER|",
    "MANAGER|sales|1001|REMOVEMEMBER|",
    "NONE|support|1001|PAUSE|Lunch",
    "NONE|sales|1001|PAUSE|Lunch",
    "NONE|NONE|1001|PAUSEALL|",
    "NONE|NONE|1001|UNPAUSEALL|",
    "NONE|support|1001|UNPAUSE|",
    "pbx1-1.1|support|1001|CONNECT|3|pbx1-1.2|2",
    "pbx1-1.1|support|1001|COMPLETECALLER|3|10|1",
    "pbx1-1.1|support|1001|RINGNOANSWER|3000",
    "NONE|NONE|NONE|QUEUESTART|",
)


def _fold(*lines: str) -> list[tuple[str, str, float, float | None]]:
    intervals = fold_agent(parse_queue_log(line) for line in lines)
    return [(i.state, i.reason, i.started_at, i.ended_at) for i in intervals]


def test_a_day_in_one_queue() -> None:
    assert _fold(
        f"100|{EVENTS[0]}",
        f"110|{EVENTS[9]}",
        f"120|{EVENTS[10]}",
        f"130|{EVENTS[4]}",
        f"190|{EVENTS[8]}",
        f"200|{EVENTS[2]}",
    ) == [
        ("ready", "", 100.0, 110.0),
        ("talking", "", 110.0, 120.0),
        ("ready", "", 120.0, 130.0),
        ("paused", "Lunch", 130.0, 190.0),
        ("ready", "", 190.0, 200.0),
    ]


def test_paused_in_one_of_two_queues_is_still_ready() -> None:
    states = _fold(f"1|{EVENTS[0]}", f"2|{EVENTS[1]}", f"3|{EVENTS[4]}", f"4|{EVENTS[5]}")
    assert [state for state, *_ in states] == ["ready", "paused"]


def test_a_new_asterisk_ends_the_talk_but_not_the_sign_in() -> None:
    states = _fold(f"1|{EVENTS[0]}", f"2|{EVENTS[9]}", f"9|{EVENTS[12]}")
    assert states[-1] == ("ready", "", 9.0, None)


@given(st.lists(st.tuples(st.integers(1, 500), st.sampled_from(EVENTS)), max_size=40))
def test_intervals_tile(lines: list[tuple[int, str]]) -> None:
    intervals = fold_agent(parse_queue_log(f"{at}|{line}") for at, line in lines)
    for before, after in pairwise(intervals):
        assert before.ended_at is not None
        assert before.started_at < before.ended_at <= after.started_at
        assert after.signs_in == (before.ended_at < after.started_at)
        assert after.signs_in or (before.state, before.reason) != (after.state, after.reason)
