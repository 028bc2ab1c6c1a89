"""A waiting caller presses a key: promised to be called back, or sent where the key leads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete, select

from callcenter.db.campaign_store import delete_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import CallbackRow, LeadRow
from callcenter.db.models.calls import Call, QueueVisit
from callcenter.dialer.leads.manage import delete_list, make_list
from callcenter.domain.campaign import Campaign, ListShare
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import CALLBACKS, SUPPORT

pytestmark = pytest.mark.pbx
NUMBER = "12125550177"  # one that a campaign may call, unlike the other tests' callers


@pytest.fixture
def campaign(stack: Stack) -> Iterator[None]:
    with sessions(stack.engine).begin() as session:
        make_list(session, "callers", "Callers", "US", time.time())
        session.flush()
        lists = (ListShare("callers"),)
        wanted = Campaign(CALLBACKS, "Call back", "support", state="paused", lists=lists)
        save_campaign(session, wanted, 0.0)
    yield
    with sessions(stack.engine).begin() as session:
        delete_campaign(session, CALLBACKS)
        session.execute(delete(LeadRow))
        session.flush()
        delete_list(session, "callers")


def promised(stack: Stack) -> list[str]:
    with sessions(stack.engine)() as session:
        return list(session.scalars(select(CallbackRow.number)))


def books(stack: Stack, number: str) -> tuple[Call, list[str]]:
    """The call of that number, and how it left the queues."""
    stack.wait_no_channels()
    (call,) = stack.wait_one_record_each([number])
    with sessions(stack.engine)() as session:
        query = select(QueueVisit.outcome).where(QueueVisit.call_id == call.id)
        return call, list(session.scalars(query))


def _waits(stack: Stack) -> None:
    """One caller is in the support queue, where keys count."""

    def waiting() -> bool:
        return "has 1 calls" in stack.asterisk("queue show support")

    eventually(waiting, 10, "a waiting caller")


@pytest.mark.usefixtures("campaign")
def test_who_presses_the_key_and_hangs_up_is_promised_a_call(stack: Stack) -> None:
    caller = stack.caller(NUMBER)
    outside = caller.call(SUPPORT).wait_up()
    _waits(stack)
    outside.send_digits("1")
    eventually(lambda: promised(stack) == [f"+{NUMBER}"], 10, "the promise")
    outside.hang_up()  # in the midst of the thanks
    call, ways_out = books(stack, NUMBER)
    assert (call.outcome, call.queue, ways_out) == ("callback", "support", ["callback"])
    caller.leave()


def test_another_key_leads_elsewhere_and_no_key_leads_nowhere(
    stack: Stack, new_caller: Callable[[], Phone]
) -> None:
    caller = new_caller()
    outside = caller.call(SUPPORT).wait_up()
    _waits(stack)
    outside.send_digits("7")
    outside.send_digits("2")
    call, ways_out = books(stack, caller.number)
    assert (call.outcome, ways_out) == ("left", ["left"])
