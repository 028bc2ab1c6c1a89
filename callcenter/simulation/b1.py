"""Benchmark B1 (docs/benchmarks.md) as scenario documents: a usual campaign, if none is known."""

from __future__ import annotations

from typing import Any

SHOCK_RATES = (0.10, 0.45, 0.18, 0.35, 0.25)


def b1(agents: int, *, shock: bool = False, **changes: Any) -> dict[str, Any]:
    """B1 with so many agents; with `shock` the human rate jumps each 30 min without notice."""
    document: dict[str, Any] = {
        "agents": agents,
        "shift_seconds": 28800,
        "patience_seconds": 2.0,
        "abandon_limit": 0.03,
        "outcomes": {
            "human": {
                "p": 0.25,
                "answer_seconds": {
                    "dist": "lognormal",
                    "mean": 8.5,
                    "cv": 0.6,
                    "offset": 1.5,
                    "max": 25,
                },
            },
            "machine": {
                "p": 0.30,
                "answer_seconds": {"dist": "lognormal", "mean": 12, "cv": 0.4, "offset": 6},
                "detect_seconds": 2.5,
            },
            "busy": {"p": 0.08, "after_seconds": {"dist": "constant", "value": 4}},
            "no_answer": {"after_seconds": 25},
        },
        "talk_seconds": {"dist": "lognormal", "mean": 120, "cv": 1},
        "wrap_up_seconds": {"dist": "lognormal", "mean": 20, "cv": 0.5},
    }
    if shock:
        document["timeline"] = [
            {"at": 1800 * index, "human_p": SHOCK_RATES[index % len(SHOCK_RATES)]}
            for index in range(16)
        ]
    return document | changes
