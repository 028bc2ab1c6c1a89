"""Opening rules as the spans that GotoIfTime understands."""

from __future__ import annotations

from datetime import time

from callcenter.domain.site import Hours, OpeningRule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_MINUTE = 23 * 60 + 59


def spans(hours: Hours) -> list[tuple[str, str]]:
    """`[("09:00-17:59", "mon"), …]`: both ends included, none over midnight."""
    return [span for rule in hours.rules for span in _of_rule(rule)]


def _of_rule(rule: OpeningRule) -> list[tuple[str, str]]:
    opens, closes = _minutes(rule.opens), _minutes(rule.closes)
    found = []
    for day in rule.weekdays:
        if closes > opens:
            found.append((_span(opens, closes - 1), WEEKDAYS[day]))
            continue
        # Over midnight: the rest belongs to the next day. 00:00 is the end of this one.
        found.append((_span(opens, LAST_MINUTE), WEEKDAYS[day]))
        if closes:
            found.append((_span(0, closes - 1), WEEKDAYS[(day + 1) % 7]))
    return found


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _span(first: int, last: int) -> str:
    return f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}"
