"""Templates read like code: no line needs scrolling sideways."""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 100  # as for Python
TEMPLATES = sorted(
    path
    for path in (CHECKOUT / "web").rglob("templates/**/*.html")
    if "node_modules" not in path.parts
)


def test_no_line_of_a_template_is_too_long() -> None:
    assert len(TEMPLATES) > 50
    long = [
        f"{path.relative_to(CHECKOUT)}:{number}: {len(line)}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long, "one element a line, and macros for what repeats: " + ", ".join(long)
