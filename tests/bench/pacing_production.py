"""`--policies production` of `bench pacing`: ours with what the dialer puts around the pacing.

That is `callcenter/dialing/decide.py`, which counts the callers to expect. They come at the rate of
the scenario's beginning; the dialer measures it.
"""

from __future__ import annotations

from random import Random

from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.dialing.decide import Learned, decide
from callcenter.domain.campaign import Campaign
from callcenter.simulation.policies import Deaf
from callcenter.simulation.scenario import Scenario
from callcenter.simulation.world import Tally, World

NAME = "production"


class OnlyMachinesAreListenedTo(Learned):
    """In the simulated world detection says at once that a person is one."""

    people_among_answers = 0.0


class Production(Deaf):
    interval_seconds = 0.5

    def __init__(self, scenario: Scenario) -> None:
        self._campaign = Campaign(
            "bench", "Bench", "bench", machine_detection=False,
            patience_seconds=scenario.patience_seconds, abandon_limit=scenario.abandon_limit,
        )  # fmt: skip
        self._callers_per_second = scenario.inbound_per_hour / 3600
        self._learned = OnlyMachinesAreListenedTo()
        self.dialed = self._learned.answers.dialed  # type: ignore[method-assign]
        self.answered = self._learned.answers.answered  # type: ignore[method-assign]
        self.ended = self._learned.answers.ended  # type: ignore[method-assign]
        self.talk_ended = self._learned.handling.talk.ended  # type: ignore[method-assign]
        self.wrap_up_ended = self._learned.handling.wrap_up.ended  # type: ignore[method-assign]

    def decide(self, snapshot: Snapshot) -> int:
        return decide(self._campaign, snapshot, self._learned, self._callers_per_second).dial


def run_production(scenario: Scenario, seed: int, index: int) -> Tally:
    """The draws are those of `run_shift`."""
    return World(scenario, Production(scenario), Random(f"{seed}/{index}")).run()
