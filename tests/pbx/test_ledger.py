"""Real calls through real Asterisk end in books that say what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.ledger import LedgerFact
from callcenter.jobs.rotate_facts import rotate_facts
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import MENU, SUPPORT

pytestmark = pytest.mark.pbx


def _rows(stack: Stack, table: Any, call: Call) -> Sequence[Any]:
    with sessions(stack.engine)() as session:
        query = select(table).where(table.call_id == call.id)
        return list(session.scalars(query.order_by(*table.__table__.primary_key)))


def _kinds(stack: Stack, call: Call) -> list[str]:
    return [event.kind for event in _rows(stack, CallEvent, call)]


def _ended(stack: Stack, caller: Phone) -> Call:
    stack.wait_no_channels()
    return stack.wait_one_record_each([caller.number])[0]


def test_menu_queue_hold_and_hang_up_are_in_the_timeline(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    caller = new_caller()
    rings = ann.next_call()
    outside = caller.call(MENU).wait_up()
    outside.send_digits("1")
    inside = rings(15).answer()
    wait_hears([outside, inside], [{ann.name}, {caller.name}])
    began = time.monotonic()
    inside.hold()
    eventually(lambda: time.monotonic() - began > 1.5, 5)
    inside.unhold()
    held_at_most = time.monotonic() - began + 1
    inside.hang_up()
    call = _ended(stack, caller)
    assert (call.direction, call.outcome, call.ended_by) == ("inbound", "answered", "agent")
    assert (call.dialed, call.queue) == (MENU, "support")
    assert 1 < call.hold_seconds < held_at_most
    assert (stack.settings.recordings / call.recording).is_file()
    kinds = _kinds(stack, call)
    expected = ["rang", "menu", "digit", "queue", "agent_rang", "connected", "hold", "unhold"]
    assert [kind for kind in kinds if kind in (*expected, "hang_up")] == [*expected, "hang_up"]


def test_a_caller_who_gives_up_is_abandoned_with_their_wait(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    caller = new_caller()
    rings = ann.next_call()
    outside = caller.call(SUPPORT)
    rings(15)
    outside.hang_up()
    call = _ended(stack, caller)
    assert (call.outcome, call.ended_by, call.talk_seconds) == ("abandoned", "caller", 0)
    (visit,) = _rows(stack, QueueVisit, call)
    assert visit.outcome == "abandoned"


def test_a_call_handed_over_credits_each_agent_with_their_own_part(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone, cleo: Phone
) -> None:
    caller = new_caller()
    outside, inside = talk(caller, ann)
    cleo_rings = cleo.next_call()
    inside.hold()
    consult = ann.call("203")
    other = cleo_rings(15).answer()
    consult.wait_up()
    inside.transfer_to_call(consult)
    inside.wait_ended()
    wait_hears([outside, other], [{cleo.name}, {caller.name}])
    outside.hang_up()
    other.wait_ended()
    call = _ended(stack, caller)
    talks = _rows(stack, CallTalk, call)
    assert [talk.agent for talk in talks] == ["1001", "1003"]
    assert talks[0].ended_at <= talks[1].started_at + 0.1
    legs = _rows(stack, CallLeg, call)
    assert len(legs) == 4  # caller, ann twice, cleo: the consultation is part of this call
    assert all(leg.ended_at and leg.cause for leg in legs)


def test_a_call_after_the_files_were_rotated_is_written_to_new_ones(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    assert rotate_facts(stack.settings).startswith("rotated ")
    caller = new_caller()
    outside, inside = talk(caller, ann)
    outside.hang_up()
    inside.wait_ended()
    call = _ended(stack, caller)
    assert (call.outcome, call.agent) == ("answered", "1001")
    log = stack.settings.asterisk_log
    for name in ("queue_log", "cel-custom/cel.csv", "cdr-custom/cdr.csv"):
        assert call.id in (log / name).read_text(), name
        assert list((log / name).parent.glob(f"{(log / name).name}-2*")), name


def test_the_books_reconcile_and_agents_tile(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    caller = new_caller()
    outside, inside = talk(caller, ann)
    outside.hang_up()
    inside.wait_ended()
    _ended(stack, caller)
    stack.sign_out("1001")

    def signed_out() -> bool:
        with sessions(stack.engine)() as session:
            query = select(AgentInterval).where(AgentInterval.agent == "1001")
            intervals = list(session.scalars(query.order_by(AgentInterval.started_at)))
        return bool(intervals) and intervals[-1].ended_at is not None

    eventually(signed_out, 5, "the agent's last interval to end")

    wait_reconciled(stack)


def wait_reconciled(stack: Stack) -> None:
    def reconciled() -> bool:
        """Everything is old enough to be judged, once the ledger has read it."""
        later = time.time() + SETTLE_SECONDS + 1
        with sessions(stack.engine)() as session:
            found = reconcile(session, stack.settings.recordings, later)
        if found:
            raise LookupError(found)
        return True

    eventually(reconciled, 15, "the books to reconcile")


def test_wrap_up_then_asterisk_killed_in_mid_call_cuts_it(tmp_path: Path) -> None:
    from tests.stack_site import stack_site

    site = stack_site()
    queues = tuple(replace(each, wrap_up_seconds=2) for each in site.queues)
    with Stack(tmp_path, replace(site, queues=queues), processes=("ledger",)) as stack:
        ann = stack.phone("201")
        stack.sign_in("1001", "201")
        _rest_after_a_call(stack, ann)
        caller = stack.caller("15550777", "Eve")
        talk(caller, ann)
        eventually(lambda: [call for call in stack.calls() if call.answered_at], 10)
        stack.kill_asterisk()
        stack.start_asterisk()

        def ended() -> list[Call]:
            theirs = [call for call in stack.calls() if call.caller_number == caller.number]
            return [call for call in theirs if call.ended_at]

        cut = eventually(ended, 10)
        assert [call.outcome for call in cut] == ["cut"]
        assert all(leg.cause == "cut" for leg in _rows(stack, CallLeg, cut[0]))
        wait_reconciled(stack)


def _rest_after_a_call(stack: Stack, ann: Phone) -> None:
    """The books give Ann the two seconds that the queue gave her, and a record of the call."""
    outside, inside = talk(stack.caller("15550666", "Max"), ann)
    outside.hang_up()
    inside.wait_ended()

    def rested() -> AgentInterval | None:
        with sessions(stack.engine)() as session:
            return session.scalar(select(AgentInterval).where(AgentInterval.state == "wrap_up"))

    rest = eventually(rested, 30, "wrap-up in the books")
    assert rest.ended_at is not None
    assert (rest.agent, rest.queue, rest.ended_at - rest.started_at) == ("1001", "support", 2)

    def billed() -> int:
        with sessions(stack.engine)() as session:
            query = select(LedgerFact).where(LedgerFact.event == "CDR-ANSWERED")
            return len(list(session.scalars(query)))

    eventually(billed, 30, "the call's CDR in the ledger")
