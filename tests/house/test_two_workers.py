"""No test that needs a real Asterisk runs beside the real calls of the other worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.two_workers import in_order, places_real_calls

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_file_with_a_real_asterisk_is_among_the_real_calls() -> None:
    for path in (CHECKOUT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "mark.pbx" in text and path != Path(__file__):
            assert places_real_calls(str(path.relative_to(CHECKOUT))), path


def test_real_calls_come_first(request: pytest.FixtureRequest) -> None:
    items = in_order(request.session.items)
    assert sorted(item.nodeid for item in items) == sorted(
        item.nodeid for item in request.session.items
    )
    real = [places_real_calls(item.nodeid) for item in items]
    assert real == sorted(real, reverse=True)
