"""The query string of the call list ↔ a typed filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.domain.display import display_text
from callcenter.domain.errors import InvalidInput
from callcenter.reports.call_list import SORT_COLUMNS, CallFilter
from callcenter.reports.calls_behind import Behind
from callcenter.reports.keyset import LONGEST_CURSOR

RECORDED = {"": None, "yes": True, "no": False}
LONGEST_TEXT = 80
NAMES = ("from", "to", "number", "queue", "agent", "outcome", "direction", "recorded")
# What the numbers of reports link with; the form carries them on without showing a field.
FROM_REPORTS = (
    "counted", "visit_outcome", "wait_over", "wait_up_to", "dialed", "trunk", "ring",
    "hour_of_week", "returning", "to_agent", "to_phone", "step", "place", "then", "disposition",
    "campaign", "team",
)  # fmt: skip
TODAY = "today"  # what the wallboard's numbers link with, so that they open to today's calls


@dataclass(frozen=True)
class Asked:
    """`kept` is what the form shows again and what every link on the page carries on."""

    chosen: CallFilter
    sort: str
    descending: bool
    page: int  # 0: of a page that is reached by a cursor from the end
    after: str  # cursors of call_list
    before: str
    kept: dict[str, str]

    @property
    def address(self) -> dict[str, Any]:
        """What every link to this very list carries on, its order too."""
        return self.kept | {"sort": self.sort, "order": "down" if self.descending else "up"}

    def ordered_by(self, column: str) -> dict[str, Any]:
        """The same calls in the order of a column; of the one they are in, turned round."""
        turned = self.sort == column and self.descending
        return self.kept | {"sort": column, "order": "up" if turned else "down"}


def read_filters(query: Mapping[str, str], zone: str) -> Asked:
    """Raises InvalidInput on a value that no form of ours sends."""
    names = (*NAMES, *FROM_REPORTS)
    kept = {name: display_text(query.get(name, "")).strip()[:LONGEST_TEXT] for name in names}
    if kept["from"] == TODAY:
        kept["from"] = f"{datetime.now(ZoneInfo(zone)):%Y-%m-%d}T00:00"
    if kept["recorded"] not in RECORDED:
        raise InvalidInput("recorded is yes, no or empty")
    sort = query.get("sort", "started")
    if sort not in SORT_COLUMNS:
        raise InvalidInput(f"calls can be sorted by {', '.join(SORT_COLUMNS)}")
    return Asked(
        CallFilter(
            since=_instant(kept["from"], zone),
            until=_instant(kept["to"], zone),
            number=kept["number"],
            queue=kept["queue"],
            agent=kept["agent"],
            outcome=kept["outcome"],
            direction=kept["direction"],
            recorded=RECORDED[kept["recorded"]],
            counted=kept["counted"],
            visit_outcome=kept["visit_outcome"],
            wait_over=_seconds(kept["wait_over"]),
            wait_up_to=_seconds(kept["wait_up_to"]),
            dialed=kept["dialed"],
            trunk=kept["trunk"],
            ring=kept["ring"],
            behind=_behind(kept, zone),
        ),
        sort,
        query.get("order", "down") != "up",
        _page(query.get("page", "1")),
        query.get("after", "")[:LONGEST_CURSOR],
        query.get("before", "")[:LONGEST_CURSOR],
        {name: value for name, value in kept.items() if value},
    )


def _instant(text: str, zone: str) -> float | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        # An offset stands there only for the hour that comes twice in autumn.
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).timestamp()
    except (ValueError, OverflowError):
        raise InvalidInput("write times as 2026-11-23T14:05") from None


def _behind(kept: Mapping[str, str], zone: str) -> Behind:
    return Behind(
        hour_of_week=int(kept["hour_of_week"]) if _is_number(kept["hour_of_week"]) else None,
        zone=zone,
        returning=kept["returning"] == "yes",
        to_agent=kept["to_agent"],
        to_phone=kept["to_phone"],
        step=int(kept["step"]) if _is_number(kept["step"]) else 0,
        place=kept["place"],
        then=kept["then"],
        disposition=kept["disposition"],
        campaign=kept["campaign"],
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4


def _seconds(text: str) -> float | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise InvalidInput("write seconds as a whole number")
    return float(text)


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
