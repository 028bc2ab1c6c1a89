"""Where a number of a report leads: the filters of the call list that show the calls behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.domain.metrics import METRICS, Metric
from callcenter.domain.sight import MASK
from callcenter.reports.asked import Asked
from callcenter.reports.calls_behind import hour_of_week
from callcenter.reports.comparison import period_before
from callcenter.reports.table import Label, Report

DEFAULT_THRESHOLDS = (20, 5)


def behind(report: Report, column: Label | Metric, row: Any, asked: Asked) -> dict[str, str] | None:
    """None: there is no such list (time signed in)."""
    if report.name == "comparison":
        asked = _compared(column, asked)
        column = METRICS[row.metric]
    if report.name == "dispositions" and not hasattr(row, "disposition"):
        return None
    special = _special(report, column, row)
    if special is not None:
        return _place(row, asked) | special
    if not isinstance(column, Metric) or column.behind is None:
        return None
    wanted = {"counted": "visits"} | column.behind
    place = _place(row, asked)
    if not _with_thresholds(wanted, place.get("queue", ""), asked):
        return None
    if hasattr(row, "team"):
        wanted |= {"team": row.team}
    if hasattr(row, "weekday"):
        wanted |= {"hour_of_week": str(hour_of_week(row.weekday, row.hour))}
    if wanted["counted"] == "visits" and hasattr(row, "over_seconds"):
        wanted |= _waits(row)
    if wanted["counted"] == "calls":
        wanted |= {"direction": "inbound"}
        wanted |= {"dialed": row.dialed} if hasattr(row, "dialed") else {}
        number = getattr(row, "caller_number", "")
        if MASK in number:
            return None
        wanted |= {"number": number} if number else {}
    return place | wanted


def _special(report: Report, column: Label | Metric, row: Any) -> dict[str, str] | None:
    """Columns whose calls no visit or talk tells."""
    match report.name, column.name:
        case "unanswered", "rings":
            return {"ring": "agent_rang"}
        case "unanswered", "unanswered_rings" | "unanswered_share":
            return {"ring": "no_answer"}
        case "trunks", "began":
            return {"counted": "channels-begun", "trunk": row.trunk}
        case "trunks", "seconds":
            return {"counted": "channels", "trunk": row.trunk}
        case "transfers", "times":
            moved = {"to_agent": row.to_agent, "to_phone": row.to_phone}
            return {"counted": "transfers"} | {name: to for name, to in moved.items() if to}
        case "ivr-path", "calls" | "share":
            flow = {"step": str(row.step), "place": row.place, "then": row.then}
            return {"counted": "path", "direction": "inbound"} | flow
        case "dispositions", "calls" | "share" if hasattr(row, "disposition"):
            said = {"disposition": row.disposition, "campaign": row.campaign}
            return {"counted": "dispositions"} | {key: text for key, text in said.items() if text}
        case "cost", "calls" | "billed_seconds" | "cost" if row.whole:
            return {"counted": "billed", "trunk": row.trunk, "direction": row.direction}
        case "cost", "unrated" if row.whole:
            return {"counted": "unrated", "trunk": row.trunk, "direction": row.direction}
    return None


def _compared(column: Label | Metric, asked: Asked) -> Asked:
    """The period that a column of the comparison is about; a change is about both."""
    if column.name == "before":
        return period_before(asked)
    return replace(asked, since=period_before(asked).since) if column.name == "change" else asked


def _place(row: Any, asked: Asked) -> dict[str, str]:
    since = getattr(row, "start_at", asked.since)
    until = getattr(row, "until_at", asked.until)
    queue = getattr(row, "queue", "") or "".join(asked.queues)
    agent = getattr(row, "agent", "") or "".join(asked.agents)
    found = {"from": local_text(since, asked.zone), "to": local_text(until, asked.zone)}
    found |= {"queue": queue} if queue else {}
    return found | ({"agent": agent} if agent and hasattr(row, "agent") else {})


def local_text(at: float, zone: ZoneInfo) -> str:
    """`2026-11-23T14:05`, with the offset in the hour that comes twice."""
    local = datetime.fromtimestamp(at, zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = local.utcoffset() or timedelta(0)
    # A gap in spring has two offsets too, but no clock ever shows a time in it.
    return local.replace(tzinfo=None).isoformat(timespec="minutes") + (
        _offset_text(offset) if twice else ""
    )


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _with_thresholds(wanted: dict[str, str], queue: str, asked: Asked) -> bool:
    """Turns `short` and `within` into seconds; False when the queues shown differ in them."""
    place = {"within": 0, "short": 1}
    for name in place.keys() & wanted.keys():
        del wanted[name]
        pairs = asked.thresholds.values() if not queue else [asked.thresholds.get(queue)]
        seconds = {(pair or DEFAULT_THRESHOLDS)[place[name]] for pair in pairs}
        if len(seconds) != 1:
            return False
        wanted["wait_up_to"] = str(seconds.pop())
    return True


def _waits(row: Any) -> dict[str, str]:
    found = {"wait_over": str(row.over_seconds)} if row.over_seconds else {}
    return found | ({} if row.up_to_seconds is None else {"wait_up_to": str(row.up_to_seconds)})
