"""What the page may ask of the dialer, without Asterisk: leads shown, skipped, refused."""

import asyncio
from types import SimpleNamespace

import pytest

from callcenter.control.protocol import Request
from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from callcenter.dialing import store
from callcenter.dialing.commands import Commands
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from callcenter.domain.site import Queue, Site, Trunk
from tests.campaigns import add_campaign


@pytest.fixture
def dialer(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'dialer.sqlite'}")
    migrations.upgrade(engine)
    made = sessions(engine)
    preview = Campaign("look", "Look", "sales", mode="preview", state="running", trunk="town")
    with made.begin() as session:
        saved = add_campaign(session, preview, ["+12025550100", "+12025550101"])

    async def ask_database(work, *arguments, **named):
        return work(*arguments, **named)

    yield SimpleNamespace(
        sessions=made,
        settings=SimpleNamespace(node="pbx1"),
        at_work={"look": store.begin(made, saved, 1.0)},
        ask_database=ask_database,
        floor=SimpleNamespace(agents={"1001": {"phone": "201", "state": "ready"}}),
        site=Site(queues=(Queue("sales", "Sales"),), trunks=(Trunk("town", "Town", "192.0.2.1"),)),
        why_not=lambda: "Asterisk is not reachable",
        put_aside={},
    )
    engine.dispose()


def ask(commands, command, **arguments):
    return asyncio.run(commands.execute(Request(command, arguments)))


def test_an_agent_is_shown_one_lead_until_they_decide(dialer):
    commands = Commands(dialer)
    first = ask(commands, "next_lead", campaign="look", agent="1001")
    assert ask(commands, "next_lead", campaign="look", agent="1001") == first
    other = ask(commands, "next_lead", campaign="look", agent="1002")
    assert other["lead"] != first["lead"]
    assert ask(commands, "next_lead", campaign="look", agent="1003") == {}


def test_a_second_click_takes_no_second_lead(dialer):
    at_once = dialer.ask_database

    async def in_a_thread(work, *arguments):
        await asyncio.sleep(0)  # another request comes in between
        return await at_once(work, *arguments)

    async def twice():
        asked = Request("next_lead", {"campaign": "look", "agent": "1001"})
        return await asyncio.gather(commands.execute(asked), commands.execute(asked))

    dialer.ask_database, commands = in_a_thread, Commands(dialer)
    first, second = asyncio.run(twice())
    assert first == second
    assert commands.offered() == {first["attempt"]}


def test_a_skipped_lead_is_open_later_and_its_attempt_was_never_placed(dialer):
    commands = Commands(dialer)
    shown = ask(commands, "next_lead", campaign="look", agent="1001")
    with pytest.raises(NotFound):
        ask(commands, "skip", attempt=shown["attempt"], agent="1002", reason="not mine")
    ask(commands, "skip", attempt=shown["attempt"], agent="1001", reason="asleep")
    with dialer.sessions() as session:
        attempt = session.get(DialAttemptRow, shown["attempt"])
        lead = session.get(LeadRow, shown["lead"])
        assert (attempt.outcome, attempt.cause) == ("unplaced", "skipped: asleep")
        assert (lead.state, lead.attempt, lead.attempts) == ("open", "", 0)
        assert lead.due_at > 3600


def test_skipping_opens_nobody_who_opted_out_meanwhile(dialer):
    commands = Commands(dialer)
    shown = ask(commands, "next_lead", campaign="look", agent="1001")
    with dialer.sessions.begin() as session:
        session.get(LeadRow, shown["lead"]).state = "do-not-call"
    ask(commands, "skip", attempt=shown["attempt"], agent="1001", reason="asleep")
    with dialer.sessions() as session:
        assert session.get(LeadRow, shown["lead"]).state == "do-not-call"


def test_a_lead_nobody_decided_on_is_given_back(dialer):
    commands = Commands(dialer)
    shown = ask(commands, "next_lead", campaign="look", agent="1001")
    asyncio.run(commands.give_back(now=9e9))
    with dialer.sessions() as session:
        assert session.get(LeadRow, shown["lead"]).attempt == ""


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"campaign": "look", "agent": "1002", "lead": 1}, Conflict),  # signed in nowhere
        ({"campaign": "look", "agent": "1001", "lead": 1}, Unavailable),  # nothing may be dialed
        ({"campaign": "look", "agent": ["1001"], "lead": 1}, InvalidInput),
    ],
)
def test_dialing_is_refused_with_what_to_do(dialer, arguments, refusal):
    with pytest.raises(refusal):
        ask(Commands(dialer), "dial", **arguments)


@pytest.mark.parametrize("lead", [10**30, -(10**30), 1.5, True, "1", None])
def test_what_is_no_lead_s_number_is_refused_in_words(dialer, lead):
    dialer.why_not, dialer.calls = lambda: "", set()
    with pytest.raises(InvalidInput, match="a number"):
        ask(Commands(dialer), "dial", campaign="look", agent="1001", lead=lead)


def test_a_paused_campaign_dials_for_nobody(dialer):
    dialer.at_work.clear()
    with pytest.raises(Conflict, match="not running"):
        ask(Commands(dialer), "next_lead", campaign="look", agent="1001")


def test_a_second_click_dials_no_second_lead(dialer):
    """The floor shows the agent as ready until their phone has answered."""
    dialer.why_not = lambda: ""
    dialer.looking = SimpleNamespace(trunk=lambda _campaign: (10, 0))
    sent, up = [], set()

    def send(_campaign, order, _make, *, by_hand):
        sent.append(order.placing.number)
        up.add(order.placing.call)

    dialer.sending, dialer.calls = SimpleNamespace(send=send), up
    commands = Commands(dialer)
    ask(commands, "dial", campaign="look", agent="1001", lead=1)
    with pytest.raises(Conflict, match="dialing already"):
        ask(commands, "dial", campaign="look", agent="1001", lead=2)
    up.clear()
    ask(commands, "dial", campaign="look", agent="1001", lead=2)
    assert len(sent) == 2
