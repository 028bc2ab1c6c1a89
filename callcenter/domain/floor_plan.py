"""What the floor knows of the site: names, titles and seconds, never live state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcenter.domain.site import Queue, Site


@dataclass(frozen=True)
class FloorPlan:
    timezone: str = "UTC"
    agents: Mapping[str, str] = field(default_factory=dict)  # number → name
    agent_queues: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # queue → penalty
    open_lines: frozenset[str] = frozenset()  # agents
    phones: Mapping[str, bool] = field(default_factory=dict)  # extension → answers by itself
    queues: Mapping[str, Queue] = field(default_factory=dict)
    trunks: Mapping[str, str] = field(default_factory=dict)  # name → title


def plan_of(site: Site) -> FloorPlan:
    return FloorPlan(
        timezone=site.timezone,
        agents={agent.number: agent.name for agent in site.agents},
        agent_queues={
            agent.number: {member.queue: member.penalty for member in agent.queues}
            for agent in site.agents
        },
        open_lines=frozenset(agent.number for agent in site.agents if agent.open_line),
        phones={phone.extension: phone.auto_answer for phone in site.phones},
        queues={queue.name: queue for queue in site.queues},
        trunks={trunk.name: trunk.title for trunk in site.trunks},
    )


def next_midnight(at: float, timezone: str) -> float:
    """Epoch seconds at which the local day that holds `at` ends (23 or 25 hours long at times)."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    tomorrow = datetime.fromtimestamp(at, zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).timestamp()
