"""A FastAGI server that is down or stuck holds no caller up."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.pbx.dialplan.conftest import Pbx
from tests.pbx.dialplan.site import OFFICE, ORDERS
from tests.phones import Phone

pytestmark = pytest.mark.pbx


@pytest.fixture
def stuck_server(pbx: Pbx) -> Iterator[None]:
    """It takes connections (the kernel does) and never says a word, like a stopped process."""
    with socket.create_server(("127.0.0.1", pbx.settings.agi_port)):
        yield


def test_recognition_by_a_stuck_server_costs_three_seconds(
    pbx: Pbx, now: int, caller: Phone, stuck_server: None
) -> None:
    call = caller.call(OFFICE).wait_up(10)
    assert 2.5 < call.reached_at["confirmed"] - call.began < 4.5
    call.wait_ended()
    assert [step for step in pbx.steps(now) if step.startswith("hours|office|")]
    # The limit was for the question, not for the call.
    assert call.code < 400


def test_a_server_that_is_down_costs_nothing(pbx: Pbx, caller: Phone) -> None:
    call = caller.call(OFFICE).wait_up()
    assert call.reached_at["confirmed"] - call.began < 1


def test_a_journey_is_skipped_when_the_server_is_down(pbx: Pbx, now: int, caller: Phone) -> None:
    caller.call(ORDERS).wait_up().wait_ended()
    steps = pbx.steps(now)
    assert "journey|orders|skipped" in steps
    assert "message|open|" in steps
