"""Campaigns on real parts: a person is connected, a machine is not, nobody is called twice."""

from __future__ import annotations

import csv
import dataclasses
import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from callcenter.control import ControlClient
from callcenter.db.engine import sessions
from callcenter.db.models.dialing import PacingDecisionRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import DoNotCallRow
from callcenter.demo.carrier import Carrier, SimulatedPhones
from callcenter.demo.town import Kind, Townsperson
from callcenter.dialing import faults, settle
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import Prompt, Site, Trunk
from tests.pbx.campaigns import attempts, dialed, pause, settled, start
from tests.pbx.conftest import seat
from tests.pbx.talking import wait_hears, wait_tone
from tests.phones import Phone
from tests.ports import free_port
from tests.stack import Stack, eventually, write_tone
from tests.stack_site import stack_site

pytestmark = pytest.mark.pbx

PERSONS = "127.0.0.5"  # behind this trunk a phone of the tests answers
RING_SECONDS = 4
TOWN = Campaign(
    "town", "Town", "sales", mode="power", state="running", trunk="town", ratio=9,
    ring_seconds=RING_SECONDS, machine_detection=True,
)  # fmt: skip


def site(town_port: int, person_port: int) -> Site:
    plain = stack_site()
    trunks = (
        Trunk("town", "Town", "127.0.0.2", port=town_port),
        Trunk("persons", "Persons", PERSONS, port=person_port),
    )
    return dataclasses.replace(
        plain, trunks=trunks, prompts=(*plain.prompts, Prompt("sorry", "Sorry"))
    )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    town, person = (free_port(socket.SOCK_DGRAM) for _ in range(2))
    made = Stack(
        tmp_path_factory.mktemp("dialer"), site(town, person), ("controller", "ledger"),
        demo_sip_port=town,
    )  # fmt: skip
    carrier = Carrier(made.settings, SimulatedPhones(()))
    carrier.start()
    made.bank.caller("127.0.0.1", "people", address=PERSONS, port=person, answer="auto")
    try:
        with made as running:
            hz = running.prompts_hz["sorry"]
            write_tone(running.settings.prompts / "sorry.wav", hz, seconds=4)
            yield running
    finally:
        carrier.stop()


@pytest.fixture
def dialer(stack: Stack) -> Iterator[Stack]:
    stack.launch("dialer")
    yield stack
    stack.stop("dialer")


def town(*kinds: Kind, after: float = 0.3) -> list[str]:
    return [Townsperson(kind, after, 2, serial).number for serial, kind in enumerate(kinds)]


def opt_outs(stack: Stack) -> int:
    """How many were asked for, as CEL has it."""
    lines = (stack.settings.asterisk_log / "cel-custom/cel.csv").read_text().splitlines()
    return sum(row[0] == "CC_STEP" and "opt-out|" in row[14] for row in csv.reader(lines))


def test_one_is_connected_and_one_hears_the_message(dialer: Stack) -> None:
    """Two people answer at once, one agent is there: tones say who hears whom."""
    people = dialer.bank.phones["caller-1-people"]
    people.calls.clear()
    cleo: Phone = seat(dialer, "1003")
    cleo.set_answer("intercom")
    inside_at = cleo.next_call()
    pair = Campaign(
        "pair", "Pair", "sales", mode="power", state="running", trunk="persons", ratio=2,
        patience_seconds=1.0, abandoned_prompt="sorry", max_lines=2,
    )  # fmt: skip
    start(dialer, pair, ["+15550001", "+15550002"])
    inside = inside_at(20).wait_up()
    assert "answer-after=0" in inside.message
    eventually(lambda: len(people.calls) == 2, 10, "both to be called")
    sorry = dialer.prompts_hz["sorry"]
    other = eventually(
        lambda: next((c for c in people.calls if c.up and c.listen(0.3).level(sorry) > -30), None),
        10,
        "somebody to hear the abandoned-call message",
    )
    assert other is not None
    wait_tone(other, sorry)
    [outside] = [call for call in people.calls if call is not other]
    wait_hears([outside, inside], [{cleo.name}, {people.name}])
    other.send_digits("9")
    other.wait_ended()
    inside.send_digits("*9")
    eventually(lambda: opt_outs(dialer) == 2, 10, "the agent's *9")
    outside.hang_up()
    rows = settled(dialer, "pair", 2)
    assert sorted(row.outcome for row in rows) == ["abandoned", "opted-out"]
    abandoned = next(row for row in rows if row.outcome == "abandoned")
    connected = next(row for row in rows if row.outcome == "opted-out")
    assert abandoned.message_at
    assert abandoned.answered_at
    assert 1.0 <= abandoned.message_at - abandoned.answered_at < 1.6
    assert connected.agent == "1003"
    assert connected.answered_at
    assert connected.agent_on_at
    board = ControlClient(dialer.settings.dialer_socket).request("status")["campaigns"]["pair"]
    assert (board["live_answered"], board["abandoned"]) == (2, 1)
    with sessions(dialer.engine)() as session:
        listed = session.scalars(select(DoNotCallRow)).all()
        assert {entry.number for entry in listed} == {abandoned.number, connected.number}
        assert {(entry.scope, entry.source) for entry in listed} == {("site", "key")}
        lead = session.get(LeadRow, abandoned.lead_id)
        assert lead is not None
        assert lead.state == "do-not-call"
    pause(dialer, "pair")
    make_free(dialer, cleo)


def make_free(stack: Stack, phone: Phone) -> None:
    stack.bank.hang_up_all()
    stack.wait_no_channels()
    eventually(lambda: stack.floor()["agents"]["1003"]["state"] == "ready", 10)
    assert phone.registered


def test_machine_busy_and_nobody_are_tried_again_and_cost_no_agent(dialer: Stack) -> None:
    cleo = seat(dialer, "1003")
    before = len(cleo.calls)
    start(dialer, TOWN, town("machine", "busy", "no-answer", "failed"))
    rows = settled(dialer, "town", 4)
    outcomes = [row.outcome for row in rows]
    assert outcomes == ["machine", "busy", "no-answer", "failed"]
    machine = rows[0]
    assert (machine.verdict, machine.agent_on_at) == ("machine", None)
    assert machine.verdict_ms
    assert machine.verdict_ms > 500
    nobody = rows[2]
    assert nobody.ringing_at
    assert nobody.ended_at
    assert nobody.ended_at - nobody.ringing_at > RING_SECONDS - 1
    with sessions(dialer.engine)() as session:
        leads = [session.get(LeadRow, row.lead_id) for row in rows]
        decided = session.scalars(
            select(PacingDecisionRow).where(PacingDecisionRow.campaign == "town")
        ).all()
    due = [lead.due_at - time.time() for lead in leads if lead and lead.state == "open"]
    assert len(due) == 4
    assert min(due) > 600
    assert sum(row.dial for row in decided) == len(attempts(dialer, "town"))
    assert all(row.reason for row in decided)
    assert len(cleo.calls) == before
    pause(dialer, "town")


def test_the_silence_detection_listened_to_is_part_of_the_patience(dialer: Stack) -> None:
    """The law counts from the end of the greeting, not from the verdict on it."""
    cleo = seat(dialer, "1003")
    cleo.set_answer("manual")
    numbers = [Townsperson("human", 0.3, 9, serial).number for serial in (21, 22)]
    heard = dataclasses.replace(TOWN, name="heard", title="Heard", abandoned_prompt="sorry")
    start(dialer, heard, numbers)
    for row in settled(dialer, "heard", 2):
        assert (row.verdict, row.outcome) == ("human", "abandoned")
        assert row.message_at
        assert row.greeting_end_at
        assert 1.8 < row.message_at - row.greeting_end_at < 2.6
    pause(dialer, "heard")
    make_free(dialer, cleo)


def test_nothing_is_dialed_with_nobody_there(dialer: Stack) -> None:
    dialer.sign_out("1003")
    eventually(lambda: not dialer.floor()["agents"]["1003"]["queues"], 5)
    start(dialer, dataclasses.replace(TOWN, name="empty"), town("human", after=1.1))
    board = ControlClient(dialer.settings.dialer_socket)

    def reason() -> bool:
        shown = board.request("status")["campaigns"].get("empty", {})
        return "nobody" in str(shown.get("reason", ""))

    eventually(reason, 10)
    dialer.kill9("controller")
    eventually(lambda: board.request("status")["why_not"], 15, "a dead controller to be told of")
    dialer.start("controller")
    eventually(lambda: not board.request("status")["why_not"], 15)
    assert attempts(dialer, "empty") == []
    pause(dialer, "empty")


def test_killed_at_any_point_nobody_is_called_twice_and_no_lead_is_lost(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(stack, "1003")
    numbers = [Townsperson("no-answer", 2.2, 2, serial).number for serial in range(8)]
    campaign = dataclasses.replace(TOWN, name="killed", max_calls_per_second=2, ring_seconds=6)
    start(stack, campaign, numbers)
    for place in faults.POINTS:
        monkeypatch.setenv(faults.VARIABLE, place)
        stack.launch("dialer")
        eventually(lambda: stack._running["dialer"].poll() is not None, 30, f"death at {place}")
        stack._running.pop("dialer")
    monkeypatch.delenv(faults.VARIABLE)
    stack.launch("dialer")
    eventually(lambda: len(stack.channels()) >= 2, 20, "calls to ring")
    stack.kill9("dialer")
    stack.launch("dialer")
    eventually(lambda: len(stack.channels()) >= 2, 20, "calls to ring again")
    stack.kill_asterisk()
    stack.start_asterisk()
    seat(stack, "1003")
    eventually(lambda: len(attempts(stack, "killed")) >= len(numbers), 40, "all to be reserved")
    stack.wait_no_channels(20)
    stack.stop("dialer")
    later = time.time() + settle.LOST_SECONDS
    made, node = sessions(stack.engine), stack.settings.node
    settle.settle_never_sent(made, node, later)

    def all_settled() -> bool:
        settle.settle_ended(made, node, later, lambda _call: False, lambda _attempt: {})
        return all(row.outcome for row in attempts(stack, "killed"))

    eventually(all_settled, 20, "every attempt to be settled")
    called = dialed(stack, "killed")
    assert max(called.values()) == 1
    assert len(called) >= 4
    rows = attempts(stack, "killed")
    # Given back, sent or not (nobody knows), and rung: each kind of death left its own.
    assert {"unplaced", "lost", "no-answer"} <= {row.outcome for row in rows}
    placed = {row.number for row in rows if row.outcome != "unplaced"}
    with sessions(stack.engine)() as session:
        leads = session.scalars(select(LeadRow).where(LeadRow.next_number.in_(numbers))).all()
    assert len(leads) == len(numbers)
    assert all(lead.attempt == "" and lead.state == "open" for lead in leads)
    assert {lead.next_number for lead in leads if lead.attempts} == placed
    assert all(lead.attempts <= 1 for lead in leads)
