"""Lines over an axis of numbers, in units of a viewBox; pages and the benchmark draw the SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 34
GRID_LINES = 5
NICE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Series:
    """One line: (x, y) ascending in x. `tone` and `dash` tell lines apart without colour too."""

    name: str
    points: Sequence[tuple[float, float]]
    tone: str
    dash: int = 0


@dataclass(frozen=True)
class Line:
    name: str
    tone: str
    dash: int
    path: str  # of a polyline
    dots: tuple[tuple[float, float, str], ...]  # x, y, what it says


@dataclass(frozen=True)
class Mark:
    at: float
    text: str


@dataclass(frozen=True)
class Curves:
    title: str
    lines: tuple[Line, ...]
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    level: tuple[float, str] | None = None  # a dashed line across: its height and its words
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def curves(
    title: str,
    series: Sequence[Series],
    *,
    x_unit: str = "agents",
    from_zero: bool = False,
    level: tuple[float, str] | None = None,
) -> Curves | None:
    """Shares (0 … 1) over numbers. None when there is nothing to draw."""
    points = [point for each in series for point in each.points]
    if not points:
        return None
    xs = sorted({x for x, _ in points})
    ys = [y for _, y in points] + ([level[0]] if level else [])
    low, high, step = _span(0.0 if from_zero else min(ys), max(ys))

    # Teams double rather than grow by one, so their axis is logarithmic.
    def across(x: float) -> float:
        if len(xs) == 1:
            return (LEFT + WIDTH - RIGHT) / 2
        part = math.log(x / xs[0]) / math.log(xs[-1] / xs[0])
        return round(LEFT + 14 + part * (WIDTH - RIGHT - LEFT - 28), 1)

    def up(y: float) -> float:
        return round(HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - BOTTOM - TOP), 1)

    lines = tuple(
        Line(
            each.name, each.tone, each.dash,
            " ".join(f"{across(x)},{up(y)}" for x, y in each.points),
            tuple((across(x), up(y), f"{each.name}, {x:g} {x_unit}: {y:.1%}")
                  for x, y in each.points),
        )
        for each in series if each.points
    )  # fmt: skip
    count = round((high - low) / step)
    return Curves(
        title,
        lines,
        tuple(Mark(across(x), f"{x:g}") for x in xs),
        tuple(Mark(up(low + number * step), _percent(low + number * step, step))
              for number in range(count + 1)),
        (up(level[0]), level[1]) if level else None,
    )  # fmt: skip


def _span(low: float, high: float) -> tuple[float, float, float]:
    """(from, to, step), round numbers around what is shown."""
    wide = max(high - low, 0.01)
    step = next((each for each in NICE_STEPS if wide / each <= GRID_LINES), NICE_STEPS[-1])
    start = math.floor(low / step + 1e-9) * step
    end = math.ceil(high / step - 1e-9) * step
    return start, max(end, start + step), step


def _percent(value: float, step: float) -> str:
    return f"{value * 100:.0f} %" if step >= 0.01 else f"{value * 100:.1f} %"
