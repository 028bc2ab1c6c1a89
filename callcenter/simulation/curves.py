"""Lines over an axis of numbers, in units of a viewBox; pages and the benchmark draw the SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 34
GRID_LINES = 5
NICE_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
NICE_COUNTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


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
    last: str = ""  # what the newest point of a line over time says
    said: str = ""  # the line for who cannot see it


@dataclass(frozen=True)
class Span:
    """From `since` until `until` something held: drawn behind the lines, `height` of 0 … 1 tells
    kinds apart without colour."""

    since: float
    until: float
    name: str
    tone: str
    height: float
    says: str


@dataclass(frozen=True)
class Band:
    x: float
    y: float
    width: float
    height: float
    name: str
    tone: str
    says: str


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
    x_unit: str = ""
    bands: tuple[Band, ...] = ()
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
    """Shares (0 … 1) over numbers that double: their axis is logarithmic. None: nothing there."""
    points = [point for each in series for point in each.points]
    if not points:
        return None
    xs = sorted({x for x, _ in points})
    first, last = math.log(xs[0]), math.log(xs[-1])

    def across(x: float) -> float:
        part = (math.log(x) - first) / (last - first) if last > first else 0.5
        return round(LEFT + 14 + part * (WIDTH - RIGHT - LEFT - 28), 1)

    # A point by itself may stand anywhere between the marks, and would write over them.
    marked = {x for each in series if len(each.points) > 1 for x, _ in each.points} or set(xs)
    marks = tuple(Mark(across(x), f"{x:g}") for x in sorted(marked))
    axis = _axis(series, from_zero, level, NICE_SHARES, _percent)
    says = lambda x, y: f"{x:g} {x_unit}: {y:.1%}"  # noqa: E731
    return _drawn(title, series, across, marks, axis, level, says, x_unit)


def over_time(
    title: str,
    series: Sequence[Series],
    since: float,
    until: float,
    marks: Sequence[tuple[float, str]],
    *,
    shares: bool = False,
) -> Curves | None:
    """Counts, or shares, over instants; no dot for each point. None when there is nothing."""
    if not any(each.points for each in series):
        return None

    def across(at: float) -> float:
        return round(LEFT + (at - since) / (until - since) * (WIDTH - RIGHT - LEFT), 1)

    nice, text = (NICE_SHARES, _percent) if shares else (NICE_COUNTS, _count)
    axis = _axis(series, True, None, nice, text)
    drawn = _drawn(
        title, series, across, tuple(Mark(across(at), word) for at, word in marks), axis, None, None
    )
    filled = [each for each in series if each.points]
    lines = (_in_words(line, each, text) for line, each in zip(drawn.lines, filled, strict=True))
    return replace(drawn, lines=tuple(lines))


def _in_words(line: Line, series: Series, text: Callable[[float, float], str]) -> Line:
    ys = [y for _, y in series.points]
    low, high, last = (text(y, 0.001) for y in (min(ys), max(ys), ys[-1]))
    return replace(line, last=last, said=f"{line.name} {last}, between {low} and {high}")


def with_bands(drawn: Curves, spans: Sequence[Span], since: float, until: float) -> Curves:
    wide, high = drawn.right - drawn.left, drawn.bottom - drawn.top
    bands = []
    for each in spans:
        first, last = (
            (min(max(at, since), until) - since) / (until - since) * wide
            for at in (each.since, each.until)
        )
        y = drawn.bottom - each.height * high
        bands.append(
            Band(
                round(drawn.left + first, 1), round(y, 1), round(last - first, 1),
                round(each.height * high, 1), each.name, each.tone, each.says,
            )
        )  # fmt: skip
    return replace(drawn, bands=tuple(bands))


@dataclass(frozen=True)
class _Axis:
    up: Callable[[float], float]
    marks: tuple[Mark, ...]


def _axis(
    series: Sequence[Series],
    from_zero: bool,
    level: tuple[float, str] | None,
    nice: Sequence[float],
    text: Callable[[float, float], str],
) -> _Axis:
    ys = [y for each in series for _, y in each.points] + ([level[0]] if level else [])
    low, high, step = _span(0.0 if from_zero else min(ys), max(ys), nice)

    def up(y: float) -> float:
        return round(HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - BOTTOM - TOP), 1)

    count = round((high - low) / step)
    heights = [low + number * step for number in range(count + 1)]
    return _Axis(up, tuple(Mark(up(each), text(each, step)) for each in heights))


def _drawn(
    title: str,
    series: Sequence[Series],
    across: Callable[[float], float],
    x_marks: tuple[Mark, ...],
    axis: _Axis,
    level: tuple[float, str] | None,
    says: Callable[[float, float], str] | None,
    x_unit: str = "",
) -> Curves:
    lines = tuple(
        Line(
            each.name, each.tone, each.dash,
            " ".join(f"{across(x)},{axis.up(y)}" for x, y in each.points),
            tuple((across(x), axis.up(y), f"{each.name}, {says(x, y)}")
                  for x, y in each.points) if says else (),
        )
        for each in series if each.points
    )  # fmt: skip
    drawn_level = (axis.up(level[0]), level[1]) if level else None
    return Curves(title, lines, x_marks, axis.marks, drawn_level, x_unit)


def _span(low: float, high: float, nice: Sequence[float]) -> tuple[float, float, float]:
    """(from, to, step), round numbers around what is shown."""
    wide = max(high - low, nice[0])
    step = next((each for each in nice if wide / each <= GRID_LINES), nice[-1])
    start = math.floor(low / step + 1e-9) * step
    end = math.ceil(high / step - 1e-9) * step
    return start, max(end, start + step), step


def _percent(value: float, step: float) -> str:
    return f"{value * 100:.0f} %" if step >= 0.01 else f"{value * 100:.1f} %"


def _count(value: float, step: float) -> str:
    return f"{value:g}"
