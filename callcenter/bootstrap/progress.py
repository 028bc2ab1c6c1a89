"""One line a step on standard error: standard output belongs to the command that is run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(title: str) -> Iterator[None]:
    """Prints `title … 3.2 s` once the block is done, `title … failed` when it raises."""
    began = time.monotonic()
    say(f"  {title} …", end="")
    try:
        yield
    except BaseException:
        say(" failed")
        raise
    say(f" {time.monotonic() - began:.1f} s")


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201 - for the person at the terminal
