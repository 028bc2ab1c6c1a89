"""Every kind of campaign call on a real Asterisk, heard at the called person's phone: surveys,
broadcasts, machines, what carriers answer, callers of other queues first, and what is away."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter.accounts.users import set_password
from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models.dialing import PacingDecisionRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow, DoNotCallRow
from callcenter.dialer.survey import answer_counts, surveyed_calls
from callcenter.domain.campaign import Campaign, KeyAction, Mode, SurveyQuestion
from callcenter.domain.site import Queue, Site, User
from tests import postgres
from tests.pbx.agent_page import AgentPage, found
from tests.pbx.campaigns import (
    attempts,
    board,
    cleo,
    dialed,
    dialing_stack,
    numbers,
    on_one_call,
    pause,
    people,
    placed,
    settled,
    start,
    wait_ready,
)  # fmt: skip
from tests.pbx.sounds import heard_between, write_sound
from tests.pbx.talking import wait_hears
from tests.phones import PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import SUPPORT, stack_site

pytestmark = pytest.mark.pbx

PERSONS = "127.0.0.6"  # behind this trunk one phone of the tests is everybody
RING_SECONDS = 5
PASSWORD = "correct horse battery"
PROMPTS = ("sorry", "hello", "first", "second-ask", "later")
OUT = Campaign(
    "out", "Out", "sales", mode="power", state="running", trunk="persons", ratio=1, max_lines=1,
    ring_seconds=RING_SECONDS, patience_seconds=3.0, abandoned_prompt="sorry", record=False,
)  # fmt: skip
BEEP_ENDS = 4.1  # seconds after an answer, of `machine_sound`


def site() -> Site:
    plain = stack_site()
    queues = (Queue("support", "Support", wrap_up_seconds=0, retry_seconds=1, weight=5),)
    return replace(
        plain,
        queues=(*queues, *plain.queues[1:]),
        users=(*plain.users, User("cleo", "Cleo", "agent", agent="1003", phone="203")),
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.own_cluster() as made:
        yield made


@pytest.fixture(scope="module")
def whole(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home, processes = tmp_path_factory.mktemp("calls"), ("controller", "ledger", "web")
    with (
        postgres.database(cluster.url) as url,
        dialing_stack(home, site(), PERSONS, PROMPTS, processes, url) as stack,
    ):
        with sessions(stack.engine).begin() as session:
            set_password(session, "cleo", PASSWORD)
        yield stack


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    people(whole).set_sound(None)
    with on_one_call(whole, "auto"):
        yield whole


def machine_sound(stack: Stack) -> Path:
    """A greeting, a pause, the beep; then the machine records in silence."""
    parts = ((440, 3.0), (0, 0.7), (1000, 0.4), (0, 0.5))
    return write_sound(stack.bank.folder / "machine.wav", *parts)


def test_a_survey_records_what_was_pressed(stack: Stack) -> None:
    asked = (SurveyQuestion("service", "first"), SurveyQuestion("come-again", "second-ask", "12"))
    survey = replace(
        OUT, name="survey", mode="survey", queue="", greeting_prompt="hello", questions=asked
    )
    ring = people(stack).next_call()
    start(stack, survey, surveyed := numbers(1))
    call = ring(20).wait_up()
    said = (("hello", ""), ("first", "4"), ("second-ask", "8"), ("second-ask", "2"))
    for prompt, digits in said:
        wait_heard(stack, call, prompt)
        if digits:
            call.send_digits(digits)
    call.wait_ended()
    [row] = settled(stack, "survey", 1)
    assert row.outcome == "connected"
    with sessions(stack.engine)() as session:
        counts = {each.name: each.counts for each in answer_counts(session, survey)}
        [told] = surveyed_calls(session, "survey")
    assert counts["service"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}
    assert counts["come-again"] == {"1": 0, "2": 1}
    assert (told.number, told.answers) == (surveyed[0], {"service": "4", "come-again": "2"})


def wait_heard(stack: Stack, call: PhoneCall, prompt: str) -> None:
    hz = stack.prompts_hz[prompt]
    eventually(lambda: call.listen(0.2).level(hz) > -30, 10, f"{prompt} to be heard")


def test_a_broadcasts_keys_lead_to_an_agent_or_to_do_not_call(stack: Stack) -> None:
    keys = (KeyAction("1", "agent"), KeyAction("9", "do-not-call"))
    blast = replace(OUT, name="blast", mode="broadcast", greeting_prompt="hello", keys=keys)
    cleo(stack).set_answer("manual")
    first, rings = people(stack).next_call(), cleo(stack).next_call()
    start(stack, blast, numbers(2))
    interested = first(20).wait_up()
    wait_heard(stack, interested, "hello")
    interested.send_digits("1")
    inside = rings(15).answer()
    wait_hears([interested, inside], [{cleo(stack).name}, {people(stack).name}])
    second = people(stack).next_call()
    interested.hang_up()
    annoyed = second(20).wait_up()
    wait_heard(stack, annoyed, "hello")
    annoyed.send_digits("9")
    annoyed.wait_ended()
    connected, opted = settled(stack, "blast", 2)
    assert (connected.outcome, connected.agent) == ("connected", "1003")
    assert opted.outcome == "opted-out"
    with sessions(stack.engine)() as session:
        assert session.scalars(select(DoNotCallRow.number)).all() == [opted.number]


def test_the_message_begins_when_the_machines_beep_is_over(stack: Stack) -> None:
    people(stack).set_sound(machine_sound(stack))
    tape = replace(
        OUT, name="tape", machine_detection=True, machine_action="message", machine_prompt="later"
    )
    ring = people(stack).next_call()
    start(stack, tape, numbers(1))
    with ring(20).wait_up().recorded() as path:
        people(stack).calls[-1].wait_ended(20)
    begins, ends = heard_between(path, stack.prompts_hz["later"])
    [row] = settled(stack, "tape", 1)
    assert (row.verdict, row.outcome) == ("machine", "machine-message")
    assert begins > BEEP_ENDS - 0.5  # the recording began a moment after the answer
    assert ends - begins > 1.0  # of two seconds: a phone on a busy machine misses some
    assert row.message_at
    assert row.answered_at
    assert BEEP_ENDS < row.message_at - row.answered_at < BEEP_ENDS + 3


def test_machines_go_to_agents_where_the_campaign_says_so(stack: Stack) -> None:
    people(stack).set_sound(machine_sound(stack))
    rings = cleo(stack).next_call()
    taken = replace(OUT, name="taken", machine_detection=True, machine_action="agent")
    start(stack, taken, numbers(1))
    inside = rings(20).wait_up()
    wait_joined(stack)
    inside.hang_up()
    [row] = settled(stack, "taken", 1)
    assert (row.verdict, row.outcome, row.agent) == ("machine", "connected", "1003")


def test_what_carriers_answer(stack: Stack) -> None:
    people(stack).set_answer("manual")
    wanted = {603: "no-answer", 486: "busy", 404: "failed", 503: "failed"}
    start(stack, replace(OUT, name="carrier"), numbers(len(wanted) + 1))
    after = len(people(stack).calls)
    for place, code in enumerate(wanted):
        people(stack).wait_call(20, after + place).reject(code)
    announced = people(stack).wait_call(20, after + len(wanted))
    announced.reject(183)  # "the number you have dialed …", and never an answer
    announced.wait_media("active")
    announced.reject(404)
    rows = settled(stack, "carrier", len(wanted) + 1)
    rows.sort(key=lambda row: row.placed_at or 0.0)
    assert [row.outcome for row in rows] == [*wanted.values(), "failed"]
    assert all(row.answered_at is None and row.agent_on_at is None for row in rows)
    pause(stack, "carrier")


def test_people_who_hang_up_in_each_phase(stack: Stack) -> None:
    """While detection listens, while they wait, and while the message plays."""
    cleo(stack).set_answer("manual")
    people(stack).set_sound(write_sound(stack.bank.folder / "hello.wav", (440, 0.6), (0, 5.0)))
    ring = people(stack).next_call()
    start(stack, replace(OUT, name="listening", machine_detection=True), numbers(1))
    ring(20).wait_up().hang_up()
    [row] = settled(stack, "listening", 1)
    assert (row.outcome, row.cause) == ("no-answer", "hung up before anybody spoke")
    rings, ring = cleo(stack).next_call(), people(stack).next_call()
    start(stack, replace(OUT, name="waiting"), numbers(1))
    waiting = ring(20).wait_up()
    rings(10)
    waiting.hang_up()
    [row] = settled(stack, "waiting", 1)
    assert (row.outcome, row.agent_on_at) == ("no-answer", None)
    ring = people(stack).next_call()
    start(stack, replace(OUT, name="message", patience_seconds=0.5), numbers(1))
    sorry = ring(20).wait_up()
    wait_heard(stack, sorry, "sorry")
    sorry.hang_up()
    [row] = settled(stack, "message", 1)
    assert row.outcome == "abandoned"


def test_an_agent_dials_a_lead_from_their_page(stack: Stack) -> None:
    start(stack, replace(OUT, name="preview", mode="preview"), numbers(1))
    page, before = AgentPage(stack, "cleo", PASSWORD), len(people(stack).calls)
    shown = eventually(
        lambda: found(page.post("/me/leads/next", campaign="preview"), 'name="attempt" value="'),
        15, "the lead to be shown",
    )  # fmt: skip
    assert len(people(stack).calls) == before
    inside, outside = cleo(stack).next_call(), people(stack).next_call()
    page.post("/me/leads/dial", attempt=shown)
    calls = [inside(10).wait_up(), outside(10).wait_up()]
    wait_hears(calls, [{people(stack).name}, {cleo(stack).name}])
    eventually(lambda: "on the line" in page.get("/me/leads/calls"), 10, "the call on the page")
    page.post("/me/leads/said", attempt=shown, code="success")
    calls[0].hang_up()
    [row] = settled(stack, "preview", 1)
    assert (row.id, row.outcome, row.agent) == (shown, "connected", "1003")
    assert row.disposition == "success"


def test_a_promised_callback_is_made_by_its_agent_where_the_dialer_dials(stack: Stack) -> None:
    start(stack, replace(OUT, name="promised", mode="predictive", state="paused"), numbers(1))
    inside, outside = cleo(stack).next_call(), people(stack).next_call()
    with sessions(stack.engine).begin() as session:
        lead = session.scalars(select(LeadRow).order_by(LeadRow.id.desc())).first()
        assert lead is not None
        session.add(CallbackRow(lead_id=lead.id, campaign="promised", agent="1003", due_at=1.0,
                                made_at=1.0))  # fmt: skip
        save_campaign(session, replace(load_campaign(session, "promised"), state="running"), 1.0)
    calls = [inside(10).wait_up(), outside(10).wait_up()]
    wait_hears(calls, [{people(stack).name}, {cleo(stack).name}])
    calls[0].hang_up()
    [row] = settled(stack, "promised", 1)
    assert (row.outcome, row.agent) == ("connected", "1003")
    with sessions(stack.engine)() as session:
        query = select(CallbackRow.state, CallbackRow.attempt)
        assert session.execute(query.where(CallbackRow.campaign == "promised")).all() == [
            ("done", row.id)
        ]


@pytest.mark.parametrize("mode", ["predictive", "progressive"])
def test_a_caller_of_the_heavier_queue_comes_before_the_next_dial(stack: Stack, mode: Mode) -> None:
    outsider, name = stack.caller("15550177", "Ada"), f"blended-{mode}"
    rings, ring = cleo(stack).next_call(), people(stack).next_call()
    start(stack, replace(OUT, name=name, mode=mode), numbers(4))
    first = ring(20).wait_up()
    rings(10).wait_up()
    outside = outsider.call(SUPPORT).wait_up()
    eventually(lambda: stack.floor()["queues"]["support"]["waiting"] == 1, 10, "a caller to wait")
    cleo(stack).set_answer("manual")
    rings = cleo(stack).next_call()
    dials = len(placed(stack, name))
    first.hang_up()
    inside = rings(10).answer()
    wait_hears([outside, inside], [{cleo(stack).name}, {outsider.name}])
    assert len(placed(stack, name)) == dials == 1
    cleo(stack).set_answer("intercom")
    ring = people(stack).next_call()
    outside.hang_up()
    eventually(lambda: expects_callers(stack, name), 45, "callers to be expected from now on")
    ring(20).wait_up()
    pause(stack, name)
    outsider.leave()


def expects_callers(stack: Stack, campaign: str) -> bool:
    row = PacingDecisionRow
    query = select(row).where(row.campaign == campaign).order_by(row.id.desc()).limit(1)
    with sessions(stack.engine)() as session:
        [newest] = session.scalars(query)
    return newest.callers_an_hour > 0


def test_the_controller_is_killed_during_calls(stack: Stack) -> None:
    """Who talks goes on talking, nothing new is dialed, and then it goes on by itself."""
    rings, ring = cleo(stack).next_call(), people(stack).next_call()
    start(stack, replace(OUT, name="headless", mode="progressive", max_lines=3), numbers(3))
    outside, inside = ring(20).wait_up(), rings(10).wait_up()
    stack.kill9("controller")
    eventually(lambda: "controller" in str(board(stack)["why_not"]), 15, "the board to say why")
    wait_hears([outside, inside], [{cleo(stack).name}, {people(stack).name}])
    outside.hang_up()
    try:
        assert len(placed(stack, "headless")) == 1
    finally:
        stack.start("controller")
    wait_talking(stack, "headless")
    assert connected_after_pause(stack, "headless") == 2
    assert max(dialed(stack, "headless").values()) == 1


def test_nothing_is_dialed_that_cannot_be_written(stack: Stack, cluster: postgres.Cluster) -> None:
    """The database crashes while one talks and one rings; both go on, and are settled after."""
    people(stack).set_answer("manual")
    earlier, after = trunk_channels(stack), len(people(stack).calls)
    start(stack, replace(OUT, name="dark", ratio=2, max_lines=2), numbers(8))
    outside = people(stack).wait_call(20, after).answer()
    ringing = people(stack).wait_call(20, after + 1)
    wait_talking(stack, "dark")
    cluster.stop()
    try:
        eventually(lambda: "database" in str(board(stack)["why_not"]), 15, "the board to say why")
        ringing.wait_ended(20)
        outside.hang_up()
        stack.wait_no_channels()
        wait_ready(stack)
        assert len(people(stack).calls) == after + 2
        people(stack).set_answer("auto")
    finally:
        cluster.start()
        stack.engine.dispose()
    people(stack).wait_call(40, after + 2)
    wait_joined(stack)
    assert connected_after_pause(stack, "dark") == 2
    assert trunk_channels(stack) - earlier <= {row.call_id for row in attempts(stack, "dark")}
    assert max(dialed(stack, "dark").values()) == 1


def wait_talking(stack: Stack, name: str) -> None:
    def talking() -> bool:
        return bool(board(stack)["campaigns"].get(name, {}).get("up", {}).get("talking"))

    eventually(talking, 30, f"an agent to talk for {name}")


def wait_joined(stack: Stack) -> None:
    """Agent and called person hear each other: answered is not yet connected."""
    two = re.compile(r"^\S+ +\S+ +2 ", re.MULTILINE)
    eventually(lambda: two.search(stack.asterisk("bridge show all")), 20, "two to be joined")


def connected_after_pause(stack: Stack, name: str) -> int:
    pause(stack, name)
    stack.bank.hang_up_all()
    eventually(lambda: all(row.outcome for row in attempts(stack, name)), 90, "all settled")
    return sum(row.outcome == "connected" for row in attempts(stack, name))


def trunk_channels(stack: Stack) -> set[str]:
    """Ids of the channels that dialed the trunk, as CEL has it."""
    lines = (stack.settings.asterisk_log / "cel-custom/cel.csv").read_text().splitlines()
    started = [row for row in csv.reader(lines) if row[0] == "CHAN_START"]
    return {row[10] for row in started if "trunk-persons" in row[7]}
