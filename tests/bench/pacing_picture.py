"""What a pacing run came to, as docs/benchmarks.md shows it: a table, and a picture as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from operator import itemgetter
from typing import Any

from callcenter.simulation.curves import Curves, Series, curves

Row = dict[str, Any]
OVER = " (over)"  # in some shift more than the limit were abandoned
TITLES = {"b1": "B1", "shock": "B1-shock"}
BEST_RATIO = "ratio, best in hindsight"
# The look-ahead of shared/reference/dialer.md, and the best that is possible in its Markov version.
LOOK_AHEAD = {
    "b1": {5: 0.75, 10: 0.823, 20: 0.875, 50: 0.926, 100: 0.953},
    "shock": {5: 0.716, 10: 0.796, 20: 0.862, 50: 0.921, 100: 0.950},
}
BOUND = {"b1": {3: 0.793, 5: 0.815, 10: 0.855, 20: 0.899, 50: 0.944, 100: 0.966}}
# Read on white and on black: GitHub shows the file on either.
COLOURS = {
    "predictive": "#1f9d5b", "progressive": "#3b82c4", "vicidial-hard-limit": "#d0453c",
    "vicidial-average": "#d0453c", "vicidial-tapered": "#d0453c", "vicidial-ready-only": "#e0803a",
    "issabel": "#8a63c9", "issabel-overcommit": "#8a63c9", "webitel": "#7b8794",
    "wombat:3": "#b58a1b", BEST_RATIO: "#b58a1b", "look-ahead reference": "#7b8794",
    "best possible": "#7b8794",
}  # fmt: skip
DASHES = {
    "vicidial-average": "7 4", "vicidial-tapered": "2 4", "issabel-overcommit": "7 4",
    "look-ahead reference": "2 4", "best possible": "9 3 2 3", "webitel": "7 4",
    BEST_RATIO: "7 4",
}  # fmt: skip


def table(rows: Sequence[Row], cell: str) -> str:
    """Markdown: utilisation (abandonment; shifts over the limit)."""
    of = _in_hindsight(row for row in rows if row["cell"] == cell)
    sizes = sorted({row["agents"] for row in of})
    lines = [
        "| policy | " + " | ".join(f"N={size}" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    found = {(row["policy"], row["agents"]): row for row in of}
    for policy in dict.fromkeys(row["policy"] for row in sorted(of, key=_best_first)):
        cells = [_written(found.get((policy, size))) for size in sizes]
        lines.append(f"| {policy} | " + " | ".join(cells) + " |")
    reference = LOOK_AHEAD.get(cell, {})
    if any(size in reference for size in sizes):
        cells = [f"{reference[size]:.3f}" if size in reference else "–" for size in sizes]
        lines.append("| *look-ahead reference* | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _in_hindsight(rows: Iterable[Row]) -> list[Row]:
    """Of all ratios, for each team size the best that kept the limit in every shift: nobody could
    have known it in advance. `ratio` says which it was."""
    found = list(rows)
    others = [row for row in found if not row["policy"].startswith("ratio:")]
    lawful = [row for row in found if row not in others and not row["shifts_over_limit"]]
    best = [
        max((row for row in lawful if row["agents"] == size), key=itemgetter("utilisation"))
        for size in sorted({row["agents"] for row in lawful})
    ]
    return others + [
        row | {"policy": BEST_RATIO, "ratio": row["policy"].removeprefix("ratio:")} for row in best
    ]


def _best_first(row: Row) -> float:
    return 0.0 if row["policy"] == "predictive" else 1.0


def _written(row: Row | None) -> str:
    if row is None:
        return "–"
    ratio = f"; × {row['ratio']}" if "ratio" in row else ""
    return (
        f"{row['utilisation']:.3f} ({row['abandonment']:.2%}; {row['shifts_over_limit']}{ratio})"
    ).replace("%", " %")


def picture(rows: Sequence[Row], cell: str) -> str:
    """SVG by itself, for docs/."""
    of = _in_hindsight(row for row in rows if row["cell"] == cell)
    over = {row["policy"] for row in of if row["shifts_over_limit"]}
    series = [
        Series(policy + (OVER if policy in over else ""), sorted((row["agents"], row["utilisation"])
                              for row in of if row["policy"] == policy), "")
        for policy in dict.fromkeys(row["policy"] for row in of)
    ]  # fmt: skip
    sizes = {row["agents"] for row in of}
    for name, values in (("look-ahead reference", LOOK_AHEAD), ("best possible", BOUND)):
        points = [(n, y) for n, y in sorted(values.get(cell, {}).items()) if n in sizes]
        series.append(Series(name, points, ""))
    drawn = curves(
        f"{TITLES.get(cell, cell)}: utilisation by agents (over: some shift broke the limit)",
        series,
    )
    return _svg(drawn) if drawn else ""


def _svg(drawn: Curves) -> str:
    per_row, step = 3, 18
    foot = drawn.height + 8 + step * -(-len(drawn.lines) // per_row)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -24 {drawn.width} {foot + 24}" '
        'font-family="sans-serif" font-size="12" fill="#7b8794" role="img">',
        f'<text x="{drawn.left}" y="-8" font-size="14">{escape(drawn.title)}</text>',
    ]
    for mark in drawn.y_marks:
        parts.append(
            f'<path d="M{drawn.left} {mark.at}H{drawn.right}" stroke="#7b8794" '
            f'stroke-opacity=".3"/><text x="{drawn.left - 6}" y="{mark.at + 4}" '
            f'text-anchor="end">{mark.text}</text>'
        )
    for mark in drawn.x_marks:
        parts.append(
            f'<text x="{mark.at}" y="{drawn.bottom + 18}" text-anchor="middle">{mark.text}</text>'
        )
    for place, line in enumerate(drawn.lines):
        name = line.name.removesuffix(OVER)
        look = f'stroke="{COLOURS.get(name, "#7b8794")}" fill="none" stroke-width="2"'
        look += f' stroke-dasharray="{DASHES[name]}"' if name in DASHES else ""
        x = drawn.left + place % per_row * (drawn.width - drawn.left) // per_row
        y = drawn.height + 8 + place // per_row * step
        parts.append(f'<polyline points="{line.path}" {look}/>')
        parts.append(f'<path d="M{x} {y - 4}h28" {look}/>')
        parts.append(f'<text x="{x + 34}" y="{y}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
