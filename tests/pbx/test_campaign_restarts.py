"""What happens around a running campaign on a real Asterisk: it is restarted in every way, its
trunk and its rate are held, and another campaign wants the same agent."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest
from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.leads import LeadRow
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.campaign import Campaign, Outcome, RetryRule
from callcenter.domain.errors import CallcenterError
from callcenter.domain.lead import UNCOUNTED
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from tests.campaigns import add_campaign
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
from tests.pbx.conftest import seat
from tests.pbx.talking import wait_hears
from tests.phones import PhoneCall
from tests.stack import Stack, eventually
from tests.stack_site import stack_site

pytestmark = pytest.mark.pbx

PERSONS = "127.0.0.7"  # behind this trunk one phone of the tests is everybody
OUT = Campaign(
    "out", "Out", "sales", mode="power", state="running", trunk="persons", ratio=3, max_lines=3,
    ring_seconds=20, patience_seconds=3.0, abandoned_prompt="sorry", record=False,
)  # fmt: skip
# Everybody may be called again, later: whom nobody dials any more is lost.
RETRIES = tuple(RetryRule(each, 3600, 9) for each in get_args(Outcome))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home, processes = tmp_path_factory.mktemp("restarts"), ("controller", "ledger")
    with dialing_stack(home, stack_site(), PERSONS, ("sorry",), processes) as stack:
        yield stack


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    with on_one_call(whole, "manual"):
        yield whole


def says(stack: Stack, words: str, name: str = "") -> None:
    key = "reason" if name else "why_not"
    eventually(
        lambda: re.search(words, str(board(stack, name).get(key))), 15, f"the board to say {words}"
    )


def wait_talk(stack: Stack, after: int) -> PhoneCall:
    """The next one who is called after so many answers, and talks with Cleo."""
    rings = cleo(stack).next_call()
    outside = people(stack).wait_call(40, after).answer()
    wait_hears([outside, rings(10).wait_up()], [{cleo(stack).name}, {people(stack).name}])
    return outside


def asked(stack: Stack, line: str) -> None:
    """Asterisk's console answers when it is done, if at all."""

    def ask() -> None:
        with contextlib.suppress(CallcenterError):
            stack.asterisk(line)

    threading.Thread(target=ask).start()


def restart_now(stack: Stack) -> None:
    asked(stack, "core restart now")
    says(stack, "Asterisk is not reachable")


def kill(stack: Stack) -> None:
    stack.kill_asterisk()
    says(stack, "Asterisk is not reachable")
    stack.start_asterisk()


def balanced(stack: Stack, name: str, wanted: list[str]) -> dict[str, str]:
    """Number → what became of it, once everything has ended: nobody was called twice, no lead is
    lost, and dialer, channels and ledger say the same."""
    pause(stack, name)
    stack.bank.hang_up_all()
    stack.wait_no_channels()
    rows = attempts(stack, name)
    eventually(lambda: all(row.outcome for row in attempts(stack, name)), 40, "all settled")
    rows = [row for row in attempts(stack, name) if row.outcome not in UNCOUNTED]
    assert set(dialed(stack, name).values()) == {1}
    assert set(dialed(stack, name)) == {row.number for row in rows}
    eventually(lambda: reconciled(stack), 15, "the books to reconcile")
    with sessions(stack.engine)() as session:
        leads = session.scalars(select(LeadRow).where(LeadRow.next_number.in_(wanted))).all()
    assert sorted(lead.next_number for lead in leads) == sorted(wanted)
    assert {(lead.attempt, lead.state) for lead in leads} == {("", "open")}
    assert {lead.next_number for lead in leads if lead.attempts} == {row.number for row in rows}
    return {row.number: row.outcome for row in rows}


def reconciled(stack: Stack) -> bool:
    with sessions(stack.engine)() as session:
        found = reconcile(session, stack.settings.recordings, time.time() + SETTLE_SECONDS + 1)
    if found:
        raise LookupError(found)
    return True


@pytest.mark.parametrize("restart", [restart_now, kill])
def test_asterisk_is_restarted_while_one_talks_and_two_ring(
    stack: Stack, restart: Callable[[Stack], None]
) -> None:
    name, wanted, after = restart.__name__.replace("_", "-"), numbers(9), len(people(stack).calls)
    start(stack, replace(OUT, name=name, retries=RETRIES), wanted)
    wait_talk(stack, after)
    wait_rung(stack, after, 3)
    restart(stack)
    stack.bank.hang_up_all()
    wait_talk(stack, after + 3)
    outcomes = balanced(stack, name, wanted)
    assert list(outcomes.values()).count("connected") == 2
    assert stack.control("compare")["differences"] == []


@pytest.fixture
def with_another_agent(stack: Stack) -> Iterator[None]:
    seat(stack, "1002").set_answer("intercom")
    wait_ready(stack, "1002")
    yield
    stack.sign_out("1002")


@pytest.mark.usefixtures("with_another_agent")
def test_a_graceful_restart_waits_for_the_talk_and_dialing_for_it(stack: Stack) -> None:
    """While Asterisk waits for its last call it makes no new one; an agent is free all the time."""
    wanted, after, refused = numbers(5), len(people(stack).calls), refusals(stack)
    start(stack, replace(OUT, name="grace", mode="progressive", retries=RETRIES), wanted)
    talking = people(stack).wait_call(20, after).answer()
    wait_rung(stack, after, 2)
    asked(stack, "core restart gracefully")
    eventually(lambda: refusals(stack) > refused, 10, "Asterisk to refuse what it is told")
    people(stack).calls[after + 1].reject(486)
    says(stack, "Asterisk is shutting down", "grace")
    assert talking.up
    talking.hang_up()
    says(stack, "Asterisk is not reachable")
    people(stack).wait_call(40, after + 2).answer()
    eventually(lambda: board(stack, "grace")["up"].get("talking"), 10, "an agent to talk")
    outcomes = sorted(balanced(stack, "grace", wanted).values())
    assert outcomes[:3] == ["busy", "connected", "connected"]


def refusals(stack: Stack) -> int:
    """How many commands (we ping it) Asterisk has refused because it waits to be restarted."""
    return (stack.settings.asterisk_log / "full").read_text().count("Asterisk is shutting down")


def wait_rung(stack: Stack, after: int, count: int) -> None:
    def ring() -> bool:
        return len(people(stack).calls) >= after + count

    eventually(ring, 15, f"{count} people to be called")


def test_no_second_has_more_calls_than_the_rate_and_a_trunks_limit_is_lowered_live(
    stack: Stack,
) -> None:
    wanted, after = numbers(6), len(people(stack).calls)
    blast = replace(OUT, name="blast", mode="broadcast", queue="", greeting_prompt="sorry")
    start(stack, replace(blast, retries=RETRIES, max_lines=4, max_calls_per_second=2), wanted)
    wait_rung(stack, after, 4)  # one phone has no more lines
    times = sorted(row.placed_at or 0.0 for row in placed(stack, "blast"))
    assert all(later - first > 1 for first, later in zip(times, times[2:], strict=False))
    limit_trunk(stack, 1)
    stack.bank.hang_up_all()
    wait_rung(stack, after, 5)
    settled(stack, "blast", 4)
    assert (board(stack, "blast")["up"], len(placed(stack, "blast"))) == ({"ringing": 1}, 5)
    limit_trunk(stack, 30)
    wait_rung(stack, after, 6)
    balanced(stack, "blast", wanted)


def limit_trunk(stack: Stack, calls: int) -> None:
    with sessions(stack.engine).begin() as session:
        present = load_site(session)
        trunks = tuple(
            replace(each, max_calls=calls) if each.name == "persons" else each
            for each in present.trunks
        )
        save_site(session, replace(present, trunks=trunks), "tests")
    # What came to work and left again after that: the dialer has looked in between.
    start(stack, replace(OUT, name=f"look-{calls}", mode="preview"), [])
    eventually(lambda: board(stack, f"look-{calls}"), 10, "the dialer to look")
    pause(stack, f"look-{calls}")
    eventually(lambda: not board(stack, f"look-{calls}"), 10, "the dialer to look again")


def test_two_campaigns_want_one_agent_and_the_higher_one_gets_them(stack: Stack) -> None:
    """Paused, too: whom it has called may still answer."""
    after, one = len(people(stack).calls), replace(OUT, mode="progressive")
    high, low = replace(one, name="high", priority=9), replace(one, name="low", priority=1)
    with sessions(stack.engine).begin() as session:
        add_campaign(session, low, numbers(2))
        add_campaign(session, high, numbers(1))
    ring = people(stack).wait_call(20, after)
    says(stack, "enough calls are on their way", "low")
    pause(stack, "high")
    eventually(lambda: not board(stack, "high"), 10)
    says(stack, "enough calls are on their way", "low")
    assert (len(placed(stack, "high")), placed(stack, "low")) == (1, [])
    ring.answer()
    eventually(lambda: stack.floor()["agents"]["1003"]["state"] == "talking", 10)
    says(stack, "no agent is free", "low")
    assert placed(stack, "low") == []
    ring.hang_up()
    wait_talk(stack, after + 1)
    assert [row.outcome for row in settled(stack, "high", 1)] == ["connected"]
    pause(stack, "low")
