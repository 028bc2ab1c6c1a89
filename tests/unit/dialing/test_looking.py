"""What a campaign sees of calls that are not its own."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.dialer.budget import Counted, CountedBudget
from callcenter.dialing.calls_up import CallsUp, CallUp, Phase
from callcenter.dialing.campaigns import AtWork
from callcenter.dialing.decide import Learned, decide
from callcenter.dialing.floor_watch import FloorWatch
from callcenter.dialing.looking import Looking
from callcenter.dialing.own_callbacks import _others_are_enough
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import Queue, Site, Trunk
from callcenter.pbx.originate import channel_id

NOW = 1000.0
FIRST = Campaign(
    "first", "First", "sales", mode="progressive", state="running", trunk="town", priority=9
)
SECOND = replace(FIRST, name="second", title="Second", queue="renewals", priority=1)
LINES = 10


def agent(*queues: str) -> dict[str, Any]:
    return {"queues": queues, "state": "ready", "since": NOW - 60}


def at_work(campaign: Campaign) -> AtWork:
    nothing = CountedBudget(30, campaign.abandon_limit, Counted(), Counted())
    return AtWork(campaign, Learned(), nothing)


def dialer(*running: Campaign, **campaigns: Campaign) -> Any:
    """Three agents who take both campaigns' calls and those of support, which is heavier."""
    floor = SimpleNamespace(
        agents={str(1001 + n): agent("sales", "renewals", "support") for n in range(3)},
        queues={"sales": {}, "renewals": {}, "support": {}},
        calls={}, trunks={"town": {"calls": 0}}, arrived=Counter(),
    )  # fmt: skip
    return SimpleNamespace(
        floor=floor,
        calls=CallsUp(lambda *_: None, lambda _: None),
        at_work={each.name: at_work(each) for each in running},
        campaigns=campaigns,
        commands=SimpleNamespace(taken=frozenset),
        site=Site(
            queues=(Queue("sales", "S"), Queue("renewals", "R"), Queue("support", "U", weight=5)),
            trunks=(Trunk("town", "Town", "192.0.2.1", max_calls=LINES),),
        ),
    )


def put_up(made: Any, campaign: Campaign, count: int, phase: Phase = "ringing") -> None:
    for _ in range(count):
        serial = len(made.calls) + 1
        attempt = f"{serial:032x}"
        call = channel_id("pbx1", attempt, NOW)
        for_agent = campaign.mode != "broadcast"
        made.calls.add(
            CallUp(attempt, call, campaign.name, serial, False, NOW, False, for_agent, phase)
        )


def wanted(made: Any, campaign: Campaign) -> int:
    work = made.at_work[campaign.name]
    seen = Looking(made).look(work, NOW)
    return decide(campaign, seen, work.learned, work.inbound_per_second).dial


def test_of_two_campaigns_the_first_takes_the_agents_and_the_second_what_is_left() -> None:
    made = dialer(FIRST, SECOND)
    assert (wanted(made, FIRST), wanted(made, SECOND)) == (3, 3)
    put_up(made, FIRST, 2)
    assert (wanted(made, FIRST), wanted(made, SECOND)) == (1, 1)


def test_no_lead_is_dialed_for_who_is_about_to_pause() -> None:
    """From the moment the controller asks, before the floor shows it."""
    made = dialer(FIRST)
    put_up(made, FIRST, 2)
    looking = Looking(made)
    assert looking.awaited({"1001": NOW}, NOW) == {}, "two others are free for two calls"
    put_up(made, FIRST, 1)
    assert looking.awaited({"1001": NOW}, NOW).keys() == {"1001"}
    assert looking.look(made.at_work["first"], NOW).agents_ready == 2


def test_of_two_who_pause_in_the_same_moment_one_waits_for_the_call_on_its_way() -> None:
    """The floor shows the first as ready still; each of them is enough without the other."""
    made = dialer(FIRST)
    del made.floor.agents["1003"]
    put_up(made, FIRST, 1)
    looking = Looking(made)
    assert looking.awaited({"1001": NOW}, NOW) == {}
    assert looking.awaited({"1002": NOW + 0.01}, NOW + 0.01).keys() == {"1002"}


def test_a_call_whose_lead_is_being_looked_for_is_on_its_way_to_who_pauses_now() -> None:
    """Told that nothing is, they would be gone when it is placed a moment later."""
    made = dialer(FIRST)
    made.at_work["first"].placing = 3
    looking = Looking(made)
    assert looking.awaited({"1001": NOW}, NOW).keys() == {"1001"}
    assert looking.awaited({"1001": NOW}, NOW + 1) == {}, "what is placed later is not theirs"
    made.at_work["first"].placing = 0
    assert looking.awaited({"1001": NOW}, NOW) == {}


def test_no_lead_is_dialed_for_an_agent_whose_own_call_is_going_out() -> None:
    """The floor shows a moment later that the phone rings."""
    made = dialer(FIRST)
    made.commands.taken = lambda: frozenset({"1001"})
    assert wanted(made, FIRST) == 2


def test_who_has_just_got_an_agent_has_taken_one_before_the_floor_shows_it() -> None:
    made = dialer(FIRST, SECOND)
    put_up(made, FIRST, 1, "talking")
    [call] = made.calls.all()
    made.floor.calls = {call.call: {"state": "waiting", "rings": [], "queue": "sales"}}
    assert wanted(made, SECOND) == 2
    made.floor.calls[call.call]["state"] = "talking"
    made.floor.agents["1001"]["state"] = "talking"
    assert wanted(made, SECOND) == 2


def test_a_callback_takes_no_agent_whom_progressive_dialing_keeps_for_a_call() -> None:
    made = dialer(FIRST)
    work, made.looking = made.at_work["first"], Looking(made)
    now = time.time()
    put_up(made, FIRST, 3)
    assert not _others_are_enough(made, work, "1001")
    seen = made.looking.look(work, now)
    assert (seen.agents_ready, seen.in_flight) == (2, 3)  # nobody is dialed for 1001 meanwhile
    made.calls.end(made.calls.all()[0], now)
    assert _others_are_enough(made, work, "1001")
    assert made.looking.look(work, now + 10).agents_ready == 3  # it was made, or taken back
    work.campaign = replace(FIRST, mode="predictive")
    put_up(made, FIRST, 3)
    assert _others_are_enough(made, work, "1001"), "there nobody has an agent kept"


def test_calls_of_a_paused_campaign_that_still_ring_need_agents() -> None:
    made = dialer(SECOND, first=replace(FIRST, state="paused"), second=SECOND)
    put_up(made, FIRST, 3)
    assert wanted(made, SECOND) == 0


def test_who_listens_to_a_broadcast_needs_an_agent_when_asking_for_one() -> None:
    blast = replace(FIRST, mode="broadcast", name="blast")
    made = dialer(SECOND, blast)
    put_up(made, blast, 5, "waiting")
    assert wanted(made, SECOND) == 3
    made.calls.all()[0].queued = True
    assert wanted(made, SECOND) == 2


def test_callers_wait_before_whom_a_campaign_would_call() -> None:
    made = dialer(FIRST, SECOND)
    waits = {"state": "waiting", "rings": [], "queue": "support"}
    made.floor.calls = {"1.1": waits, "2.1": waits | {"queue": "sales"}}
    assert wanted(made, FIRST) == 1
    work = made.at_work["first"]
    assert work.snapshot is not None
    assert (work.callers_ahead, work.snapshot.waiting) == (2, 2)


def test_nobody_is_counted_twice() -> None:
    """Whom the other campaign called waits in a queue of the floor, too."""
    made = dialer(FIRST, SECOND)
    put_up(made, FIRST, 1, "waiting")
    [call] = made.calls.all()
    made.floor.calls = {call.call: {"state": "waiting", "rings": [], "queue": "sales"}}
    assert wanted(made, SECOND) == 2


def test_callers_to_be_expected_are_counted_by_who_came() -> None:
    made = dialer(FIRST)
    looking, came = Looking(made), made.floor.arrived
    for second in range(0, 61, 10):
        came["support"] = second // 10
        came["renewals"] = second // 20
        looking.note_arrivals(NOW + second)
    looking.look(made.at_work["first"], NOW + 60)
    assert made.at_work["first"].inbound_per_second == pytest.approx((6 + 3) / 60)


def test_a_trunks_lines_are_those_it_shows_and_those_it_does_not_show_yet() -> None:
    made = dialer(FIRST, SECOND)
    made.floor.trunks["town"]["calls"] = 7  # callers
    put_up(made, FIRST, 2)
    assert Looking(made).trunk(SECOND) == (LINES, 9)
    first, _ = made.calls.all()
    made.floor.calls[first.call] = {"state": "ringing", "rings": [], "queue": None}
    made.floor.trunks["town"]["calls"] = 8
    assert Looking(made).trunk(SECOND) == (LINES, 9)
    put_up(made, FIRST, 5)
    assert wanted(made, SECOND) == 0


def test_the_floor_counts_who_comes_to_a_queue_and_not_whom_campaigns_call(tmp_path: Any) -> None:
    watch = FloorWatch(tmp_path / "none.sock", lambda *_: None)
    attempt = channel_id("pbx1", "a" * 32, NOW)

    def change(**calls: str | None) -> None:
        shown = {
            ("1.1" if call == "caller" else attempt): {"queue": q} for call, q in calls.items()
        }
        watch._take({"type": "delta", "set": {"calls": shown}})

    empty = {"calls": {"0.1": {"queue": "support"}}, "agents": {}, "queues": {}, "trunks": {}}
    watch._take({"type": "snapshot", **empty, "pbx": {"connected": True}})
    change(caller=None, attempt=None)
    change(caller="support", attempt="sales")
    change(caller="support")
    change(caller="sales")
    assert watch.arrived == {"support": 1, "sales": 1}
    watch._take({"type": "delta", "set": {}, "remove": {"calls": ["1.1"]}})
    assert watch.calls.keys() == {"0.1", attempt}
