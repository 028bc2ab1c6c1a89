"""After a transfer the caller and the new party hear each other, and the first agent is out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import CallTalk
from tests.pbx.talking import talk, wait_hears, wait_tone
from tests.phones import Phone
from tests.stack import Stack

pytestmark = pytest.mark.pbx


def test_blind_transfer(stack: Stack, caller: Phone, ann: Phone) -> None:
    third = stack.phone("204")
    outside, inside = talk(caller, ann)
    ring = third.next_call()
    inside.transfer("204")
    taken = ring().answer()
    inside.wait_ended()
    wait_hears([outside, taken], [{third.name}, {caller.name}])
    outside.hang_up()
    taken.wait_ended()


def test_attended_transfer(stack: Stack, caller: Phone, ann: Phone) -> None:
    third = stack.phone("204")
    outside, inside = talk(caller, ann)
    inside.hold()
    ring = third.next_call()
    consultation = ann.call("204")
    taken = ring().answer()
    consultation.wait_up()
    wait_hears([consultation, taken], [{third.name}, {ann.name}])
    inside.transfer_to_call(consultation)
    inside.wait_ended()
    consultation.wait_ended()
    wait_hears([outside, taken], [{third.name}, {caller.name}])
    outside.hang_up()
    taken.wait_ended()


def test_a_conference_of_three_is_a_talk_for_each(
    stack: Stack, new_caller: Callable[[], Phone], ann: Phone
) -> None:
    caller, third = new_caller(), stack.phone("204")
    outside, inside = talk(caller, ann)
    ring = third.next_call()
    inside.send_digits("*2204")
    taken = ring().answer()
    wait_hears([inside, taken], [{third.name}, {ann.name}])
    inside.send_digits("*3")
    phones = [caller, ann, third]
    for listener, call_up in zip(phones, [outside, inside, taken], strict=True):
        for speaker in phones:
            if speaker is not listener:
                wait_tone(call_up, speaker.hz)
    inside.hang_up()
    wait_hears([outside, taken], [{third.name}, {caller.name}])
    outside.hang_up()
    taken.wait_ended()
    (call,) = stack.wait_one_record_each([caller.number])
    with sessions(stack.engine)() as session:
        query = select(CallTalk).where(CallTalk.call_id == call.id).order_by(CallTalk.started_at)
        talks = list(session.scalars(query))
    assert {(each.agent, each.phone) for each in talks} == {("1001", "201"), ("", "204")}
    ann_ended = max(each.ended_at or 0.0 for each in talks if each.agent == "1001")
    third_began = next(each.started_at for each in talks if each.phone == "204")
    assert third_began < ann_ended
