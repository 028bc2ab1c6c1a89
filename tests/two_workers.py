"""`./run test` has two workers: one for the tests that place real calls, one for all others.

Real calls live by the clock and hardly use the processor; the other tests use it all and give way.
A file's tests stay together, so that what they share is made once. Who is done with the real calls
helps with the rest. Plain `pytest` runs one test after another, in this process.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

REAL_CALLS = ("tests/pbx/", "tests/truth/", "tests/phones/", "tests/web/test_on_real_stack.py")
NICE = 5


def places_real_calls(nodeid: str) -> bool:
    return nodeid.startswith(REAL_CALLS)


class TwoWorkers(LoadScopeScheduling):
    """All real calls are one piece of work and the first; each other file is one."""

    def _split_scope(self, nodeid: str) -> str:
        return REAL_CALLS[0] if places_real_calls(nodeid) else nodeid.split("::", 1)[0]


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Real calls first, then the browser's tests: what is left for the end is short."""
    return sorted(
        items,
        key=lambda item: (
            not places_real_calls(item.nodeid),
            not item.nodeid.startswith("tests/web/"),
        ),
    )


@cache
def give_way() -> None:
    """This worker and all that it starts come after the real calls from here on."""
    os.nice(NICE)
    weight = Path("/proc/self/autogroup")
    if weight.exists():  # such a kernel shares the processor out among sessions first
        os.setsid()
        with suppress(OSError):  # it may be closed to containers
            weight.write_text(str(NICE), encoding="ascii")
