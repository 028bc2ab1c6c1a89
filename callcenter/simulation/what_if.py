"""What if: the same campaign with other teams and limits, under several policies, as curves. Pure.

A cell is one policy with one number of agents; it is run over several shifts, one of each cell
before the second of any, so that curves stand early and grow surer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from callcenter.domain.errors import InvalidInput
from callcenter.simulation.measure import run_shift, summary
from callcenter.simulation.policies import policy
from callcenter.simulation.scenario import Scenario, parse_scenario
from callcenter.simulation.world import Tally

POLICIES: dict[str, str] = {
    "predictive": "Predictive (ours)",
    "progressive": "Progressive",
    "ratio:1.5": "Ratio 1.5",
    "ratio:2": "Ratio 2",
    "vicidial-hard-limit": "VICIdial, hard limit",
    "vicidial-ready-only": "VICIdial, ready agents",
    "issabel-overcommit": "Issabel, overcommit",
    "webitel": "Webitel",
}
MOST_AGENTS = 200
MOST_SHIFTS = 10
LONGEST_SHIFT_SECONDS = 4 * 3600.0
TEAM_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
SEED = 1

Cell = tuple[str, int]  # policy, agents
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """What a person asks of the page. `campaign` is only a name here; empty: benchmark B1."""

    campaign: str
    agents: int
    abandon_limit: float
    patience_seconds: float
    policies: tuple[str, ...]
    shifts: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.agents <= MOST_AGENTS:
            raise InvalidInput(f"agents: between 1 and {MOST_AGENTS}")
        if not 0.001 <= self.abandon_limit <= 0.5:
            raise InvalidInput("limit: between 0.1 % and 50 %")
        if not 0 <= self.patience_seconds <= 60:
            raise InvalidInput("patience: between 0 and 60 seconds")
        if not 1 <= self.shifts <= MOST_SHIFTS:
            raise InvalidInput(f"shifts: between 1 and {MOST_SHIFTS}")
        if not self.policies or set(self.policies) - set(POLICIES):
            raise InvalidInput("policies: choose at least one of those offered")

    def as_document(self) -> dict[str, Any]:
        return asdict(self) | {"policies": list(self.policies)}


def question_from(document: Mapping[str, Any]) -> Question:
    return Question(**{**document, "policies": tuple(document["policies"])})


def teams(agents: int) -> list[int]:
    """Smaller and larger teams beside the asked one, ascending."""
    return sorted({min(MOST_AGENTS, max(1, round(agents * factor))) for factor in TEAM_FACTORS})


def cells(question: Question) -> list[Cell]:
    """The asked team first: its figures are the ones compared."""
    sizes = sorted(teams(question.agents), key=lambda agents: abs(agents - question.agents))
    return [(name, agents) for agents in sizes for name in question.policies]


def scenario_for(question: Question, learned: Document, agents: int) -> Scenario:
    """The learned scenario with what is asked put in its place."""
    return parse_scenario(
        {
            **learned,
            "agents": agents,
            "abandon_limit": question.abandon_limit,
            "patience_seconds": question.patience_seconds,
            "shift_seconds": min(float(learned["shift_seconds"]), LONGEST_SHIFT_SECONDS),
            "inbound_per_hour": learned.get("inbound_per_hour", 0),
        }
    )


def run(question: Question, learned: Document) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Yields (shifts done, of how many, a row for each cell so far) after each shift."""
    wanted = cells(question)
    scenarios = {agents: scenario_for(question, learned, agents) for _, agents in wanted}
    for name, agents in wanted:
        policy(name, scenarios[agents])  # refused now rather than half way
    tallies: dict[Cell, list[Tally]] = {}
    total = len(wanted) * question.shifts
    for shift in range(question.shifts):
        for name, agents in wanted:
            tally = run_shift(scenarios[agents], name, SEED, shift)
            tallies.setdefault((name, agents), []).append(tally)
            done = shift * len(wanted) + wanted.index((name, agents)) + 1
            yield (
                done,
                total,
                [_row(cell, scenarios[cell[1]], seen) for cell, seen in tallies.items()],
            )


_KEPT = (
    "utilisation", "utilisation_se", "talk_share", "abandonment", "shifts", "shifts_over_limit",
    "shifts_with_200_answers", "dials", "live_answered", "connected", "abandoned",
    "dials_per_connect",
)  # fmt: skip


def _row(cell: Cell, scenario: Scenario, tallies: list[Tally]) -> dict[str, Any]:
    result = summary(scenario, tallies)
    hours = scenario.shift_seconds * len(tallies) / 3600
    return (
        {"policy": cell[0], "agents": cell[1]}
        | {name: result[name] for name in _KEPT}
        | {"connects_per_hour": float(str(result["connected"])) / hours}
    )
