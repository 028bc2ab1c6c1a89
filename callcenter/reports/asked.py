"""What a report is asked: a stretch of time, a grouping, and which queues and agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import GROUPINGS, period_start
from callcenter.domain.sight import EVERYTHING, Sight


@dataclass(frozen=True)
class Asked:
    """[since, until) in epoch seconds. No queues or agents: all. `now` ends what is still going on.

    `thresholds`: queue → (answered in time, short abandon) seconds, for links to the calls.
    `sight`: what the person who asks may see; `Report.run` heeds it. `after_agent`: of a report
    that comes in pages, the agents after this one; None: all of them at once.
    """

    since: float
    until: float
    zone: ZoneInfo
    now: float
    by: str = "day"
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    thresholds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sight: Sight = EVERYTHING
    after_agent: str | None = None

    def __post_init__(self) -> None:
        if self.by not in GROUPINGS:
            raise InvalidInput(f"group by one of {', '.join(GROUPINGS)}")
        if self.since >= self.until:
            raise InvalidInput("the period is empty: its end has to come after its beginning")

    @property
    def whole_days(self) -> bool:
        """Both ends are local midnights, so that sums by day can answer."""
        ends = (self.since, self.until)
        return all(period_start(each, "day", self.zone) == each for each in ends)
