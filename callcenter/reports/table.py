"""The reports there are. A report is one module with `run(session, asked)` returning typed rows.

A row's `counts` answer the metrics (domain/metrics.py); every other column is an attribute of the
row, described here. Adding a report: a module, a line here; the page and the command follow.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from callcenter.domain.counts import Counts, total
from callcenter.domain.errors import NotFound
from callcenter.domain.metrics import COUNT, METRICS, SECONDS, SHARE, Metric
from callcenter.reports.asked import Asked
from callcenter.reports.seen import narrowed, seen_rows

# Units of columns that are no metric: how a value is written and what it links to.
PERIOD, INSTANT, QUEUE, AGENT, TEXT, WEEKDAY, HOUR, CALL, METRIC, OUTCOME, OF_METRIC = (
    "period", "instant", "queue", "agent", "text", "weekday", "hour", "call", "metric", "outcome",
    "of-metric",
)  # fmt: skip
STATE = "state"  # of an agent
NUMBER = "number"  # of a person outside: masked for some roles
PLACE = "place"  # where a caller was: see ivr_path.py
MONEY = "money"  # in units of the row's currency


@dataclass(frozen=True)
class Label:
    """A column that is an attribute of the row."""

    name: str
    title: str
    unit: str
    text: str = ""


@dataclass(frozen=True)
class Report:
    """`asks`: which of by, queue, agent the report heeds. `chart`: (kind, metrics drawn)."""

    name: str
    title: str
    text: str
    module: str
    labels: tuple[Label, ...]
    metrics: tuple[str, ...] = ()
    asks: tuple[str, ...] = ("queue",)
    chart: tuple[str, ...] = ()
    totals: bool = True

    @property
    def columns(self) -> tuple[Label | Metric, ...]:
        return (*self.labels, *(METRICS[name] for name in self.metrics))

    def run(self, session: Session, asked: Asked) -> list[Any]:
        """Rows that `asked.sight` lets through, numbers as it shows them. Raises Forbidden."""
        module = importlib.import_module(f"callcenter.reports.{self.module}")
        rows = module.run(session, narrowed(asked, self.asks))
        numbers = [label.name for label in self.labels if label.unit == NUMBER]
        return seen_rows(rows, numbers, asked.sight)

    def total(self, rows: Sequence[Any]) -> Counts | None:
        """All rows as one, where that means something."""
        if not (self.metrics and self.totals and rows):
            return None
        found = total(row.counts for row in rows)
        periods = {
            row.start_at: row.counts.period_seconds for row in rows if hasattr(row, "start_at")
        }
        return replace(found, period_seconds=sum(periods.values())) if periods else found


def shown_columns(report: Report, hidden: Collection[str]) -> list[Label | Metric]:
    """Without those that somebody took out; all, should none be left."""
    return [each for each in report.columns if each.name not in hidden] or list(report.columns)


def value_of(column: Label | Metric, row: Any) -> Any:
    return column.of(row.counts) if isinstance(column, Metric) else getattr(row, column.name)


_PERIOD = Label("start_at", "Period", PERIOD, "Begins here, in the site's time zone; half-open.")
_QUEUE = Label("queue", "Queue", QUEUE)
_AGENT = Label("agent", "Agent", AGENT)
_CALL = Label("call_id", "Call", CALL)
_CALLER = Label("caller_number", "Caller", NUMBER)
_LEAVING = (
    "abandoned", "short_abandoned", "timeout", "overflow", "no_agents", "left", "callback",
    "voicemail", "cut", "waiting",
)  # fmt: skip
_MET = (
    "offered", "answered", "abandoned", "short_abandoned", "abandonment_rate", "service_level",
    "asa", "longest_wait",
)  # fmt: skip
_HANDLED = ("talk", "hold", "wrap_up", "aht")

_LIST = (
    Report("interval", "Intervals", "What came in and how it was met, period by period.",
           "interval", (_PERIOD,), (*_MET, "mean_queue", *_HANDLED), ("by", "queue"),
           ("bars", "answered", "abandoned", "offered")),
    Report("queue", "Queues", "Each queue over the whole period.", "queue", (_QUEUE,),
           (*_MET, "mean_queue", "talks", *_HANDLED), ("queue",),
           ("across", "answered", "abandoned", "offered")),
    Report("agent", "Agents", "Conversations of each agent, and what signed-in time went into.",
           "agent", (_AGENT,), ("talks", "talk", "hold", "wrap_up", "mean_talk", "signed_in",
                                "ready", "ringing", "busy", "paused", "working_pauses",
                                "occupancy"), ("queue", "agent"), ("across", "talks")),
    Report("team", "Teams", "Each team: what its queues were offered, and what its agents did.",
           "team", (Label("title", "Team", TEXT),),
           ("offered", "answered", "abandoned", "abandonment_rate", "asa", "talks", "talk", "hold",
            "wrap_up", "signed_in", "ready", "busy", "paused", "occupancy"),
           ("queue", "agent"), ("across", "answered", "abandoned", "offered"), totals=False),
    Report("service-level", "Service level", "Each queue period by period, with every way out.",
           "service_level", (_PERIOD, _QUEUE),
           ("offered", "answered", "answered_within", "service_level", "abandonment_rate",
            *_LEAVING), ("by", "queue")),
    Report("waits", "Waiting times", "Calls by the seconds they waited, and how each ended.",
           "wait_distribution",
           (Label("waited", "Waited", TEXT, "Over the first, up to and with the second."),
            Label("within_share", "So far", SHARE, "Offered calls that waited no longer than this "
                  "row's upper edge ÷ all offered. Calls still waiting are left out.")),
           ("offered", "answered", "abandoned", "timeout", "voicemail", "left"), ("queue",),
           ("bars", "answered", "abandoned", "offered")),
    Report("heat-map", "Busiest hours", "When calls come: hour of the day by day of the week.",
           "heat_map", (Label("weekday", "Day", WEEKDAY), Label("hour", "Hour", HOUR)),
           ("offered", "answered", "abandoned", "service_level"), ("queue",), ("heat", "offered")),
    Report("comparison", "Compared", "This period beside the one of the same length before it.",
           "comparison",
           (Label("metric", "Figure", METRIC), Label("value", "This period", OF_METRIC),
            Label("before", "Period before", OF_METRIC),
            Label("change", "Change", SHARE, "(this − before) ÷ before.")), (), ("queue",)),
    Report("agent-activity", "Agents' day", "Each stretch ready, ringing, on a call, in wrap-up "
           "or paused.",
           "agent_activity",
           (_AGENT, Label("state", "State", STATE), Label("reason", "Reason", TEXT), _QUEUE,
            Label("start_at", "From", INSTANT), Label("until_at", "Until", INSTANT),
            Label("seconds", "Length", SECONDS)), (), ("agent",), ("gantt",)),
    Report("pauses", "Pauses", "Who paused why, how often and how long.", "pauses",
           (_AGENT, Label("reason", "Reason", TEXT),
            Label("times", "Times", COUNT, "Pauses that began in the period."),
            Label("seconds", "Paused", SECONDS, "Cut to the period."),
            Label("longest_seconds", "Longest", SECONDS, "Cut at midnight.")), (), ("agent",)),
    Report("unanswered", "Unanswered offers", "How often a phone rang and nobody picked it up.",
           "unanswered_offers", (_AGENT,), ("rings", "unanswered_rings", "unanswered_share"),
           ("queue", "agent"), ("across", "unanswered_rings")),
    Report("did", "Numbers dialed", "Calls by the number people dialed.", "did",
           (Label("dialed", "Number", TEXT),), ("calls", "answered_calls", "answer_share", "talk"),
           ("queue",), ("across", "calls")),
    Report("transfers", "Transfers", "Who handed calls to whom.", "transfers",
           (_QUEUE, Label("agent", "From", AGENT), Label("to_agent", "To", AGENT),
            Label("to_phone", "At phone", TEXT),
            Label("times", "Times", COUNT, "A conversation that followed another one, on another "
                  "phone, in the same call.")), (), ("queue", "agent")),
    Report("repeat-callers", "Repeat callers", "Numbers that called more than once.",
           "repeat_callers",
           (_CALLER, Label("first_at", "First", INSTANT), Label("last_at", "Last", INSTANT)),
           ("calls", "answered_calls"), ("queue",)),
    Report("resolution", "First-call resolution", "Whose matter was settled by one call.",
           "first_call_resolution", (_QUEUE,),
           ("answered", "returning", "first_call_resolution"), ("queue",)),
    Report("longest-waits", "Longest waits", "The 50 callers who waited longest.",
           "longest_waits",
           (_CALL, Label("at", "Entered", INSTANT), _CALLER, _QUEUE,
            Label("outcome", "Ended", OUTCOME),
            Label("seconds", "Waited", SECONDS, "From entering the queue to an answer or to "
                  "leaving it.")), (), ("queue",)),
    Report("short-calls", "Short calls", "Answered, but talked for less than 10 s.", "short_calls",
           (_CALL, Label("at", "Began", INSTANT), _CALLER, _QUEUE, _AGENT,
            Label("ended_by", "Ended by", TEXT),
            Label("seconds", "Talked", SECONDS, "Conversation without hold.")), (),
           ("queue", "agent")),
    Report("trunks", "Trunk use", "How busy the lines out of the house were.", "trunk_use",
           (_PERIOD, Label("trunk", "Trunk", TEXT),
            Label("began", "Calls", COUNT, "Channels that began in the period."),
            Label("seconds", "In use", SECONDS, "Seconds of all channels, cut to the period."),
            Label("at_once", "At once", COUNT, "The most channels up at the same moment.")), (),
           ("by",)),
    Report("ivr-path", "Callers' ways", "Where callers go, and where they hang up.", "ivr_path",
           (Label("step", "Step", COUNT, "1 is the number dialed; a menu that plays again is "
                  "another step. What follows the eighth is one."),
            Label("place", "From", PLACE), Label("then", "To", PLACE),
            Label("share", "Share", SHARE, "Of the calls that were there as that step.")),
           ("calls",), ("queue",), ("sankey",), totals=False),
    Report("dispositions", "Dispositions", "What calls came to, in the agents' own words.",
           "dispositions",
           (_QUEUE, Label("campaign", "Campaign", TEXT), Label("disposition", "Disposition", TEXT),
            Label("share", "Share", SHARE, "Of all dispositions of this queue or campaign.")),
           ("calls",), ("queue", "agent"), ("across", "calls")),
    Report("cost", "Call cost", "What answered calls over trunks cost, by the table of rates.",
           "cost",
           (_PERIOD, Label("trunk", "Trunk", TEXT), Label("direction", "Direction", TEXT), _QUEUE,
            Label("calls", "Calls", COUNT, "Calls with a channel on this trunk that somebody "
                  "answered."),
            Label("unrated", "Without rate", COUNT, "Of them those whose number no rate covers; in "
                  "no cost."),
            Label("billed_seconds", "Billed", SECONDS, "From the carrier's answer to the end, in "
                  "the rate's minimum and increments."),
            Label("cost", "Cost", MONEY, "Connection fee + billed minutes × price of the longest "
                  "prefix in force on the day the call began; of equal ones the trunk's own."),
            Label("currency", "Currency", TEXT)), (), ("by", "queue")),
)  # fmt: skip
REPORTS: dict[str, Report] = {report.name: report for report in _LIST}


def report_named(name: str) -> Report:
    """Raises NotFound."""
    if name not in REPORTS:
        raise NotFound(f"there is no report {name!r}; choose one of {', '.join(REPORTS)}")
    return REPORTS[name]
