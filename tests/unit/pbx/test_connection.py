"""The AMI link against a server that misbehaves (tests/fake_ami.py), over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from callcenter.control.protocol import Message
from callcenter.controller.live_floor import LiveFloor
from callcenter.domain.errors import Conflict, InvalidInput, TooLate, Unavailable
from callcenter.domain.floor_plan import FloorPlan
from callcenter.domain.site import Queue
from callcenter.pbx.connection import AmiTelephony
from tests.fake_ami import FakeAmi, message
from tests.replay.stream import END, messages

PLAN = FloorPlan(queues={"support": Queue("support", "Support")}, trunks={"carrier": "C"})
MEMBER = {
    "Event": "QueueMember",
    "Queue": "support",
    "Name": "1001",
    "Location": "PJSIP/201",
    "Membership": "dynamic",
    "Paused": "0",
}
CHANNEL = {
    "Event": "Status",
    "Channel": "PJSIP/trunk-carrier-00000001",
    "ChannelStateDesc": "Up",
    "CallerIDNum": "555",
    "CallerIDName": "Ada",
    "Exten": "100",
    "Uniqueid": "pbx1-1.1",
    "Linkedid": "pbx1-1.1",
    "Application": "Queue",
    "Data": "support",
    "Seconds": "7",
}


class Link:
    """The controller's link and floor, without the control socket."""

    def __init__(self, port: int, stalled_seconds: float = 60.0) -> None:
        self.published: list[Message] = []
        self.live = LiveFloor(PLAN, self.published.append)
        self.telephony = AmiTelephony(
            port, "u", "s", self.live.enqueue, self.live.link_up, self.live.link_down,
            ping_seconds=0.1, stalled_seconds=stalled_seconds,
        )  # fmt: skip

    async def until(self, look: Callable[[], object], what: str) -> None:
        until = time.monotonic() + 60
        while not look():
            assert time.monotonic() < until, what
            await asyncio.sleep(0.005)

    async def connected(self) -> None:
        await self.until(lambda: self.live.pbx.connected, "the link to be up")


def on_link(
    ami: FakeAmi, test: Callable[[Link], Awaitable[None]], stalled_seconds: float = 60.0
) -> None:
    async def run() -> None:
        link = Link(ami.port, stalled_seconds)
        link.live.start(link.telephony)
        link.telephony.start()
        try:
            await link.connected()
            await test(link)
        finally:
            await link.telephony.stop()
            await link.live.stop()

    asyncio.run(run())


def test_a_snapshot_makes_the_floor() -> None:
    with FakeAmi() as ami:
        ami.lists = {"QueueStatus": [MEMBER], "Status": [CHANNEL]}
        began = time.time()

        async def test(link: Link) -> None:
            floor = link.live.snapshot()
            assert floor["agents"]["1001"]["phone"] == "201"
            call = floor["calls"]["pbx1-1.1"]
            assert (call["queue"], call["direction"]) == ("support", "inbound")
            assert began - 8 <= call["started_at"] <= time.time() - 6
            assert await link.live.differences() == []

        on_link(ami, test)


def test_events_while_the_snapshot_is_taken_are_applied_after_it() -> None:
    with FakeAmi() as ami:
        ami.lists = {"Status": [CHANNEL]}
        ami.after_snapshot = lambda: ami.send(message(Event="Hangup", Uniqueid="pbx1-1.1"))

        async def test(link: Link) -> None:
            await link.until(lambda: not link.live.floor.calls, "the call to end")

        on_link(ami, test)


def test_a_cut_in_mid_event_ends_in_a_fresh_floor_and_nothing_is_replayed() -> None:
    with FakeAmi() as ami:
        ami.lists = {"QueueStatus": [MEMBER], "Status": [CHANNEL]}

        async def test(link: Link) -> None:
            asked = asyncio.create_task(
                link.telephony.originate({"Action": "Originate", "Channel": "PJSIP/1"}, 60)
            )
            await asyncio.to_thread(ami.wait_action, "Originate")
            ami.lists = {}
            ami.send(b"Event: Newchannel\r\nChannel: PJSIP/2")
            ami.cut()
            with pytest.raises(Unavailable, match="not reachable"):
                await asked
            await link.until(lambda: not link.live.pbx.connected, "the loss to be seen")
            await link.connected()
            assert link.live.snapshot()["calls"] == {}
            assert link.live.snapshot()["agents"]["1001"]["state"] == "signed_out"
            await link.telephony.ask({"Action": "Ping"}, 60)
            assert [action["Action"] for action in ami.actions] == ["Originate"]

        on_link(ami, test)


def test_a_link_on_which_nothing_comes_back_is_replaced() -> None:
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            ami.muted = True
            await link.until(lambda: ami.logins == 2, "a second login")
            await link.connected()

        on_link(ami, test, stalled_seconds=0.4)


def test_garbage_and_strange_bytes_cost_nothing_but_themselves() -> None:
    latin = b"Event: Newchannel\r\nChannel: PJSIP/201-00000001\r\nChannelStateDesc: Ring\r\n"
    latin += b"CallerIDName: K\xe4the\x07\r\nUniqueid: u1\r\nLinkedid: u1\r\n\r\n"
    split = message(
        Event="Newchannel", Channel="PJSIP/202-00000001", ChannelStateDesc="Ring",
        CallerIDName="Zoë 😀", Uniqueid="u2", Linkedid="u2",
    )  # fmt: skip
    middle = split.index("😀".encode()) + 2

    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            ami.send(b"\x00\xff\xfe nonsense\r\n\r\nEvent: Newstate\r\n\r\nEvent:\r\n\r\n\r\n\r\n")
            ami.send(b"Event: BridgeEnter\r\nUniqueid: nobody\r\n\r\n" + latin + split[:middle])
            await link.until(lambda: "u1" in link.live.floor.calls, "the first call")
            ami.send(split[middle:])
            await link.until(lambda: "u2" in link.live.floor.calls, "the second call")
            calls = link.live.floor.calls
            assert (calls["u1"].caller_name, calls["u2"].caller_name) == ("Käthe", "Zoë 😀")
            assert ami.logins == 1

        on_link(ami, test)


def test_an_empty_line_too_many_costs_no_event() -> None:
    """Asterisk with its test framework (Debian's) ends each TestEvent in two empty lines; the
    event after it was lost, and a lost Hangup is a call that never leaves the floor."""
    with FakeAmi() as ami:
        ami.lists = {"Status": [CHANNEL]}

        async def test(link: Link) -> None:
            ami.send(message(Event="TestEvent", State="X") + b"\r\n")
            ami.send(message(Event="Hangup", Uniqueid="pbx1-1.1"))
            await link.until(lambda: not link.live.floor.calls, "the call to end")

        on_link(ami, test)


def test_endless_garbage_is_not_kept() -> None:
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            ami.send(b"x" * (1024 * 1024 + 100_000))
            await link.until(lambda: ami.logins == 2, "a second login")

        on_link(ami, test)


def test_the_recorded_stream_twice_counts_once() -> None:
    recorded = b"".join(each + END for each in messages())
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            ami.send(recorded + recorded)
            ami.send(message(Event="QueueMemberAdded", MemberName="9", Queue="support"))
            await link.until(lambda: "9" in link.live.floor.agents, "the end of the stream")
            today = link.live.floor.queues["support"].today
            assert (today.offered, today.answered, today.abandoned) == (4, 3, 1)
            assert link.live.floor.legs == {}
            await link.until(lambda: link.published, "a delta")
            ami.send(message(Event="QueueMemberAdded", MemberName="8", Queue="support"))
            await link.until(lambda: len(link.published) > 1, "another delta")
            versions = [delta["version"] for delta in link.published]
            assert versions == list(range(versions[0], versions[0] + len(versions)))

        on_link(ami, test)


def test_a_late_answer_is_too_late_and_a_refusal_a_conflict() -> None:
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            with pytest.raises(TooLate, match="look at the floor"):
                await link.telephony.ask({"Action": "Hangup", "Channel": "x"}, 0.05)
            late = ami.wait_action("Hangup")["ActionID"]
            ami.send(message(Response="Success", ActionID=late))
            refused = asyncio.create_task(link.telephony.ask({"Action": "QueuePause"}, 60))
            wanted = await asyncio.to_thread(ami.wait_action, "QueuePause")
            ami.send(message(Response="Error", ActionID=wanted["ActionID"], Message="Not so"))
            with pytest.raises(Conflict, match="Not so"):
                await refused

        on_link(ami, test)


def test_an_originate_is_answered_by_its_second_message() -> None:
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            asked = asyncio.create_task(link.telephony.originate({"Action": "Originate"}, 60))
            sent = (await asyncio.to_thread(ami.wait_action, "Originate"))["ActionID"]
            queued = "Originate successfully queued"
            ami.send(message(Response="Success", ActionID=sent, Message=queued))
            end = message(Event="OriginateResponse", ActionID=sent, Response="Failure", Reason="5")
            ami.send(end)
            assert (await asked)["Reason"] == "5"

        on_link(ami, test)


def test_a_line_break_in_a_value_is_refused_before_anything_is_sent() -> None:
    with FakeAmi() as ami:

        async def test(link: Link) -> None:
            for value in ("x\r\nAction: Originate", "x\ny", "x\0"):
                with pytest.raises(InvalidInput, match="line breaks"):
                    await link.telephony.ask({"Action": "QueuePause", "Reason": value}, 1)
            assert ami.actions == []

        on_link(ami, test)


def test_without_asterisk_a_command_is_unavailable_at_once() -> None:
    async def run() -> None:
        link = Link(1)
        with pytest.raises(Unavailable):
            await link.telephony.ask({"Action": "Ping"}, 5)

    asyncio.run(run())
