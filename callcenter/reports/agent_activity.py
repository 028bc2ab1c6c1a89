"""An agent's time as a picture: each stretch ready, ringing, on a call, in wrap-up or paused.

On a page come so many agents at once that it is quick and can be seen; files hold all of them.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import OPEN, AgentInterval
from callcenter.db.models.rollups import AgentStateDay
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import period_start
from callcenter.reports.agent_states import Span, state_spans
from callcenter.reports.asked import Asked

MOST_SECONDS = 8 * 86_400
AGENTS_A_PAGE = 25


def run(session: Session, asked: Asked) -> list[Span]:
    if asked.until - asked.since > MOST_SECONDS:
        raise InvalidInput("choose a week at most: this report shows every single stretch")
    if asked.after_agent is not None:
        agents = [each for each in _signed_in(session, asked) if each > asked.after_agent]
        if not agents:
            return []
        asked = replace(asked, agents=tuple(agents[:AGENTS_A_PAGE]))
    return state_spans(session, asked)


def further_after(rows: list[Span]) -> str:
    """The last agent of a full page, after whom there may be more; else empty."""
    agents = {row.agent for row in rows}
    return max(agents) if len(agents) >= AGENTS_A_PAGE else ""


def _signed_in(session: Session, asked: Asked) -> list[str]:
    """Agents in any state in the period, in order."""
    day = AgentStateDay
    first = period_start(asked.since, "day", asked.zone)
    queries = (
        select(day.agent).where(day.start_at >= first, day.start_at < asked.until),
        select(AgentInterval.agent).where(
            literal_column(OPEN), AgentInterval.started_at < asked.until
        ),
    )
    found = {agent for query in queries for agent in session.scalars(query.distinct())}
    return sorted(found & {*asked.agents} if asked.agents else found)
