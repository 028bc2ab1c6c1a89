"""Each agent over the whole period: conversations, and what the signed-in time went into.

With queues chosen, conversations are of those queues; time signed in belongs to no queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import CallTalk
from callcenter.db.models.rollups import AgentDay, AgentTalkDay
from callcenter.db.models.site import SiteRow
from callcenter.domain.counts import Counts, total
from callcenter.domain.pauses import is_work
from callcenter.reports.agent_states import state_times
from callcenter.reports.asked import Asked
from callcenter.reports.loads import wrap_up_of_agents

STATE_COUNTS = {"ready": "ready_seconds", "ringing": "ringing_seconds",
                "talking": "busy_seconds", "paused": "paused_seconds"}  # fmt: skip


@dataclass(frozen=True)
class AgentRow:
    agent: str
    counts: Counts


def run(session: Session, asked: Asked) -> list[AgentRow]:
    found: dict[str, list[Counts]] = {}
    for agent, talks, talk, hold in session.execute(_talks(asked)):
        counts = Counts(talks=int(talks), talk_seconds=float(talk), hold_seconds=float(hold))
        found.setdefault(agent, []).append(counts)
    for agent, counts in wrap_up_of_agents(session, asked).items():
        found.setdefault(agent, []).append(counts)
    working = session.scalar(select(SiteRow.working_pause_reasons)) or ()
    for each in state_times(session, asked):
        seconds = {STATE_COUNTS[each.state]: each.seconds} if each.state in STATE_COUNTS else {}
        if each.state == "paused" and is_work(each.reason, working):
            seconds["working_pause_seconds"] = each.seconds
        found.setdefault(each.agent, []).append(
            Counts(signed_in_seconds=each.seconds, **seconds)  # type: ignore[arg-type]
        )
    return [AgentRow(agent, total(parts)) for agent, parts in sorted(found.items())]


def _talks(asked: Asked) -> Any:
    row: Any
    if asked.whole_days:
        row = AgentTalkDay if asked.queues else AgentDay
        at = row.start_at
        sums: tuple[Any, ...] = (
            func.sum(row.talks),
            func.sum(row.talk_us) / 1e6,
            func.sum(row.hold_us) / 1e6,
        )
    else:
        row = CallTalk
        at = row.started_at
        sums = (func.count(), func.sum(row.talk_seconds), func.sum(row.hold_seconds))
    query = select(row.agent, *sums).where(at >= asked.since, at < asked.until, row.agent != "")
    if asked.queues:
        query = query.where(row.queue.in_(asked.queues))
    if asked.agents:
        query = query.where(row.agent.in_(asked.agents))
    return query.group_by(row.agent)
