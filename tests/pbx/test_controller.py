"""The controller on a real Asterisk with real SIP phones."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
import stat
import time
from collections.abc import Iterator
from typing import Any

import pytest

from callcenter.control import ControlClient
from callcenter.db.engine import sessions
from callcenter.db.models.calls import QueueVisit
from callcenter.db.site_store import save_site
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from callcenter.domain.site import Queue
from tests.pbx.talking import wait_tone
from tests.phones import Phone
from tests.phones.bank import PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import SUPERVISOR_PHONE, SUPPORT, stack_site

pytestmark = pytest.mark.pbx


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    plain = stack_site()
    # Who gives up gives up soon, however busy the machine is.
    queues = tuple(dataclasses.replace(each, short_abandon_seconds=60) for each in plain.queues)
    site = dataclasses.replace(plain, queues=queues)
    with Stack(tmp_path_factory.mktemp("home"), site, ("controller",)) as running:
        wait_connected(running)
        yield running


@pytest.fixture(autouse=True)
def _clean(stack: Stack) -> Iterator[None]:
    yield
    stack.bank.hang_up_all()
    stack.wait_no_channels()
    for agent in stack.floor()["agents"].values():
        if agent["state"] != "signed_out":
            stack.control("sign_out", agent=agent["number"])
    eventually(lambda: compare(stack) == [], 5, "floor to equal Asterisk's snapshot")


def wait_connected(stack: Stack) -> None:
    eventually(lambda: stack.control("status")["pbx"]["connected"], 10, "the link to Asterisk")


def compare(stack: Stack) -> list[str]:
    found: list[str] = stack.control("compare")["differences"]
    return found


def agent(stack: Stack, number: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.floor()["agents"][number]
    return found


def only_call(stack: Stack) -> dict[str, Any]:
    """LookupError while there is none, or another beside it for a moment."""
    calls = list(stack.floor()["calls"].values())
    if len(calls) != 1:
        raise LookupError(calls)
    found: dict[str, Any] = calls[0]
    return found


def wait_agent(stack: Stack, number: str, state: str) -> dict[str, Any]:
    def there() -> dict[str, Any] | None:
        found = agent(stack, number)
        return found if found["state"] == state else None

    return eventually(there, 5, f"agent {number} to be {state}") or {}


def wait_call(stack: Stack, state: str) -> dict[str, Any]:
    def there() -> dict[str, Any] | None:
        return next((c for c in stack.floor()["calls"].values() if c["state"] == state), None)

    return eventually(there, 5, f"a call that is {state}") or {}


def sign_in(stack: Stack, number: str, phone: str) -> None:
    """As from a page: a phone that has just registered may need a moment to be reachable."""
    asked = {"agent": number, "phone": phone}
    eventually(lambda: stack.control("sign_in", **asked) == {}, 5, f"{number} to be signed in")


def answered_call(
    stack: Stack, number: str = "1001", phone: str = "201"
) -> tuple[Phone, PhoneCall, PhoneCall]:
    desk = stack.phone(phone).wait_registered()
    sign_in(stack, number, phone)
    wait_agent(stack, number, "ready")
    rings = desk.next_call()
    outside = stack.caller("15550199", "Ada").call(SUPPORT)
    inside = rings()
    inside.answer()
    inside.wait_up()
    wait_call(stack, "talking")
    return desk, inside, outside


def test_a_call_from_trunk_to_agent_is_seen_step_by_step(stack: Stack) -> None:
    before = stack.floor()["queues"]["support"]
    desk = stack.phone("201").wait_registered()
    sign_in(stack, "1001", "201")
    signed_in = wait_agent(stack, "1001", "ready")
    assert (signed_in["phone"], signed_in["queues"]) == ("201", ["support"])

    rings = desk.next_call()
    outside = stack.caller("15550199", "Ada").call(SUPPORT)
    waiting = wait_call(stack, "waiting")
    assert (waiting["direction"], waiting["caller_number"], waiting["caller_name"]) == (
        "inbound",
        "15550199",
        "Ada",
    )
    assert (waiting["dialed"], waiting["queue"], waiting["trunk"]) == (
        SUPPORT,
        "support",
        "carrier",
    )
    wait_agent(stack, "1001", "ringing")
    assert compare(stack) == []

    inside = rings()
    inside.answer()
    talking = wait_call(stack, "talking")
    assert (talking["agent"], talking["phone"]) == ("1001", "201")
    assert agent(stack, "1001")["call"] == talking["id"]
    inside.hold()
    wait_call(stack, "held")
    wait_agent(stack, "1001", "hold")
    inside.unhold()
    wait_agent(stack, "1001", "talking")
    assert compare(stack) == []

    outside.hang_up()
    wait_agent(stack, "1001", "ready")
    eventually(lambda: not stack.floor()["calls"], 5, "the call to go")
    after = stack.floor()["queues"]["support"]
    assert after["offered_today"] - before["offered_today"] == 1
    assert after["answered_today"] - before["answered_today"] == 1


def test_an_abandoned_call_is_counted_as_abandoned(stack: Stack) -> None:
    before = stack.floor()["queues"]["support"]
    outside = stack.caller("15550199", "Ada").call(SUPPORT)
    wait_call(stack, "waiting")
    outside.hang_up()
    eventually(lambda: not stack.floor()["calls"], 5, "the call to go")
    after = stack.floor()["queues"]["support"]
    for count in ("offered_today", "abandoned_today", "short_abandoned_today"):
        assert after[count] - before[count] == 1, count


def test_pause_with_a_reason_and_back(stack: Stack) -> None:
    stack.phone("201").wait_registered()
    sign_in(stack, "1001", "201")
    stack.control("pause", agent="1001", reason="Lunch")
    assert wait_agent(stack, "1001", "paused")["pause_reason"] == "Lunch"
    stack.control("unpause", agent="1001")
    wait_agent(stack, "1001", "ready")


def test_sign_in_by_the_dialplan_reaches_the_floor_and_the_web_can_end_it(stack: Stack) -> None:
    stack.phone("202").wait_registered()
    stack.sign_in("1002", "202")
    wait_agent(stack, "1002", "ready")
    stack.control("sign_out", agent="1002")
    wait_agent(stack, "1002", "signed_out")
    assert "cc-agent/1002" not in stack.asterisk("database show")


def test_refusals_say_what_to_do_next(stack: Stack) -> None:
    with pytest.raises(Conflict, match=r"Phone 300 is not registered\. Check the phone"):
        stack.control("sign_in", agent="1001", phone="300")
    with pytest.raises(NotFound, match="There is no agent 4242"):
        stack.control("sign_in", agent="4242", phone="201")
    with pytest.raises(Conflict, match="Sign in first"):
        stack.control("pause", agent="1001", reason="Lunch")
    with pytest.raises(NotFound, match="over already"):
        stack.control("spy", call="gone", supervisor_phone="201", mode="listen")
    with pytest.raises(InvalidInput, match="digits"):
        stack.control("sign_in", agent="1001", phone="201@evil")
    stack.phone("201").wait_registered()
    sign_in(stack, "1001", "201")
    with pytest.raises(InvalidInput, match="line breaks"):
        stack.control("pause", agent="1001", reason="x\r\nAction: Originate")
    with pytest.raises(Conflict, match="Agent 1001 is signed in at phone 201"):
        stack.control("sign_in", agent="1002", phone="201")


def test_listen_whisper_barge_without_a_new_call(stack: Stack) -> None:
    desk, inside, outside = answered_call(stack)
    supervisor = stack.phone(SUPERVISOR_PHONE, answer="auto").wait_registered()
    call = only_call(stack)["id"]
    rings = supervisor.next_call()
    spy = stack.control("spy", call=call, supervisor_phone=SUPERVISOR_PHONE, mode="listen")["spy"]
    line = rings()

    def mode() -> list[str]:
        return [each["mode"] for each in only_call(stack)["spies"]]

    eventually(lambda: mode() == ["listen"], 5, "listening")
    for phone in (desk, outside.phone):
        wait_tone(line, phone.hz)
    assert not outside.listen(1).has(supervisor.hz)

    stack.control("switch_spy", spy=spy, mode="whisper")
    wait_tone(inside, supervisor.hz)  # the agent hears the whisper
    assert not outside.listen(1).has(supervisor.hz)
    eventually(lambda: mode() == ["whisper"], 5, "whispering")

    stack.control("switch_spy", spy=spy, mode="barge")
    wait_tone(outside, supervisor.hz)  # the caller hears the barge
    wait_tone(inside, supervisor.hz)

    stack.control("switch_spy", spy=spy, mode="listen")
    wait_tone(outside, supervisor.hz, heard=False)
    assert compare(stack) == []
    stack.control("stop_spy", spy=spy)
    line.wait_ended()
    eventually(lambda: mode() == [], 5, "the spy to go")
    assert outside.up


def test_hang_up_ends_the_call_for_both(stack: Stack) -> None:
    _, inside, outside = answered_call(stack)
    stack.control("hang_up", call=only_call(stack)["id"])
    inside.wait_ended()
    outside.wait_ended()


def test_blind_transfer_moves_the_call_to_the_other_phone(stack: Stack) -> None:
    _, inside, _ = answered_call(stack)
    other = stack.phone("203", answer="auto").wait_registered()
    rings = other.next_call()
    inside.transfer("203")
    rings()
    eventually(lambda: only_call(stack)["phone"] == "203", 5, "the call to be at 203")
    assert compare(stack) == []


def test_attended_transfer_leaves_one_call(stack: Stack) -> None:
    desk, inside, _ = answered_call(stack)
    stack.phone("203", answer="auto").wait_registered()
    call = only_call(stack)["id"]
    inside.hold()
    consult = desk.call("203")
    consult.wait_up()
    eventually(lambda: len(stack.floor()["calls"]) == 2, 5, "the consultation to be seen")
    inside.transfer_to_call(consult)
    eventually(
        lambda: [(c["id"], c["phone"]) for c in stack.floor()["calls"].values()] == [(call, "203")],
        10,
        "one call, at 203",
    )
    assert compare(stack) == []


def test_a_restarted_controller_finds_the_call_in_progress(stack: Stack) -> None:
    answered_call(stack)
    before = only_call(stack)
    stack.restart("controller")
    wait_connected(stack)
    after = only_call(stack)
    for key in ("id", "state", "direction", "caller_number", "caller_name", "dialed", "queue",
                "trunk", "agent", "phone", "step", "priority"):  # fmt: skip
        assert after[key] == before[key], key
    assert abs(after["started_at"] - before["started_at"]) < 2.5
    assert compare(stack) == []


def test_a_restarted_controller_knows_who_holds_and_where_a_caller_is(stack: Stack) -> None:
    _, inside, outside = answered_call(stack)
    inside.hold()
    eventually(lambda: only_call(stack)["state"] == "held", 5, "the hold to be seen")
    before = only_call(stack)
    assert before["step"] == "queue:support"
    stack.restart("controller")
    wait_connected(stack)
    after = only_call(stack)
    assert (after["state"], after["step"]) == ("held", "queue:support")
    assert agent(stack, "1001")["state"] == "hold"
    inside.unhold()
    eventually(lambda: only_call(stack)["state"] == "talking", 5, "talking again")
    outside.hang_up()


def test_a_restarted_controller_takes_today_from_the_books(stack: Stack) -> None:
    """The ledger does not run here: what it would have written is written by hand."""
    entered_at = time.time() - 1
    with sessions(stack.engine).begin() as session:
        session.add(
            QueueVisit(
                node="pbx1",
                call_id="old",
                number=1,
                queue="sales",
                agent="1002",
                entered_at=entered_at,
                left_at=entered_at,
                outcome="answered",
                wait_seconds=12.0,
            )
        )
    stack.restart("controller")
    wait_connected(stack)
    sales = stack.floor()["queues"]["sales"]
    assert (sales["offered_today"], sales["answered_today"]) == (1, 1)
    assert (sales["wait_seconds_today"], sales["service_level"]) == (12.0, 1.0)
    assert agent(stack, "1002")["answered_today"] == 1


def test_a_config_is_put_in_force_on_request(stack: Stack) -> None:
    diff = ControlClient(stack.settings.control_socket).request("config_diff", deadline_seconds=60)
    assert (diff["files"], diff["problems"]) == ([], [])
    with sessions(stack.engine).begin() as session:
        queues = (*stack.site.queues, Queue("late", "Latecomers"))
        save_site(session, dataclasses.replace(stack.site, queues=queues), "tests")
    asked = ControlClient(stack.settings.control_socket)
    diff = asked.request("config_diff", deadline_seconds=60)
    assert "queues.conf" in [each["name"] for each in diff["files"]]
    applied = asked.request("config_apply", deadline_seconds=60)
    assert "queues.conf" in applied["changed"]
    eventually(lambda: "late" in stack.floor()["queues"], 5, "the new queue on the floor")
    asked.request("config_rollback", deadline_seconds=60)
    assert compare(stack) == []


def test_the_socket_is_private(stack: Stack) -> None:
    assert stat.S_IMODE(stack.settings.control_socket.stat().st_mode) == 0o600


def saved_sign_ins(stack: Stack) -> str:
    """What Asterisk has written of its queue members; it writes once a second."""
    path = stack.settings.home / "asterisk" / "db" / "astdb.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = database.execute("select value from astdb where key like '/Queue/Pers%'").fetchall()
    return repr(rows)


def test_asterisk_restarted_in_mid_call_leaves_no_ghost(stack: Stack) -> None:
    answered_call(stack)
    eventually(lambda: "1001" in saved_sign_ins(stack), 5, "the sign-in to be on disk")
    stack.kill_asterisk()
    eventually(lambda: not stack.control("status")["pbx"]["connected"], 5, "the loss to be seen")
    stack.start_asterisk()
    eventually(
        lambda: stack.control("status")["pbx"]["connected"] and not stack.floor()["calls"],
        5,
        "no ghost call",
    )
    assert compare(stack) == []
    assert agent(stack, "1001")["phone"] == "201", "a sign-in outlives Asterisk"
    stack.bank.hang_up_all()
