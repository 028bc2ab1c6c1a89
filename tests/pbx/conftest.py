"""One call centre for all tests of this folder that do not break it; each test starts quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.phones import Phone
from tests.stack import Stack
from tests.stack_site import AGENTS, SUPERVISOR_PHONE, stack_site


@pytest.fixture(scope="session")
def whole_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), stack_site()) as stack:
        yield stack


@pytest.fixture
def stack(whole_stack: Stack) -> Iterator[Stack]:
    """The call centre with nobody signed in and no call up, before and after the test."""
    yield whole_stack
    make_quiet(whole_stack)


def make_quiet(stack: Stack) -> None:
    """Nobody on the line and nobody signed in, whatever the test left when it failed."""
    stack.bank.hang_up_all()
    stack.wait_no_channels()
    signed_in = stack.asterisk("database show cc-agent")
    for agent in stack.site.agents:
        if f"/cc-agent/{agent.number} " in signed_in:
            stack.sign_out(agent.number)


def seat(stack: Stack, agent: str) -> Phone:
    """The agent's phone, registered, with the agent signed in at it."""
    phone = stack.phone(AGENTS[agent])
    stack.sign_in(agent, AGENTS[agent])
    return phone


@pytest.fixture
def cleo(stack: Stack) -> Phone:
    """Agent 1003 at phone 203, in support and sales."""
    return seat(stack, "1003")


@pytest.fixture
def ann(stack: Stack) -> Phone:
    """Agent 1001 at phone 201, in support."""
    return seat(stack, "1001")


@pytest.fixture
def bob(stack: Stack) -> Phone:
    """Agent 1002 at phone 202, in sales."""
    return seat(stack, "1002")


@pytest.fixture
def supervisor(stack: Stack) -> Phone:
    """Phone 209, which answers by itself when Asterisk tells it to."""
    return stack.phone(SUPERVISOR_PHONE, answer="intercom")


@pytest.fixture
def caller(stack: Stack) -> Iterator[Phone]:
    """Somebody on the PSTN."""
    phone = stack.caller("15550199", "Ada")
    yield phone
    phone.leave()


_fresh_numbers = iter(range(15_551_000, 15_552_000))


@pytest.fixture
def new_caller(stack: Stack) -> Iterator[Callable[[], Phone]]:
    """Each time somebody else, with a number that nobody had before."""
    phones: list[Phone] = []

    def make() -> Phone:
        phones.append(stack.caller(str(next(_fresh_numbers))))
        return phones[-1]

    yield make
    for phone in phones:
        phone.leave()
