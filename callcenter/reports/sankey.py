"""Callers' ways as a Sankey picture: a column a step, a block a place, a band a flow.

Blocks and bands are as high as they have calls. Small ones that nobody could see are left to the
table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from callcenter.reports.charts import WIDTH, Band, Box, Chart, Word

HEIGHT, GAP, BLOCK, TOP = 420.0, 14.0, 10.0, 6.0
LABEL_ROOM = 150.0  # right of the last column
LETTER = 6.4  # width of one, about
LEAST_SHARE = 0.004  # of all calls: smaller flows are not drawn
LEAST_HEIGHT = 1.5
MOST_IN_COLUMN = 16
END = "end:"
TONES = {
    "did": "idle", "hours": "info", "menu": "calm", "queue": "warn", "message": "idle",
    "voicemail": "calm", "journey": "calm", "phone": "info", "ring-group": "info",
    "further": "idle", "end:answered": "good", "end:abandoned": "bad", "end:left": "bad",
    "end:failed": "bad", "end:cut": "bad", "end:not_answered": "bad", "end:voicemail": "calm",
    "end:callback": "calm", "end:self_service": "calm",
}  # fmt: skip
Spot = tuple[int, str]  # step, place


@dataclass
class Block:
    """`taken_in`, `taken_out`: how far from its top bands are fastened already."""

    spot: Spot
    calls: int
    y: float = 0.0
    height: float = 0.0
    taken_in: float = 0.0
    taken_out: float = 0.0
    sources: list[tuple[Spot, int]] = field(default_factory=list)


def sankey(
    title: str, rows: Sequence[Any], name: Callable[[Any], str], link: Callable[[Any], str]
) -> Chart | None:
    """`rows`: ivr_path.FlowRow. `name` is given a place and gives its words."""
    flows = _seen(rows)
    if not flows:
        return None
    columns = _columns(flows)
    scale = _scale(columns)
    blocks = {block.spot: block for column in columns for block in column}
    for column in columns:
        _stack(column, blocks, scale)
    step_width = (WIDTH - LABEL_ROOM - BLOCK) / max(1, len(columns) - 1)
    first = min(step for step, _ in blocks)
    x_of = {spot: (spot[0] - first) * step_width for spot in blocks}
    bands = tuple(_bands(flows, blocks, x_of, scale, name, link))
    boxes, words = [], []
    for spot, block in blocks.items():
        said = f"{name(spot[1])}: {block.calls:,} calls"
        tone = _tone(spot[1])
        boxes.append(Box(x_of[spot], block.y, BLOCK, max(block.height, LEAST_HEIGHT), tone, said))
        room = int((step_width if x_of[spot] + step_width < WIDTH else LABEL_ROOM) / LETTER) - 3
        text = _fitting(name(spot[1]), block.calls, max(8, room))
        words.append(Word(x_of[spot] + BLOCK + 4, _middle(block), text, "start"))
    height = max(block.y + block.height for block in blocks.values()) + GAP
    return Chart(title, WIDTH, int(height) + 1, tuple(boxes), tuple(words), bands=bands)


def _seen(rows: Sequence[Any]) -> list[Any]:
    first = min((row.step for row in rows), default=0)
    whole = sum(row.counts.calls for row in rows if row.step == first)
    flows = [row for row in rows if row.counts.calls >= whole * LEAST_SHARE]
    drawn: list[Any] = []
    reached: set[Spot] = set()
    for row in sorted(flows, key=lambda row: row.step):
        # What begins at a place that is not drawn would hang in the air.
        if row.step == first or (row.step, row.place) in reached:
            drawn.append(row)
            reached.add((row.step + 1, row.then))
    return drawn


def _columns(flows: Sequence[Any]) -> list[list[Block]]:
    calls: dict[Spot, int] = defaultdict(int)
    sources: dict[Spot, list[tuple[Spot, int]]] = defaultdict(list)
    into: dict[Spot, int] = defaultdict(int)
    for row in flows:
        here, there = (row.step, row.place), (row.step + 1, row.then)
        calls[here] += row.counts.calls
        into[there] += row.counts.calls
        sources[there].append((here, row.counts.calls))
    steps: dict[int, list[Block]] = defaultdict(list)
    for spot in calls.keys() | into.keys():
        count = max(calls.get(spot, 0), into.get(spot, 0))
        steps[spot[0]].append(Block(spot, count, sources=sources[spot]))
    return [sorted(steps[step], key=lambda block: (-block.calls, block.spot))[:MOST_IN_COLUMN]
            for step in sorted(steps)]  # fmt: skip


def _scale(columns: Sequence[Sequence[Block]]) -> float:
    """Height of one call, so that the fullest column fits."""
    return min(
        (HEIGHT - GAP * (len(column) - 1)) / sum(block.calls for block in column)
        for column in columns
    )


def _stack(column: list[Block], blocks: dict[Spot, Block], scale: float) -> None:
    """By where their calls come from, so that bands cross little; ends below places that go on."""

    def from_where(block: Block) -> tuple[bool, float, int]:
        known = [(blocks[spot].y, calls) for spot, calls in block.sources if spot in blocks]
        whole = sum(calls for _, calls in known) or 1
        return (
            block.spot[1].startswith(END),
            sum(y * calls for y, calls in known) / whole,
            -block.calls,
        )

    y = TOP
    for block in sorted(column, key=from_where):
        block.y, block.height = y, block.calls * scale
        y += max(block.height, LEAST_HEIGHT) + GAP


def _bands(
    flows: Sequence[Any],
    blocks: dict[Spot, Block],
    x_of: dict[Spot, float],
    scale: float,
    name: Callable[[Any], str],
    link: Callable[[Any], str],
) -> list[Band]:
    drawn = [
        (row, blocks[row.step, row.place], blocks[row.step + 1, row.then])
        for row in flows
        if (row.step, row.place) in blocks and (row.step + 1, row.then) in blocks
    ]
    found = []
    for row, here, there in sorted(drawn, key=lambda each: (each[1].y, each[2].y)):
        height = max(row.counts.calls * scale, LEAST_HEIGHT / 2)
        said = f"{name(row.place)} → {name(row.then)}: {row.counts.calls:,} ({row.share:.0%})"
        found.append(
            Band(x_of[here.spot] + BLOCK, here.y + here.taken_out, x_of[there.spot],
                 there.y + there.taken_in, height, _tone(row.then), said, link(row))
        )  # fmt: skip
        here.taken_out += row.counts.calls * scale
        there.taken_in += row.counts.calls * scale
    return found


def _middle(block: Block) -> float:
    return block.y + max(block.height, LEAST_HEIGHT) / 2 + 4


def _tone(place: str) -> str:
    return TONES.get(place) or TONES.get(place.partition(":")[0], "idle")


def _fitting(words: str, calls: int, most: int) -> str:
    number = f" {calls:,}"
    room = most - len(number)
    return (words if len(words) <= room else words[: max(1, room - 1)] + "…") + number
