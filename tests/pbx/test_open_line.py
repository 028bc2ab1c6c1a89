"""An agent held on an open line: calls reach the phone that is up already, and leave it up."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.control import ControlClient
from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call, CallTalk
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import Site, Trunk
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from tests.pbx.campaigns import numbers, pause_all, people, settled, start
from tests.pbx.cel import cel_rows, wait_played
from tests.pbx.talking import wait_hears
from tests.phones import Phone, PhoneCall, Tones
from tests.ports import free_port
from tests.stack import PROCESSES, Stack, eventually
from tests.stack_site import SUPERVISOR_PHONE, SUPPORT, stack_site

pytestmark = pytest.mark.pbx


PERSONS = "127.0.0.8"  # behind this trunk one phone of the tests is everybody
OUT = Campaign(
    "out", "Out", "support", mode="power", state="running", trunk="persons", ratio=1, max_lines=1,
    ring_seconds=5, patience_seconds=3.0, record=False,
)  # fmt: skip


def site(port: int) -> Site:
    plain = stack_site()
    ann, *others = plain.agents
    return replace(
        plain,
        agents=(replace(ann, open_line=True), *others),
        queues=tuple(replace(each, auto_pause=True) for each in plain.queues),
        trunks=(*plain.trunks, Trunk("persons", "Persons", PERSONS, port=port)),
    )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    port = free_port(socket.SOCK_DGRAM)
    made = Stack(tmp_path_factory.mktemp("line"), site(port), (*PROCESSES, "dialer"))
    made.bank.caller("127.0.0.1", "people", address=PERSONS, port=port, answer="auto")
    with made:
        yield made


def state(stack: Stack) -> str:
    return str(stack.floor()["agents"]["1001"]["state"])


def wait_state(stack: Stack, wanted: str) -> None:
    eventually(lambda: state(stack) == wanted, 20, f"Ann to be {wanted}")


def open_line(stack: Stack) -> PhoneCall:
    phone = stack.phone("201", answer="intercom")
    answered = phone.next_call()
    eventually(lambda: stack.control("sign_in", agent="1001", phone="201") == {}, 40, "sign-in")
    call = answered().wait_up()
    assert stack.control("sign_in", agent="1001", phone="201") == {}, "a second click"
    wait_state(stack, "ready")
    assert [each for each in phone.calls if each.up] == [call]
    return call


@pytest.fixture
def line(stack: Stack) -> Iterator[PhoneCall]:
    """Ann's phone 201, signed in from a page: it answered by itself and stays up, from one test to
    the next."""
    up = [call for call in stack.phone("201", answer="intercom").calls if call.up]
    yield up[0] if up else open_line(stack)
    pause_all(stack)
    for phone in list(stack.bank.phones.values()):
        if phone.name != "201":
            phone.hang_up_all()
    eventually(lambda: state(stack) in ("ready", "signed_out"), 20, "all calls to end")


def talk(stack: Stack, caller: Phone, line: PhoneCall) -> PhoneCall:
    outside = caller.call(SUPPORT).wait_up()
    wait_hears([outside, line], [{"201"}, {caller.name}])
    return outside


def on_floor(stack: Stack, caller: Phone) -> dict[str, Any]:
    """Their call, once it is seen to be answered: a moment after it is heard."""

    def talking() -> dict[str, Any]:
        calls = stack.floor()["calls"].values()
        mine = [each for each in calls if each["caller_number"] == caller.number]
        return next((dict(each) for each in mine if each["state"] == "talking"), {})

    return eventually(talking, 10, f"the call of {caller.number} on the floor")


def record_of(stack: Stack, caller: Phone) -> Call:
    [record] = stack.wait_one_record_each([caller.number])
    return record


def ended(calls: list[Call]) -> list[Call]:
    """All of them, once all have ended."""
    return calls if all(call.ended_at is not None for call in calls) else []


def talks_of(stack: Stack, call: Call) -> list[CallTalk]:
    with sessions(stack.engine)() as session:
        query = select(CallTalk).where(CallTalk.call_id == call.id)
        return list(session.scalars(query.order_by(CallTalk.started_at)))


def test_both_hear_each_other_and_the_line_stays_up_for_the_next_caller(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    for _ in range(2):  # the second is joined to a line that was linked with the first
        caller, before = new_caller(), set(stack.settings.recordings.rglob("*.raw"))
        outside = talk(stack, caller, line)
        shown = on_floor(stack, caller)
        assert (shown["agent"], shown["phone"]) == ("1001", "201")
        assert state(stack) == "talking"
        assert stack.control("compare")["differences"] == []
        outside.hang_up()
        took = time.monotonic() - outside.began
        wait_state(stack, "ready")
        assert line.up
        eventually(lambda: not stack.floor()["calls"], 5, "no call left: the line is none")
        record = record_of(stack, caller)
        assert (record.outcome, record.agent, record.ended_by) == ("answered", "1001", "caller")
        [talked] = talks_of(stack, record)
        assert (talked.phone, talked.queue) == ("201", "support")
        assert 0 < talked.talk_seconds < took
        [file] = eventually(lambda: set(stack.settings.recordings.rglob("*.raw")) - before, 5)  # noqa: B023
        both = {caller.hz, line.phone.hz}
        assert Tones.read(file, channel=0).part(0.5, 60).heard(both) == {caller.hz}
        assert Tones.read(file, channel=1).part(0.5, 60).heard(both) == {line.phone.hz}


def test_a_controller_that_starts_in_mid_call_sees_the_same(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller = new_caller()
    outside = talk(stack, caller, line)
    stack.restart("controller")
    wait_state(stack, "talking")
    assert (on_floor(stack, caller)["agent"], len(stack.floor()["calls"])) == ("1001", 1)
    assert stack.control("compare")["differences"] == []
    outside.hang_up()
    wait_state(stack, "ready")
    stack.restart("controller")
    wait_state(stack, "ready")
    assert stack.floor()["calls"] == {}


def test_the_agent_ends_a_call_by_a_code(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller = new_caller()
    outside = talk(stack, caller, line)
    line.send_digits("*0")
    outside.wait_ended()
    wait_state(stack, "ready")
    assert line.up
    assert record_of(stack, caller).ended_by == "agent"


def test_hold_is_music_for_the_caller_and_hold_in_the_books(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller = new_caller()
    outside = talk(stack, caller, line)
    line.hold()
    wait_hears([outside, line], [set(), set()])
    eventually(lambda: state(stack) == "hold", 5, "hold on the floor")
    eventually(lambda: outside.listen(1).loudness() > -45, 5, "music")
    line.unhold()
    wait_hears([outside, line], [{"201"}, {caller.name}])
    outside.hang_up()
    [talked] = talks_of(stack, record_of(stack, caller))
    assert talked.hold_seconds > 1


def test_transfers_by_code_leave_the_line_up(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    third = stack.phone("204")
    for code in ("##204", "*2204"):
        caller, ring = new_caller(), third.next_call()
        outside = talk(stack, caller, line)
        line.send_digits(code)
        taken = ring().answer()
        if code.startswith("*2"):
            wait_hears([line, taken], [{third.name}, {"201"}])
            line.send_digits("*2")  # by the same code again, for a hang-up would end the line
        wait_hears([outside, taken], [{third.name}, {caller.name}])
        wait_state(stack, "ready")
        assert line.up
        outside.hang_up()
        taken.wait_ended()
        record = record_of(stack, caller)
        assert [each.phone for each in talks_of(stack, record)] == ["201", "204"], code


def test_the_phones_own_blind_transfer_is_refused_and_harms_nothing(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    outside = talk(stack, new_caller(), line)
    line.transfer("204")
    eventually(lambda: line.transfer_code >= 400, 5, "the transfer to be refused")
    wait_hears([outside, line], [{"201"}, {outside.phone.name}])
    outside.hang_up()


def test_a_supervisor_listens_whispers_and_barges(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller, boss = new_caller(), stack.phone(SUPERVISOR_PHONE, answer="intercom")
    outside = talk(stack, caller, line)
    call = on_floor(stack, caller)["id"]
    ring = boss.next_call()
    spy = stack.control("spy", call=call, supervisor_phone=boss.name, mode="listen")["spy"]
    spying = ring().wait_up()
    for mode in ("listen", "whisper", "barge"):
        stack.control("switch_spy", spy=spy, mode=mode)
        at_agent = {caller.name} if mode == "listen" else {caller.name, boss.name}
        at_caller = {"201", boss.name} if mode == "barge" else {"201"}
        wait_hears([outside, line, spying], [at_caller, at_agent, {caller.name, "201"}])
    stack.control("stop_spy", spy=spy)
    spying.wait_ended()
    outside.hang_up()


def test_paused_gets_no_call_and_unpaused_the_one_that_waits(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller = new_caller()
    stack.control("pause", agent="1001", reason="Break")
    wait_state(stack, "paused")
    outside = caller.call(SUPPORT).wait_up()
    eventually(lambda: stack.floor()["queues"]["support"]["waiting"] == 1, 5, "a caller to wait")
    assert not [name for name in stack.channels() if name.startswith("Local/")]
    stack.control("unpause", agent="1001")
    wait_hears([outside, line], [{"201"}, {caller.name}])
    outside.hang_up()


def test_who_talks_on_another_line_gets_no_caller(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    other, caller = stack.phone("204"), new_caller()
    ring = other.next_call()
    placed = line.phone.call("204")
    taken = ring().answer()
    wait_hears([placed, taken], [{"204"}, {"201"}])
    wait_state(stack, "busy")
    outside = caller.call(SUPPORT).wait_up()
    eventually(lambda: stack.floor()["queues"]["support"]["waiting"] == 1, 5, "a caller to wait")
    wait_hears([placed, taken], [{"204"}, {"201"}])
    placed.hang_up()
    wait_hears([outside, line], [{"201"}, {caller.name}])
    outside.hang_up()


def test_a_campaign_finds_the_agent_on_the_line(stack: Stack, line: PhoneCall) -> None:
    before = len(people(stack).calls)
    start(stack, OUT, numbers(3))
    for number in range(3):
        outside = people(stack).wait_call(20, before + number).wait_up()
        wait_hears([outside, line], [{"201"}, {people(stack).name}])
        outside.hang_up()
    for row in settled(stack, "out", 3):
        assert (row.outcome, row.agent) == ("connected", "1001")
        assert row.answered_at
        assert row.agent_on_at
        assert row.answered_at < row.agent_on_at < row.answered_at + OUT.patience_seconds
    assert line.up


def test_a_call_by_hand_goes_out_from_the_line(stack: Stack, line: PhoneCall) -> None:
    start(stack, replace(OUT, name="hand", mode="manual"), [])
    asked = {"agent": "1001", "campaign": "hand", "number": "+12125550123"}
    ring = people(stack).next_call()
    dialer = ControlClient(stack.settings.dialer_socket)
    call = eventually(lambda: dialer.request("dial", asked), 10)["call"]
    outside = ring(20).wait_up()
    wait_hears([outside, line], [{"201"}, {people(stack).name}])
    wait_state(stack, "talking")
    line.send_digits("*0")
    outside.wait_ended()
    wait_state(stack, "ready")
    [row] = settled(stack, "hand", 1)
    assert (row.outcome, row.agent, row.call_id) == ("connected", "1001", call)
    [record] = [each for each in stack.calls() if each.id == call]
    assert (record.direction, record.agent) == ("outbound", "1001")


def test_the_phone_that_hangs_up_is_signed_out_and_swallows_no_caller(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller, next_one = new_caller(), new_caller()
    outside = talk(stack, caller, line)
    line.hang_up()
    outside.wait_ended()
    wait_state(stack, "signed_out")
    assert "Local/201@" not in stack.asterisk("queue show")
    waits = next_one.call(SUPPORT).wait_up()
    eventually(lambda: stack.floor()["queues"]["support"]["waiting"] == 1, 5, "a caller to wait")
    again = open_line(stack)
    wait_hears([waits, again], [{"201"}, {next_one.name}])
    waits.hang_up()


def test_signed_out_from_the_page_the_phone_is_hung_up(stack: Stack, line: PhoneCall) -> None:
    stack.control("sign_out", agent="1001")
    line.wait_ended()
    wait_state(stack, "signed_out")


def test_signed_in_by_phone_the_call_is_the_line(
    stack: Stack, new_caller: Callable[[], Phone]
) -> None:
    phone, caller = stack.phone("201"), new_caller()
    now = len(cel_rows(stack))
    line = phone.call("*11").wait_up()
    for sound, digits in (("agent-user", "1001#"), ("agent-pass", "4711#")):
        wait_played(stack, sound, now)
        line.send_digits(digits)
    wait_state(stack, "ready")
    outside = talk(stack, caller, line)
    outside.hang_up()
    wait_state(stack, "ready")
    line.hang_up()
    wait_state(stack, "signed_out")
    stack.wait_no_channels()


def test_after_a_kill_of_asterisk_the_line_is_down_until_it_is_opened_again(
    stack: Stack, line: PhoneCall, new_caller: Callable[[], Phone]
) -> None:
    caller, later = new_caller(), new_caller()
    outside = talk(stack, caller, line)
    stack.kill_asterisk()
    stack.start_asterisk()
    wait_state(stack, "unreachable")
    for call in (outside, line):
        call.hang_up()
    talk(stack, later, open_line(stack)).hang_up()
    records = stack.wait_one_record_each([caller.number, later.number])
    assert [each.outcome for each in records] == ["cut", "answered"]


def test_the_books_of_all_that_add_up(stack: Stack) -> None:
    stack.bank.hang_up_all()
    stack.wait_no_channels()
    calls = eventually(lambda: ended(stack.calls()), 15)
    of_lines = [call for call in calls if call.direction == "feature"]
    assert of_lines
    assert not any(call.talk_seconds or call.agent for call in of_lines)
    assert {call.direction for call in calls} == {
        "feature",
        "inbound",
        "internal",
        "outbound",
        "spy",
    }
    with sessions(stack.engine)() as session:
        found = reconcile(session, stack.settings.recordings, time.time() + SETTLE_SECONDS + 1)
        talking = list(
            session.scalars(select(AgentInterval).where(AgentInterval.state == "talking"))
        )
    assert [(each.kind, each.why) for each in found] == []
    longest = max(call.ended_at - call.started_at for call in calls if call not in of_lines)
    assert all((each.ended_at or 0) - each.started_at < longest + 1 for each in talking)
