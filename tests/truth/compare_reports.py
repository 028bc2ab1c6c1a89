"""Each figure of each report beside what the truth adds up to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval
from callcenter.domain.counts import EXITS, LARGEST, Counts
from callcenter.domain.metrics import METRICS, SECONDS
from callcenter.domain.periods import next_start, period_start
from callcenter.reports.asked import Asked
from callcenter.reports.call_list import CallFilter, call_list
from callcenter.reports.table import REPORTS
from tests.truth import reckon
from tests.truth.findings import Findings
from tests.truth.site import RING_SECONDS, direct_did
from tests.truth.told import TrueCall
from tests.truth.traffic import Shift

COMPARED = (*EXITS, "short_abandoned", "answered_within", "wait_seconds", "abandon_wait_seconds",
            "longest_wait_seconds", "talks", "talk_seconds", "hold_seconds")  # fmt: skip
# A sum of seconds is of so many parts.
PARTS = {"wait_seconds": "answered", "abandon_wait_seconds": "abandoned"}
FINE = ("15min", "hour", "day")
Key = Hashable

PAGE_ROWS = 200


class Reports:
    def __init__(
        self, session: Session, calls: list[TrueCall], zone: ZoneInfo, now: float, found: Findings
    ) -> None:
        self._session, self._calls, self._found = session, calls, found
        start = period_start(min(call.began for call in calls), "day", zone)
        until = next_start(next_start(start, "day", zone), "day", zone)
        self._asked = Asked(start, until, zone, now)

    def compare(self) -> None:
        self._queues_and_periods()
        self._agents()
        self._numbers_dialed()
        self._transfers()
        self._rings()
        self._call_list()

    def _run(self, name: str, **more: Any) -> list[Any]:
        return REPORTS[name].run(self._session, replace(self._asked, **more))

    def _queues_and_periods(self) -> None:
        by_queue = reckon.by_queue(self._calls, lambda _, queue: queue)
        self._same_rows("queue", {row.queue: row.counts for row in self._run("queue")}, by_queue)
        rough = self._run("queue", since=self._asked.since - 900)  # quarters answer, not days
        self._same_rows("queue by quarters", {row.queue: row.counts for row in rough}, by_queue)
        for by in FINE:
            start = self._start_by(by)
            rows = {row.start_at: row.counts for row in self._run("interval", by=by)}
            nothing = dict.fromkeys(rows, Counts())
            true = nothing | reckon.by_queue(self._calls, lambda at, _: start(at))  # noqa: B023
            self._same_rows(f"interval {by}", rows, true)
            rows = {
                (row.start_at, row.queue): row.counts for row in self._run("service-level", by=by)
            }
            true = reckon.by_queue(self._calls, lambda at, queue: (start(at), queue))  # noqa: B023
            self._same_rows(f"service-level {by}", rows, true)

    def _start_by(self, by: str) -> Callable[[float], float]:
        return lambda at: period_start(at, by, self._asked.zone)

    def _agents(self) -> None:
        by_agent = reckon.by_agent(self._calls)
        for name, since in (("agent", 0.0), ("agent from books", 900.0)):
            rows = self._run("agent", since=self._asked.since - since)
            talked = {row.agent: row.counts for row in rows if row.counts.talks}
            self._same_rows(name, talked, by_agent)

    def _numbers_dialed(self) -> None:
        def dialed(call: TrueCall) -> str:
            direct = call.rings and call.script.kind.startswith("direct")
            return direct_did(_phone_of(call)) if direct else call.script.dialed

        rows = {row.dialed: row.counts for row in self._run("did")}
        true = reckon.by_number_dialed(self._calls, dialed)
        self._same_rows("did", rows, true, ("calls", "answered_calls", "talk_seconds"))

    def _transfers(self) -> None:
        rows = {(row.queue, row.agent, row.to_agent): row.times for row in self._run("transfers")}
        self._found.same("transfers", "all", rows, reckon.transfers(self._calls))

    def _rings(self) -> None:
        rows = {row.agent: row.counts for row in self._run("unanswered")}
        true = reckon.rings(self._calls, RING_SECONDS)
        for agent, doubtful in reckon.doubtful_rings(self._calls, RING_SECONDS).items():
            more = rows.get(agent, Counts()).unanswered_rings - true[agent].unanswered_rings
            if 0 < more <= doubtful:
                self._found.at_edge += more
                true[agent] = true[agent] + Counts(unanswered_rings=more)
        self._same_rows("unanswered", rows, true, ("rings", "unanswered_rings"))

    def _call_list(self) -> None:
        """Each outcome's and each agent's calls are as many as they were."""
        until = self._asked.until
        for outcome in {call.outcome for call in self._calls}:
            true = sum(call.outcome == outcome for call in self._calls)
            listed = self._listed(CallFilter(until=until, outcome=outcome, direction="inbound"))
            self._found.same("call list by outcome", outcome, listed, true)
        for agent in {talk.agent for call in self._calls for talk in call.talks}:
            true = sum(any(talk.agent == agent for talk in call.talks) for call in self._calls)
            listed = self._listed(CallFilter(until=until, agent=agent, direction="inbound"))
            self._found.same("call list by agent", agent, listed, true)

    def _listed(self, chosen: CallFilter) -> int:
        """By every page of it: the list says "more than 1,000" and counts no further."""
        page = call_list(self._session, chosen, page_size=PAGE_ROWS)
        seen = len(page.rows)
        while page.after:
            page = call_list(self._session, chosen, page_size=PAGE_ROWS, after=page.after)
            seen += len(page.rows)
        return seen

    def states(
        self, shifts: Mapping[str, Shift], pauses: Mapping[str, list[tuple[float, float]]]
    ) -> None:
        """Time signed in and paused, and that the states tile it. queue_log has whole seconds."""
        rows = {row.agent: row.counts for row in self._run("agent")}
        for agent, shift in shifts.items():
            counts = rows.get(agent, Counts())
            middle = sum(shift.ended) / 2 - sum(shift.began) / 2
            self._found.near("signed in", agent, counts.signed_in_seconds, middle)
            paused = sum(until - since for since, until in pauses.get(agent, ()))
            self._found.near("paused", agent, counts.paused_seconds, paused, 1)
            self._found.same("states tile", agent, self._gaps(agent), [])

    def _gaps(self, agent: str) -> list[tuple[float | None, float]]:
        """Where an interval does not begin at the end of the one before."""
        mine = AgentInterval.agent == agent
        query = select(AgentInterval).where(mine).order_by(AgentInterval.started_at)
        rows = self._session.scalars(query).all()
        meets = [(one.ended_at, other.started_at) for one, other in pairwise(rows)]
        return [each for each in meets if each[0] != each[1]]

    def _same_rows(
        self,
        name: str,
        books: Mapping[Any, Counts],
        truth: Mapping[Any, Counts],
        compared: Iterable[str] = COMPARED,
    ) -> None:
        self._found.same(f"{name}: rows", name, sorted(map(str, books)), sorted(map(str, truth)))
        for key in books.keys() & truth.keys():
            for field in compared:
                self._same_figure(name, key, field, books[key], truth[key])
            if compared is COMPARED:
                self._same_metrics(name, key, books[key], truth[key])

    def _same_figure(self, name: str, key: Key, field: str, books: Counts, truth: Counts) -> None:
        kind, of = f"{name}: {field}", f"{name} {key}"
        one, other = getattr(books, field), getattr(truth, field)
        if not field.endswith("_seconds"):
            self._found.same(kind, of, one, other)
            return
        parts = 1 if field in LARGEST else getattr(truth, PARTS.get(field, "talks")) or truth.calls
        self._found.near(kind, of, one, other, parts)

    def _same_metrics(self, name: str, key: Key, books: Counts, truth: Counts) -> None:
        """Ratios that follow from the counts alone are then exact; means are within a second."""
        for metric in (
            "abandonment_rate",
            "service_level",
            "asa",
            "abandon_wait",
            "mean_talk",
            "aht",
        ):
            one, other = METRICS[metric].of(books), METRICS[metric].of(truth)
            if one is None or other is None or METRICS[metric].unit != SECONDS:
                self._found.same(f"{name}: {metric}", f"{name} {key}", one, other)
            else:
                self._found.near(f"{name}: {metric}", f"{name} {key}", one, other)


def _phone_of(call: TrueCall) -> str:
    """The expert's extension, whose number the caller dialed."""
    return str(int(call.rings[0].agent) - 900)


assert {field.name for field in fields(Counts)} >= set(COMPARED)
