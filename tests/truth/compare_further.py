"""The reports that look at waits, hours of the week, trunks and callers who came back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from callcenter.domain.counts import WAIT_EDGES, Counts, total
from tests.truth import reckon
from tests.truth.compare_reports import Reports

MOST_WAITS = 50


class FurtherReports(Reports):
    def compare(self) -> None:
        super().compare()
        self._waits()
        self._hours_of_the_week()
        self._longest_waits()
        self._trunks()
        self._came_back()
        self._compared_with_before()

    def _waits(self) -> None:
        true: dict[object, list[Counts]] = defaultdict(list)
        for call in self._calls:
            for visit in call.visits:
                edge = next((edge for edge in WAIT_EDGES if visit.wait <= edge), None)
                true[edge].append(Counts(**{visit.outcome: 1}))
        summed = {edge: total(parts) for edge, parts in true.items()}
        for name, more in (("waits", {}), ("waits by visits", {"since": self._asked.since - 900})):
            rows = {row.up_to_seconds: row.counts for row in self._run(name.split()[0], **more)}
            shown = {edge: counts for edge, counts in rows.items() if counts.offered}
            self._same_rows(name, shown, summed, ("answered", "abandoned", "timeout", "no_agents"))

    def _hours_of_the_week(self) -> None:
        def hour(at: float, _: str) -> tuple[int, int]:
            local = datetime.fromtimestamp(at, self._asked.zone)
            return local.weekday(), local.hour

        rows = {(row.weekday, row.hour): row.counts for row in self._run("heat-map")}
        self._same_rows("heat-map", rows, reckon.by_queue(self._calls, hour))

    def _longest_waits(self) -> None:
        waits = sorted((visit.wait for call in self._calls for visit in call.visits), reverse=True)
        rows = self._run("longest-waits")
        self._found.same("longest-waits: rows", "all", len(rows), min(len(waits), MOST_WAITS))
        for row, wait in zip(rows, waits, strict=False):
            self._found.near("longest-waits: seconds", row.caller_number, row.seconds, wait)

    def _trunks(self) -> None:
        rows = self._run("trunks", by="day")
        calls = len(self._calls)
        self._found.same("trunks: began", "all", sum(row.began for row in rows), calls)
        seconds = sum(call.ended - call.began for call in self._calls)
        self._found.near("trunks: seconds", "all", sum(row.seconds for row in rows), seconds, calls)

    def _came_back(self) -> None:
        """Each number called once."""
        answered = {
            key: Counts(answered=counts.answered)
            for key, counts in reckon.by_queue(self._calls, lambda _, queue: queue).items()
            if counts.answered
        }
        rows = {row.queue: row.counts for row in self._run("resolution")}
        self._same_rows("resolution", rows, answered, ("answered", "returning"))
        self._found.same("repeat-callers", "all", self._run("repeat-callers"), [])

    def _compared_with_before(self) -> None:
        whole = reckon.by_queue(self._calls, lambda *_: "")[""]
        rows = {row.metric: row.value for row in self._run("comparison")}
        for metric in ("offered", "answered", "abandoned", "short_abandoned", "talks"):
            self._found.same(f"comparison: {metric}", "all", rows[metric], getattr(whole, metric))
