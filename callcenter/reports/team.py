"""Each team over the whole period: the visits of its queues, and its agents' work.

A team counts what its agents talk, whichever queue sent it, and what its queues were offered,
whoever answered. People of two teams count in both, so the teams are not added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from callcenter.db.site_rows import load_collection
from callcenter.domain.counts import Counts, total
from callcenter.domain.sight import Sight
from callcenter.domain.site import Team
from callcenter.reports import agent as agents_report
from callcenter.reports.asked import Asked
from callcenter.reports.sums import sums_by

TALKS = {"talks": 0, "talk_seconds": 0.0, "hold_seconds": 0.0, "wrap_ups": 0,
         "wrap_up_seconds": 0.0}  # fmt: skip


@dataclass(frozen=True)
class TeamRow:
    team: str
    title: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[TeamRow]:
    teams: tuple[Team, ...] = load_collection(session, "teams")
    return [
        TeamRow(team.name, team.title, _counts(session, asked, team))
        for team in teams
        if seen_team(team, asked.sight)
    ]


def seen_team(team: Team, sight: Sight) -> bool:
    """All of it: a part would be somebody else's figure."""
    return all(map(sight.of_agent, team.agents)) and all(map(sight.of_queue, team.queues))


def _counts(session: Session, asked: Asked, team: Team) -> Counts:
    queues, agents = _of(team.queues, asked.queues), _of(team.agents, asked.agents)
    parts: list[Counts] = []
    if queues:
        found = sums_by(
            session, replace(asked, queues=queues), lambda *_: "", by_start=False, by_queue=False
        )
        # Conversations are the agents': a team's queue is answered by others too.
        parts += [replace(counts, **TALKS) for counts in found.values()]  # type: ignore[arg-type]
    if agents:
        rows = agents_report.run(session, replace(asked, agents=agents))
        parts += [row.counts for row in rows]
    return total(parts)


def _of(team: Iterable[str], asked: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in team if not asked or name in asked)
