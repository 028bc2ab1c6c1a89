"""Rows → shapes of a picture, in units of its viewBox. The template draws them as inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from callcenter.domain.metrics import METRICS
from callcenter.reports.asked import Asked
from callcenter.reports.shown import AGENT_STATES, WEEKDAYS
from callcenter.reports.table import Report

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960, 240, 44, 26, 8
ROW = 26
MOST_BARS, MOST_ROWS, MOST_NAMES = 400, 40, 12
NARROWEST = 1.0  # of a stretch in the picture of agents' days
TONES = {"answered": "good", "abandoned": "bad", "offered": "idle", "ready": "good",
         "talking": "info", "paused": "warn", "wrap_up": "calm", "ringing": "idle"}  # fmt: skip


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str
    strength: int = 10  # of 10; the heat map's
    href: str = ""


@dataclass(frozen=True)
class Band:
    """What flows from one place to another: as high at both ends."""

    x: float
    y: float
    to_x: float
    to_y: float
    height: float
    tone: str
    title: str
    href: str = ""

    @property
    def path(self) -> str:
        """SVG: over along a curve, down its height, and back."""
        middle = round((self.x + self.to_x) / 2, 1)
        x, y, to_x, to_y = (round(each, 1) for each in (self.x, self.y, self.to_x, self.to_y))
        low, to_low = (round(each + self.height, 1) for each in (self.y, self.to_y))
        over = f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"
        return f"{over}v{round(self.height, 2)}C{middle} {to_low} {middle} {low} {x} {low}Z"


@dataclass(frozen=True)
class Word:
    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True)
class Chart:
    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    words: tuple[Word, ...]
    lines: tuple[float, ...] = ()  # heights of the grid
    legend: tuple[tuple[str, str], ...] = ()  # tone, name
    bands: tuple[Band, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.boxes

    @property
    def is_linked(self) -> bool:
        """Parts of it lead somewhere, so it is more than an image."""
        return any(box.href for box in self.boxes) or any(band.href for band in self.bands)


Name = Callable[[Any], str]
Link = Callable[[Any], str]


def _no_link(_row: Any) -> str:
    return ""


def chart_of(
    report: Report, rows: Sequence[Any], asked: Asked, name: Name, link: Link = _no_link
) -> Chart | None:
    """`name`: what a row is called; `link`: the address of its calls, or empty.

    None: nothing to draw, or too much to see anything.
    """
    if not report.chart or not rows:
        return None
    kind, *metrics = report.chart
    if kind == "sankey":
        from callcenter.reports.sankey import sankey  # it builds on the shapes above

        return sankey(report.title, rows, name, link)
    if kind == "heat":
        return _heat(report, rows, link)
    if kind == "gantt":
        return _gantt(report, rows, asked, name)
    drawn = _bars if kind == "bars" else _across
    return drawn(report, rows, metrics, name)


def _parts(row: Any, metrics: Sequence[str]) -> list[tuple[str, float]]:
    """What is stacked: the first metrics, and what the last one has beyond them."""
    values = [(name, METRICS[name].of(row.counts) or 0.0) for name in metrics]
    if len(values) < 2:
        return values
    whole = values.pop()
    rest = whole[1] - sum(value for _, value in values)
    return [*values, (whole[0], max(0.0, rest))]


def _legend(metrics: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if len(metrics) < 2:
        return ()
    shown = [(TONES[name], METRICS[name].title) for name in metrics[:-1]]
    return (*shown, (TONES[metrics[-1]], "Neither"))


def _bars(report: Report, rows: Sequence[Any], metrics: list[str], name: Name) -> Chart | None:
    if len(rows) > MOST_BARS:
        return None
    most = _round_up(max(sum(value for _, value in _parts(row, metrics)) for row in rows))
    step = (WIDTH - LEFT) / len(rows)
    scale = (HEIGHT - BOTTOM - TOP) / most
    boxes, words = [], [Word(LEFT - 6, HEIGHT - BOTTOM, "0", "end")]
    for number, row in enumerate(rows):
        x, y = LEFT + number * step, float(HEIGHT - BOTTOM)
        said = ", ".join(f"{METRICS[each].title} {METRICS[each].of(row.counts):g}"
                         for each in metrics)  # fmt: skip
        for each, value in _parts(row, metrics):
            y -= value * scale
            title = f"{name(row)}: {said}"
            boxes.append(Box(x + step * 0.1, y, step * 0.8, value * scale, TONES[each], title))
    every = -(-len(rows) // MOST_NAMES)
    words += [Word(LEFT + (number + 0.5) * step, HEIGHT - 8, name(row))
              for number, row in enumerate(rows) if number % every == 0]  # fmt: skip
    grid = [(HEIGHT - BOTTOM - most * part * scale, most * part) for part in (0.5, 1.0)]
    words += [Word(LEFT - 6, y + 4, f"{value:g}", "end") for y, value in grid]
    lines = tuple(y for y, _ in grid)
    return Chart(report.title, WIDTH, HEIGHT, _seen(boxes), tuple(words), lines, _legend(metrics))


def _across(report: Report, rows: Sequence[Any], metrics: list[str], name: Name) -> Chart:
    ordered = sorted(rows, key=lambda row: -(METRICS[metrics[-1]].of(row.counts) or 0))[:MOST_ROWS]
    most = max((METRICS[metrics[-1]].of(row.counts) or 0 for row in ordered), default=0) or 1
    left, width = 200, WIDTH - 200 - 60
    boxes, words = [], []
    for number, row in enumerate(ordered):
        x, y = float(left), number * ROW + 4
        whole = METRICS[metrics[-1]].of(row.counts) or 0
        for each, value in _parts(row, metrics):
            size = value / most * width
            tone = TONES.get(each, "info")
            boxes.append(Box(x, y, size, ROW - 8, tone, f"{name(row)}: {whole:g}"))
            x += size
        words += [Word(left - 8, y + 14, _clip(name(row)), "end"),
                  Word(x + 6, y + 14, f"{whole:g}", "start")]  # fmt: skip
    height = len(ordered) * ROW + 4
    return Chart(report.title, WIDTH, height, _seen(boxes), tuple(words), (), _legend(metrics))


def _heat(report: Report, rows: Sequence[Any], link: Link) -> Chart:
    metric = METRICS[report.chart[1]]
    most = max(metric.of(row.counts) or 0 for row in rows) or 1
    cell = (WIDTH - 90) / 24
    boxes = [
        Box(90 + row.hour * cell, row.weekday * ROW + 20, cell - 2, ROW - 2, "info",
            f"{WEEKDAYS[row.weekday]} {row.hour:02}:00: {metric.title} {metric.of(row.counts):g}",
            max(1, round((metric.of(row.counts) or 0) / most * 10)), link(row))
        for row in rows if metric.of(row.counts)
    ]  # fmt: skip
    words = [Word(84, day * ROW + 37, text, "end") for day, text in enumerate(WEEKDAYS)]
    words += [Word(90 + (hour + 0.5) * cell, 12, f"{hour:02}") for hour in range(0, 24, 2)]
    return Chart(report.title, WIDTH, 7 * ROW + 22, tuple(boxes), tuple(words))


def _gantt(report: Report, rows: Sequence[Any], asked: Asked, name: Name) -> Chart | None:
    agents = sorted({row.agent for row in rows})
    if len(agents) > MOST_ROWS:
        return None
    start, end = min(row.start_at for row in rows), max(row.until_at for row in rows)
    left, scale = 150, (WIDTH - 150) / max(1.0, end - start)
    heights = {agent: number * ROW + 20 for number, agent in enumerate(agents)}
    boxes = [
        Box(left + (row.start_at - start) * scale, heights[row.agent],
            max(0.5, (row.until_at - row.start_at) * scale), ROW - 6, TONES.get(row.state, "idle"),
            f"{name(row)}: {AGENT_STATES.get(row.state, row.state)} {row.reason}".strip())
        for row in _wide_enough(rows, NARROWEST / scale)
    ]  # fmt: skip
    names = {row.agent: name(row) for row in rows}
    words = [Word(left - 8, number * ROW + 35, _clip(names[agent], 18), "end")
             for number, agent in enumerate(agents)]  # fmt: skip
    words += _clock(start, end, left, scale, asked)
    legend = tuple((TONES[state], text) for state, text in AGENT_STATES.items())
    height = len(agents) * ROW + 24
    return Chart(report.title, WIDTH, height, _seen(boxes), tuple(words), (), legend)


def _wide_enough(rows: Sequence[Any], seconds: float) -> list[Any]:
    """Rows by agent and time. Of those too short to be seen, as many as follow each other within
    `seconds` are drawn as one, in the state that most of it went into."""
    found: list[Any] = []
    short: list[Any] = []
    for row in rows:
        if short and (row.agent != short[0].agent or row.until_at - short[0].start_at > seconds):
            found.append(_as_one(short))
            short = []
        if row.until_at - row.start_at >= seconds:
            found.append(row)
        else:
            short.append(row)
    return [*found, _as_one(short)] if short else found


def _as_one(rows: Sequence[Any]) -> Any:
    longest = max(rows, key=lambda row: row.until_at - row.start_at)
    return replace(longest, start_at=rows[0].start_at, until_at=rows[-1].until_at)


def _clock(start: float, end: float, left: int, scale: float, asked: Asked) -> list[Word]:
    step = (end - start) / 6
    form = "%H:%M" if end - start < 86_400 else "%d. %H:%M"
    marks = [start + step * number for number in range(6)]
    return [
        Word(left + (at - start) * scale, 12, f"{datetime.fromtimestamp(at, asked.zone):{form}}",
             "start")
        for at in marks
    ]  # fmt: skip


def _seen(boxes: Sequence[Box]) -> tuple[Box, ...]:
    return tuple(box for box in boxes if box.width > 0 and box.height > 0)


def _round_up(value: float) -> float:
    """To a number that halves well: 2, 4, 6, 8, 10, 20, 40 …"""
    step = 1.0
    while True:
        for nice in (2, 4, 6, 8, 10):
            if value <= nice * step:
                return nice * step
        step *= 10


def _clip(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
