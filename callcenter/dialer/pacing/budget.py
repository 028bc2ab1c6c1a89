"""The abandonment budget, spent with continuous control.

Every person who answers earns `limit` of an abandoned call, every abandoned one costs 1; what is
left is the credit. How much risk a new call may carry rises smoothly with the credit and is none
when it bears no other one: then only one line per free agent is dialed, which abandons nobody. The
credit stays between bounds, so the share abandoned approaches the limit from below, with no on/off
gate to swing about. It passes it only when one leap of the answer rate costs more than the credit
(docs/simulation.md, "How ours decides").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from callcenter.dialer.pacing.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Budget:
    """Fitted on benchmark B1 (docs/benchmarks.md); only `limit` is the law's."""

    limit: float = 0.03
    reserve: float = 1.0  # credit kept, so that one more abandoned call is still within the limit
    risk_of_five: float = 0.03  # the risk that spends the limit with 5 agents …
    risk_exponent: float = 0.4  # … and how it falls with more of them
    easy_credit: float = 3.5  # where the risk is the usual one: enough for a burst of bad luck
    easy_credit_per_agent: float = 0.1
    steepness: float = 0.6
    highest_risk: float = 0.3

    def credit(self, snapshot: Snapshot) -> float:
        """So many more may be abandoned; negative: over the limit."""
        return self.limit * snapshot.live_answered - snapshot.abandoned + snapshot.saved

    def threshold(self, credit: float, agents: int) -> float:
        """Highest P(no agent at pick-up) a new call may carry; 0 means progressive."""
        if credit <= self.reserve:
            return 0.0
        usual = self.risk_of_five * math.pow(5 / max(agents, 1), self.risk_exponent)
        distance = credit - self.easy_credit - self.easy_credit_per_agent * agents
        risk = usual * math.exp(self.steepness / (1 + agents / 25) * distance)
        return min(risk, self.highest_risk)
