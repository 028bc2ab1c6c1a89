"""Rows of a run → curves and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.simulation.curves import Curves, Series, curves
from callcenter.simulation.what_if import POLICIES

# Told apart by dashes too: not everybody sees the colours.
LOOKS: dict[str, tuple[str, int]] = {
    "predictive": ("good", 0),
    "progressive": ("info", 1),
    "ratio:1.5": ("warn", 2),
    "ratio:2": ("warn", 3),
    "vicidial-hard-limit": ("bad", 1),
    "vicidial-ready-only": ("bad", 2),
    "issabel-overcommit": ("calm", 1),
    "webitel": ("idle", 2),
}
Row = Mapping[str, Any]


def pictures(
    asked: Mapping[str, Any], rows: Sequence[Row], was: Mapping[str, float] | None, was_on: str
) -> list[Curves]:
    """`was`: the last day as it was, a point among the lines."""
    limit = float(asked["abandon_limit"])

    def shown(figure: str) -> list[Series]:
        lines = _lines(rows, figure)
        if was and lines:
            points = [(was["mean_agents"], was[figure])]
            lines.append(Series(f"{was_on}, as it was", points, "idle"))
        return lines

    found = (
        curves("Agents at work (talk and wrap-up ÷ staffed time)", shown("utilisation")),
        curves(
            "People who answered and got no agent",
            shown("abandonment"),
            from_zero=True,
            level=(limit, f"limit {limit:.1%}"),
        ),
    )
    return [each for each in found if each is not None]


def _lines(rows: Sequence[Row], figure: str) -> list[Series]:
    return [
        Series(
            title,
            sorted((row["agents"], row[figure]) for row in rows if row["policy"] == name),
            *LOOKS[name],
        )
        for name, title in POLICIES.items()
        if any(row["policy"] == name for row in rows)
    ]


def table(asked: Mapping[str, Any], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The asked team under each policy, then the other teams."""
    titled = [
        {**row, "title": POLICIES.get(row["policy"], row["policy"]),
         "asked": row["agents"] == asked["agents"],
         "over": row["abandonment"] > asked["abandon_limit"]}
        for row in rows
    ]  # fmt: skip
    order = list(POLICIES)
    return sorted(
        titled, key=lambda row: (not row["asked"], row["agents"], order.index(row["policy"]))
    )
