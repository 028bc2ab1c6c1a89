"""Late, repeated and reordered lines, in batches of any size, end in the same books."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import Lines, books, empty_ledger, feed

SITUATIONS = ("signin", "ringnoanswer", "attended_twice", "parked", "killed")
ALL = [line for name in SITUATIONS for line in recorded(name)]


@cache
def _books_in_order() -> str:
    return _books_of([ALL])


def _books_of(batches: list[Lines]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        engine = empty_ledger(f"sqlite:///{Path(folder) / 'books.sqlite'}")
        for batch in batches:
            feed(engine, batch)
        found = repr(books(engine))
        engine.dispose()
        return found


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, len(ALL)), max_size=6))
def test_any_order_split_and_repetition_gives_the_same_books(seed: int, cuts: list[int]) -> None:
    chance = random.Random(seed)
    lines = [*ALL, *chance.sample(ALL, 20)]
    chance.shuffle(lines)
    edges = [0, *sorted(cuts), len(lines)]
    batches: list[Lines] = [
        # by source, as files arrive
        sorted(lines[begin:end], key=lambda each: each[0])
        for begin, end in pairwise(edges)
    ]
    assert _books_of(batches) == _books_in_order()
