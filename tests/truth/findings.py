"""What a comparison found: mismatches by kind with examples, and the worst error in time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SECONDS_ALLOWED = 1.0
EXAMPLES_A_KIND = 5


@dataclass
class Findings:
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    compared: int = 0
    worst_seconds: dict[str, float] = field(default_factory=dict)  # kind → error of one part
    at_edge: int = 0  # instants so near to a border that the phones cannot tell its side

    def same(self, kind: str, of: object, books: Any, truth: Any) -> bool:
        """Exactly the same."""
        self.compared += 1
        if books != truth:
            self.wrong(kind, f"{of}: the books say {books!r}, it was {truth!r}")
        return bool(books == truth)

    def near(
        self, kind: str, of: object, books: float | None, truth: float, parts: int = 1
    ) -> None:
        """Within a second; for a sum, within a second for each of its parts."""
        self.compared += 1
        error = abs(books - truth) / max(1, parts) if books is not None else float("inf")
        self.worst_seconds[kind] = max(error, self.worst_seconds.get(kind, 0.0))
        if error > SECONDS_ALLOWED:
            self.wrong(kind, f"{of}: the books say {books}, it was {truth:.3f} ({parts} parts)")

    def wrong(self, kind: str, example: str) -> None:
        self.kinds[kind] += 1
        kept = self.examples.setdefault(kind, [])
        if len(kept) < EXAMPLES_A_KIND:
            kept.append(example)
