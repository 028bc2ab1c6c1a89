"""The last hour of a campaign's pacing as lines, its reasons as bands behind them and as a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.db.models.dialing import PacingDecisionRow
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign
from callcenter.simulation.curves import Curves, Series, Span, over_time, with_bands

CHART_SECONDS = 3600.0
LEAST_CHART_SECONDS = 600.0
REASONS_SHOWN = 8
CAREFUL, STOPPED = "One line per free agent", "Not dialing"


def pictures(
    rows: list[PacingDecisionRow], now: float, zone: ZoneInfo, campaign: Campaign
) -> list[Curves]:
    """The second one is of the risk, which is taken in predictive campaigns alone."""
    if not rows:
        return []
    since = max(now - CHART_SECONDS, min(now - LEAST_CHART_SECONDS, rows[0].at))
    marks = _marks(since, now, zone)

    def line(name: str, of: Callable[[PacingDecisionRow], float], tone: str, dash: int) -> Series:
        return Series(name, [(max(row.at, since), of(row)) for row in rows], tone, dash)

    waiting = [line("Waiting for an agent", lambda row: row.waiting, "bad", 1)]
    if campaign.mode in MODES_WITH_AGENTS:
        title, lines = "Agents and calls", [
            line("Agents", lambda row: row.agents, "good", 0),
            line("Agents ready", lambda row: row.agents_ready, "good", 2),
            line("Calls that may need one", lambda row: row.in_flight, "info", 0),
            *waiting,
        ]  # fmt: skip
    else:
        title, lines = "Lines", [
            line("In use", lambda row: row.in_flight, "info", 0),
            line("Free", lambda row: row.free_lines, "good", 2),
            *(waiting if campaign.reaches_agents else ()),
        ]  # fmt: skip
    agents = over_time(title, lines, since, now, marks)
    risk = over_time(
        "Pacing: chance that the next call finds no agent",
        [
            line("The next call", lambda row: row.no_agent_probability, "warn", 0),
            line("What the budget allows", lambda row: row.threshold, "good", 1),
        ],
        since, now, marks, shares=True,
    )  # fmt: skip
    if risk is not None:
        risk = with_bands(risk, _spans(rows, now), since, now)
    return [
        each
        for each in ((agents, risk) if campaign.mode == "predictive" else (agents,))
        if each is not None
    ]


def reasons(rows: list[PacingDecisionRow]) -> list[PacingDecisionRow]:
    """The newest first, one for each time the reason changed."""
    changed: list[PacingDecisionRow] = []
    for row in rows:
        if not changed or changed[-1].reason != row.reason:
            changed.append(row)
    return changed[::-1][:REASONS_SHOWN]


def _spans(rows: list[PacingDecisionRow], now: float) -> list[Span]:
    """When no risk was taken, and why."""
    found: list[Span] = []
    for row, end in zip(rows, [*(row.at for row in rows[1:]), now], strict=True):
        if row.threshold > 0:
            continue
        name, tone, height = (
            (CAREFUL, "calm", 0.3) if "one line" in row.reason else (STOPPED, "idle", 1.0)
        )
        before = found[-1] if found else None
        if before and before.until == row.at and before.says == row.reason:
            found[-1] = replace(before, until=end)
        else:
            found.append(Span(row.at, end, name, tone, height, row.reason))
    return found


def _marks(since: float, now: float, zone: ZoneInfo) -> list[tuple[float, str]]:
    step = next(each for each in (120.0, 300.0, 600.0) if each == 600 or (now - since) / each < 7)
    first = since // step * step + step
    last = now - (now - since) * 0.02  # what is written at the edge is cut off
    found = [first + step * number for number in range(int((last - first) // step) + 1)]
    return [(at, f"{datetime.fromtimestamp(at, zone):%H:%M}") for at in found]
