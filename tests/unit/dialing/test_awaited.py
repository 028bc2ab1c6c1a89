"""Which agents, of those who want to pause, a call on its way still needs."""

from __future__ import annotations

from typing import Any

from callcenter.dialing.awaited import OnItsWay, awaited, on_its_way
from callcenter.dialing.calls_up import CallUp
from callcenter.dialing.staffing import staffing
from callcenter.domain.campaign import Campaign

ASKED, OVER = 100.0, 125.0


def agent(*queues: str, state: str = "ready", **values: Any) -> dict[str, Any]:
    return {"queues": queues or ("sales",), "state": state, "since": 0.0, **values}


def calls(*queues: str, placed_at: float = 95.0) -> list[OnItsWay]:
    return [OnItsWay(queue, placed_at, OVER) for queue in queues]


def test_a_call_needs_them_when_nobody_else_is_free_for_it() -> None:
    alone = {"1001": agent(), "1002": agent(state="talking")}
    assert awaited({"1001": ASKED}, alone, calls("sales")) == {"1001": OVER}
    other = {"1001": agent(), "1002": agent()}
    assert awaited({"1001": ASKED}, other, calls("sales")) == {}
    assert awaited({"1001": ASKED}, other, calls("sales", "sales")) == {"1001": OVER}


def test_no_call_on_its_way_needs_nobody() -> None:
    agents = {"1001": agent()}
    assert awaited({"1001": ASKED}, agents, []) == {}
    assert awaited({"1001": ASKED}, agents, calls("renewals")) == {}
    assert awaited({"9999": ASKED}, agents, calls("sales")) == {}, "nobody we know"


def test_what_was_dialed_after_they_asked_is_not_theirs() -> None:
    """Else dialing for the others would hold the pause back for ever."""
    later = calls("sales", placed_at=ASKED + 5)
    assert awaited({"1001": ASKED}, {"1001": agent()}, later) == {}


def test_of_two_who_ask_the_first_goes_and_the_second_stays_for_the_call() -> None:
    agents = {"1001": agent(), "1002": agent()}
    both = {"1001": ASKED + 1, "1002": ASKED}
    assert awaited(both, agents, calls("sales")) == {"1001": OVER}
    assert awaited(both, agents, calls("sales", "sales")).keys() == {"1001", "1002"}


def test_calls_of_other_queues_may_take_the_others() -> None:
    agents = {"1001": agent("sales"), "1002": agent("sales", "renewals")}
    assert awaited({"1001": ASKED}, agents, calls("sales", "renewals")) == {"1001": OVER}
    assert awaited({"1001": ASKED}, agents, calls("renewals")) == {}


def test_who_only_looks_free_is_not_counted() -> None:
    agents = {"1001": agent(), "1002": agent()}
    assert awaited({"1001": ASKED}, agents, calls("sales"), unshown=1) == {"1001": OVER}


def test_a_call_is_over_when_ringing_detection_and_patience_are() -> None:
    campaign = Campaign("c", "C", "sales", ring_seconds=20, patience_seconds=2.0)
    up = CallUp("a", "a", "c", 1, False, 95.0)
    assert on_its_way(campaign, up) == OnItsWay("sales", 95.0, 95.0 + 20 + 2 + 3)


def test_nothing_new_is_dialed_for_who_is_about_to_pause() -> None:
    """Neither counted as free nor, in a call with the pause to come, as free again soon."""
    agents = {
        "1001": agent(pausing="after-call-on-its-way"),
        "1002": agent(state="talking", pausing="after-call"),
        "1003": agent(state="talking", pausing=""),
    }
    seen = staffing("sales", agents, {}, {}, 10.0)
    assert (seen.ready, seen.talking_seconds) == (0, (10.0,))
