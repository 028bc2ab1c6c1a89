"""What Asterisk wrote of its calls, for tests that wait for a moment nobody outside can see."""

from __future__ import annotations

import csv

from tests.stack import Stack, eventually


def cel_rows(stack: Stack) -> list[list[str]]:
    """Every whole row, oldest first."""
    path = stack.settings.asterisk_log / "cel-custom/cel.csv"
    if not path.exists():
        return []
    whole, _, _half_written = path.read_text(errors="replace").rpartition("\n")
    return list(csv.reader(whole.splitlines()))


def wait_played(stack: Stack, sound: str, after: int, times: int = 1) -> None:
    """Until that sound began to play for the `times`-th time since the row number `after`."""

    def played() -> bool:
        wanted = f'"sound":"{sound}"'
        rows = [row for row in cel_rows(stack)[after:] if row[0] == "STREAM_BEGIN"]
        return sum(wanted in row[14] for row in rows) >= times

    eventually(played, 15, f"{sound} to be played {times} times")
