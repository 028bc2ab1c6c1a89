"""What a queue's settings do to callers and agents, heard and rung on the real thing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from callcenter.domain.site import Agent, Prompt, Queue, QueueMembership, Site
from tests.pbx.conftest import make_quiet
from tests.pbx.talking import wait_hears
from tests.phones import Phone, Tones
from tests.stack import Stack, eventually, write_tone
from tests.stack_site import SUPPORT, stack_site

pytestmark = pytest.mark.pbx


def site_with_settings() -> Site:
    site = stack_site()
    support = Queue(
        "support",
        "Support",
        wrap_up_seconds=0,
        retry_seconds=1,
        wait_prompt="patience",
        wait_prompt_every_seconds=5,
        agent_prompt="from-support",
        weight=2,
    )
    return dataclasses.replace(
        site,
        queues=(support, *site.queues[1:]),
        prompts=(*site.prompts, Prompt("patience", "Wait"), Prompt("from-support", "Support")),
        agents=(
            Agent("1001", "Ann", "4711", (QueueMembership("support"),)),
            Agent("1002", "Bob", "4712", (QueueMembership("support", 5),)),
        ),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("queue"), site_with_settings(), ("agi",)) as stack:
        prompt = stack.settings.prompts / "from-support.wav"
        write_tone(prompt, stack.prompts_hz["from-support"], seconds=2)
        yield stack


@pytest.fixture
def stack(whole: Stack) -> Iterator[Stack]:
    yield whole
    make_quiet(whole)


def told(heard: Tones, hz: int) -> bool:
    """Whether the prompt's tone stood alone for 0.4 of its 2 s.

    Music holds every frequency now and then, so a level alone does not tell a prompt from it.
    """
    starts = (at / 20 for at in range(int(heard.seconds * 20)))
    windows = [heard.part(start, start + 0.4) for start in starts]
    return any(w.level(hz) > -30 and w.loudness() - w.level(hz) < 1 for w in windows)


def newcomer(stack: Stack) -> Phone:
    return stack.caller(f"155507{len(stack.bank.phones):02}")


def test_who_waits_hears_music_and_the_announcement_in_turn(stack: Stack) -> None:
    waiting = newcomer(stack).call(SUPPORT).wait_up()
    hz = stack.prompts_hz["patience"]
    for _ in range(2):
        eventually(lambda: waiting.listen(0.25).level(hz) > -30, 12, "the announcement")
        eventually(lambda: waiting.listen(0.25).level(hz) < -45, 5, "its end")
    eventually(lambda: waiting.listen(0.5).loudness() > -45, 8, "music between announcements")
    waiting.hang_up()


def test_the_agent_is_told_which_queue_before_the_caller_and_the_caller_hears_nothing_of_it(
    stack: Stack,
) -> None:
    ann, hz = stack.phone("201"), stack.prompts_hz["from-support"]
    stack.sign_in("1001", "201")
    caller, ring = newcomer(stack), ann.next_call()
    outside = caller.call(SUPPORT)
    inside = ring(15)
    outside.wait_up()
    with outside.recorded() as heard_outside, inside.recorded() as heard_inside:
        inside.answer()
        wait_hears([outside, inside], [{ann.name}, {caller.name}], 8)
    assert told(Tones.read(heard_inside), hz)
    assert not told(Tones.read(heard_outside), hz)
    outside.hang_up()


def test_a_higher_penalty_rings_only_when_the_lower_cannot(stack: Stack) -> None:
    ann, bob = stack.phone("201"), stack.phone("202")
    stack.sign_in("1002", "202")
    stack.sign_in("1001", "201")
    rings = len(bob.calls)
    first_ring = ann.next_call()
    first = newcomer(stack).call(SUPPORT)
    first_ring(15).answer()
    first.wait_up()
    assert len(bob.calls) == rings
    second_ring = bob.next_call()
    second = newcomer(stack).call(SUPPORT)
    second_ring(15).answer()
    second.hang_up()
    first.hang_up()
    stack.asterisk("queue pause member PJSIP/201 queue support")
    third_ring, before = bob.next_call(), len(ann.calls)
    third = newcomer(stack).call(SUPPORT)
    third_ring(15).answer()
    assert len(ann.calls) == before
    third.hang_up()
