"""What a campaign's calls and agents did in a stretch of time, as the simulator needs it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from callcenter.domain.errors import InvalidInput
from callcenter.simulation.scenario import KEEPS_EVERY_VALUE_UP_TO

Kind = Literal["human", "machine", "busy", "no_answer"]
RATE_SECONDS = 1800  # a replay's rates change this often
RATE_DIALS = 40  # … if there are so many dials in it; fewer say little
LEAST_DIALS = 50
LEAST_TALKS = 5
DETECT_SECONDS = 2.5  # where no verdict has a time
STAFFING_GAP_SECONDS = 300.0  # no pacing decision for so long: nobody dialed for this campaign


@dataclass(frozen=True)
class PastCall:
    """One dialed call. `ended_after`: seconds from dialing until it was over, answered or not."""

    placed_at: float
    kind: Kind
    ended_after: float
    answered_after: float = 0.0  # people and machines
    detected_after: float = 0.0  # seconds from the answer to the verdict; 0: none was asked for
    connected: bool = False
    abandoned: bool = False  # as the limit counts: connected too late as well


@dataclass(frozen=True)
class PastDay:
    """Everything of one campaign between `since` and `until` (epoch seconds)."""

    campaign: str
    since: float
    until: float
    abandon_limit: float
    patience_seconds: float
    calls: Sequence[PastCall]
    talk_seconds: Sequence[float]
    wrap_up_seconds: Sequence[float]
    staffing: Sequence[tuple[float, int]]  # from when on, so many agents
    inbound_calls: int = 0  # that the campaign's agents were asked to take meanwhile

    @property
    def began(self) -> float:
        return min(call.placed_at for call in self.calls)

    @property
    def ended(self) -> float:
        """Of the last call, or the day's: who was there after midnight belongs to the next one."""
        return min(self.until, max(call.placed_at + call.ended_after for call in self.calls))

    @property
    def staffed_seconds(self) -> float:
        return sum(agents * seconds for agents, seconds in self._stretches())

    @property
    def dialing_seconds(self) -> float:
        """With at least one agent."""
        return sum(seconds for agents, seconds in self._stretches() if agents)

    def _stretches(self) -> list[tuple[int, float]]:
        if not self.staffing:
            return []
        ends = [at for at, _ in self.staffing[1:]] + [self.ended]
        return [
            (agents, max(0.0, min(end, self.ended) - max(at, self.began)))
            for (at, agents), end in zip(self.staffing, ends, strict=True)
        ]


def refuse_too_little(day: PastDay) -> None:
    """Raises InvalidInput when nothing can be learned from so few calls."""
    if len(day.calls) < LEAST_DIALS or len(day.talk_seconds) < LEAST_TALKS or not day.staffing:
        raise InvalidInput(
            f"{day.campaign} has {len(day.calls)} dialed calls and {len(day.talk_seconds)} talks "
            f"there; at least {LEAST_DIALS} and {LEAST_TALKS} are needed to learn from. Choose "
            "another day, or run a scenario file."
        )


def what_happened(day: PastDay) -> dict[str, float]:
    """The figures of the simulator's own output, of the day as it was."""
    people = [call for call in day.calls if call.kind == "human"]
    abandoned = sum(call.abandoned for call in people)
    connected = sum(call.connected for call in people)
    talk, wrap_up = sum(day.talk_seconds), sum(day.wrap_up_seconds)
    staffed = day.staffed_seconds
    return {
        "utilisation": (talk + wrap_up) / staffed if staffed else 0.0,
        "talk_share": talk / staffed if staffed else 0.0,
        "abandonment": abandoned / len(people) if people else 0.0,
        "dials": len(day.calls),
        "live_answered": len(people),
        "connected": connected,
        "abandoned": abandoned,
        "dials_per_connect": len(day.calls) / connected if connected else 0.0,
        "staffed_hours": staffed / 3600,
        "mean_agents": staffed / day.dialing_seconds if staffed else 0.0,
    }


def scenario_document(day: PastDay, *, through_the_day: bool) -> dict[str, object]:
    """A scenario file (docs/simulation.md) made of what was seen, values as they were.

    `through_the_day`: agents and rates change as they did; else the mean of all of it.
    """
    refuse_too_little(day)
    rates = _rates(day.calls)
    staffed = [agents for _, agents in day.staffing if agents]
    mean_agents = what_happened(day)["mean_agents"]
    document: dict[str, object] = {
        "agents": max(1, day.staffing[0][1] if through_the_day else round(mean_agents)),
        "shift_seconds": max(60.0, round(day.ended - day.began, 3)),
        "patience_seconds": day.patience_seconds,
        "abandon_limit": day.abandon_limit,
        "outcomes": _outcomes(day.calls, rates),
        "talk_seconds": _seen(day.talk_seconds),
        "wrap_up_seconds": _seen(day.wrap_up_seconds) if day.wrap_up_seconds else 0,
        "inbound_per_hour": round(3600 * day.inbound_calls / max(60.0, day.ended - day.began), 2),
    }
    if through_the_day and staffed:
        document["timeline"] = sorted(
            [*_agent_changes(day), *_rate_changes(day)], key=lambda change: change["at"]
        )
    return document


def _rates(calls: Sequence[PastCall]) -> dict[Kind, float]:
    kinds: tuple[Kind, ...] = ("human", "machine", "busy", "no_answer")
    return {kind: sum(call.kind == kind for call in calls) / len(calls) for kind in kinds}


def _outcomes(calls: Sequence[PastCall], rates: dict[Kind, float]) -> dict[str, object]:
    def answers(kind: Kind) -> list[float]:
        return [call.answered_after for call in calls if call.kind == kind]

    def ends(kind: Kind) -> list[float]:
        return [call.ended_after for call in calls if call.kind == kind]

    detected = [c.detected_after for c in calls if c.kind == "machine" and c.detected_after > 0]
    return {
        "human": {"p": _share(rates["human"]), "answer_seconds": _seen(answers("human"), 10.0)},
        "machine": {
            "p": _share(rates["machine"]),
            "answer_seconds": _seen(answers("machine"), 10.0),
            "detect_seconds": round(fmean(detected), 3) if detected else DETECT_SECONDS,
        },
        "busy": {"p": _share(rates["busy"]), "after_seconds": _seen(ends("busy"), 4.0)},
        "no_answer": {"after_seconds": _seen(ends("no_answer"), 25.0)},
    }


def _share(value: float) -> float:
    """Rounded down, so that shares never add up to more than 1."""
    return int(value * 1e6) / 1e6


def _seen(values: Sequence[float], otherwise: float = 0.0) -> object:
    """All values, or as many spread evenly over their order as a scenario file should carry."""
    if not values:
        return otherwise
    ordered = sorted(max(0.0, value) for value in values)
    kept = min(len(ordered), KEEPS_EVERY_VALUE_UP_TO)
    places = [int((place + 0.5) * len(ordered) / kept) for place in range(kept)]
    return {"dist": "empirical", "values": [round(ordered[place], 3) for place in places]}


def _agent_changes(day: PastDay) -> list[dict[str, float]]:
    return [
        {"at": round(at - day.began, 3), "agents": agents}
        for at, agents in day.staffing[1:]
        if day.began < at < day.ended
    ]


def _rate_changes(day: PastDay) -> list[dict[str, float]]:
    changes = []
    for number in range(int((day.ended - day.began) // RATE_SECONDS) + 1):
        since = day.began + number * RATE_SECONDS
        within = [c for c in day.calls if since <= c.placed_at < since + RATE_SECONDS]
        if len(within) >= RATE_DIALS:
            rates = _rates(within)
            changes.append(
                {"at": round(since - day.began, 3)}
                | {f"{kind}_p": _share(rates[kind]) for kind in ("human", "machine", "busy")}
            )
    return changes
