"""The abandonment limit as a budget: what the rule's window has come to, and what today has.

As `evidence/law.py` counts, in SQL: whom an agent heard later than the patience is abandoned too.
The window is the last `abandon_window_days` days of the site's calendar, today included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, false, func, select
from sqlalchemy.orm import Session

from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.site_store import site_zone
from callcenter.dialer.evidence.law import MACHINES, NOT_IN_QUESTION
from callcenter.domain.campaign import Campaign
from callcenter.domain.periods import last_days_start

PEOPLE = ("connected", "abandoned", "opted-out")
ROUNDING_SECONDS = 0.0005  # the evidence counts in whole milliseconds
MOST_SAVED = 4.0  # abandoned calls of earlier days' credit that today may spend
RESERVED_BEFORE_SECONDS = 3600.0  # no attempt waits longer than this for its line


@dataclass(frozen=True)
class Counted:
    """People who answered and were promised an agent, and how many of them got none in time."""

    answered: int = 0
    abandoned: int = 0

    def plus(self, answered: int, abandoned: int) -> Counted:
        return Counted(self.answered + answered, self.abandoned + abandoned)

    def left(self, limit: float) -> float:
        return limit * self.answered - self.abandoned


@dataclass(frozen=True)
class CountedBudget:
    """Of settled calls.

    Each day pays for itself as well, but for a little that earlier days have saved: so a small team
    need not begin each day with nothing. All that a month of careful dialing has saved could be
    spent in an hour, in which every fourth person who answers would get no agent.
    """

    days: int
    limit: float
    window: Counted
    today: Counted

    def plus(self, answered: int, abandoned: int) -> CountedBudget:
        """With calls of now."""
        return replace(
            self,
            window=self.window.plus(answered, abandoned),
            today=self.today.plus(answered, abandoned),
        )

    @property
    def tighter(self) -> Counted:
        """The window, or today where that leaves less: what dialing goes by."""
        of_today = self.today.left(self.limit) + MOST_SAVED
        return self.window if self.window.left(self.limit) <= of_today else self.today

    @property
    def saved(self) -> float:
        """What today may spend of earlier days' credit; the window has it in it already."""
        return 0.0 if self.tighter is self.window else MOST_SAVED

    @property
    def left(self) -> float:
        """So many calls more could be abandoned now; negative: over the limit."""
        return self.tighter.left(self.limit) + self.saved

    @property
    def share(self) -> float | None:
        counted = self.window
        return counted.abandoned / counted.answered if counted.answered else None


def budget(session: Session, campaign: Campaign, now: float) -> CountedBudget:
    a, zone = DialAttemptRow, site_zone(session)
    since = window_start(campaign, now, zone)
    missed = abandoned_by_law(campaign.patience_seconds)
    today = a.placed_at >= last_days_start(now, 1, zone) - ROUNDING_SECONDS
    answered, abandoned, answered_today, abandoned_today = session.execute(
        select(func.count(), _count(missed), _count(today), _count(today & missed)).where(
            a.campaign == campaign.name,
            a.reserved_at >= since - RESERVED_BEFORE_SECONDS,
            a.placed_at >= since - ROUNDING_SECONDS,
            in_the_limit(campaign.patience_seconds),
        )
    ).one()
    return CountedBudget(
        campaign.abandon_window_days, campaign.abandon_limit,
        Counted(answered, abandoned), Counted(answered_today, abandoned_today),
    )  # fmt: skip


def window_start(campaign: Campaign, now: float, zone: ZoneInfo) -> float:
    return last_days_start(now, campaign.abandon_window_days, zone)


def _count(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((of, 1), else_=0)), 0)


def in_the_limit(patience_seconds: float) -> ColumnElement[bool]:
    """A call that a person answered, in a mode that promises an agent: one of
    `law.IN_QUESTION`."""
    a = DialAttemptRow
    return _person() & (a.agent_on_at.is_not(None) | _given_up(patience_seconds))


def abandoned_by_law(patience_seconds: float) -> ColumnElement[bool]:
    """Of them those who count as abandoned: one of `law.ABANDONED`."""
    a = DialAttemptRow
    too_late = a.agent_on_at - _greeted() > patience_seconds + ROUNDING_SECONDS
    return _person() & (
        (a.agent_on_at.is_not(None) & too_late)
        | (a.agent_on_at.is_(None) & _given_up(patience_seconds))
    )


def _person() -> ColumnElement[bool]:
    a = DialAttemptRow
    heard_no_machine = (a.verdict != "machine") & a.outcome.not_in(MACHINES)
    return a.answered_at.is_not(None) & heard_no_machine & a.mode.not_in(NOT_IN_QUESTION)


def _given_up(patience_seconds: float) -> ColumnElement[bool]:
    """Whom no agent heard: the message played, or they waited out the patience."""
    a = DialAttemptRow
    waited = a.ended_at - _greeted() >= patience_seconds - ROUNDING_SECONDS
    return (a.outcome == "abandoned") | a.message_at.is_not(None) | func.coalesce(waited, false())


def _greeted() -> ColumnElement[float]:
    return func.coalesce(DialAttemptRow.greeting_end_at, DialAttemptRow.answered_at)
