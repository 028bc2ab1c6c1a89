"""One clock for phones and PBX: epoch seconds as Asterisk counts them.

Phones tell time.monotonic(), which every process of the machine shares. An Asterisk may live in
another time than the machine; then all instants here are of that time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_offset = time.time() - time.monotonic()


def epoch_of(monotonic: float) -> float:
    return monotonic + _offset


def now() -> float:
    return epoch_of(time.monotonic())


@contextmanager
def moved(seconds: float) -> Iterator[None]:
    """The PBX's clock is that far ahead of the machine's."""
    global _offset
    _offset += seconds
    try:
        yield
    finally:
        _offset -= seconds
