"""The demo on the real stack: its town calls, its agents answer, and nothing is left behind."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from callcenter.demo.rate import write_rate
from callcenter.demo.runner import Demo, DemoOptions
from callcenter.demo.site import SIMULATED_AGENTS, demo_site
from callcenter.pbx import runtime
from tests.ports import free_port
from tests.stack import Stack, eventually

pytestmark = pytest.mark.pbx

HURRY = DemoOptions(calls_per_minute=80, seed=11, time_scale=0.2)


@contextmanager
def at_work(stack: Stack, options: DemoOptions = HURRY) -> Iterator[Demo]:
    demo, stop = Demo(stack.settings, stack.site, options), threading.Event()
    worker = threading.Thread(target=demo.run, args=(stop,))
    worker.start()
    try:
        yield demo
    finally:
        stop.set()
        worker.join(timeout=180)
        assert not worker.is_alive()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One for all tests here: each brings its own carrier and takes it away again."""
    carrier_port = free_port(socket.SOCK_DGRAM)
    site = demo_site(carrier_port)
    # Nobody waits for wrap-up here: everyone hurries.
    queues = tuple(dataclasses.replace(each, wrap_up_seconds=0) for each in site.queues)
    with Stack(
        tmp_path_factory.mktemp("demo"),
        dataclasses.replace(site, queues=queues),
        processes=("controller", "agi"),
        demo_sip_port=carrier_port,
    ) as running:
        yield running


def test_callers_are_served_and_nothing_is_left(stack: Stack) -> None:
    with at_work(stack) as demo:
        eventually(lambda: seated(stack) >= set(SIMULATED_AGENTS), 30, "every agent to sign in")
        enough = {"ENTERQUEUE": 12, "CONNECT": 6, "ABANDON": 2, "COMPLETECALLER": 1}
        eventually(lambda: queue_log(stack) >= Counter(enough), 60, f"at least {enough}")
        carrier = demo.carrier
    assert runtime.running_pid(carrier.settings) is None
    stack.wait_no_channels(15)
    assert_spoken_on_both_sides(stack)


def test_agents_come_back_after_the_pbx_was_killed(stack: Stack) -> None:
    with at_work(stack):
        eventually(lambda: seated(stack) >= set(SIMULATED_AGENTS), 30, "every agent to sign in")
        stack.kill_asterisk()
        stack.start_asterisk()
        connected = queue_log(stack)["CONNECT"]
        eventually(lambda: queue_log(stack)["CONNECT"] > connected + 2, 60, "calls after that")


def test_the_rate_changes_while_it_runs(stack: Stack) -> None:
    short = dataclasses.replace(HURRY, time_scale=0.05)
    with at_work(stack, short) as demo:
        eventually(lambda: trunk_calls(stack), 15, "calls to come")
        write_rate(stack.settings, 0)
        # Whoever is on the line goes on; nobody new calls.
        eventually(lambda: demo.carrier.running and not trunk_calls(stack), 60, "silence")


def seated(stack: Stack) -> set[str]:
    agents = stack.floor()["agents"]
    return {number for number, each in agents.items() if each["state"] != "signed_out"}


def queue_log(stack: Stack) -> Counter[str]:
    lines = (stack.settings.asterisk_log / "queue_log").read_text().splitlines()
    return Counter(line.split("|")[4] for line in lines if line.count("|") >= 4)


def trunk_calls(stack: Stack) -> list[str]:
    return [name for name in stack.channels() if name.startswith("PJSIP/trunk-")]


def assert_spoken_on_both_sides(stack: Stack) -> None:
    """Some recording holds a caller on the left and an agent on the right."""
    loudest = []
    for path in stack.settings.recordings.rglob("*.raw"):
        samples = np.frombuffer(path.read_bytes(), "<i2").astype(float)
        if len(samples) > 16_000:
            left, right = samples[0::2], samples[1::2][: len(samples[0::2])]
            loudest.append(min(np.abs(left).max(), np.abs(right).max()))
    assert max(loudest, default=0) > 3000, loudest
