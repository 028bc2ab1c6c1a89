"""`./run bench connect`: from the instant a called person answers until an agent hears them.

Real SIP phones (PJSIP) that answer when told to by the header, one free agent always. Prints one
JSON object (docs/benchmarks.md says what each figure means).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.demo.town import Townsperson
from callcenter.domain.campaign import Campaign
from callcenter.pbx import runtime
from tests.bench.outbound import QUEUE, TRUNK, Outbound
from tests.phones import Phone

CALLS = 60
AGENTS = 4
TALK_SECONDS = 1.0
LONGEST_SECONDS = 180.0
NAME = "connect"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--agents", type=int, default=AGENTS)
    parser.add_argument("--open-line", action="store_true", help="agents are held, not rung")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        result = measure(Path(folder), arguments.calls, arguments.agents, arguments.open_line)
    print(json.dumps(result, indent=2))
    return 0


def measure(folder: Path, calls: int, agents: int, open_line: bool) -> dict[str, Any]:
    home = folder / "home"
    with Outbound(home, agents, 0, carrier_plays_agents=False, open_line=open_line) as outbound:
        phones = [outbound.stack.phone(each, "intercom") for each in outbound.extensions]
        outbound.seat_agents()
        outbound.start(_campaign(agents), _numbers(calls))
        _talk(outbound, phones, calls)
        rows = _attempts(outbound)
    waits = sorted(
        1000 * (row.agent_on_at - row.answered_at)
        for row in rows
        if row.agent_on_at is not None and row.answered_at is not None
    )
    return {
        "bench": NAME,
        "asterisk": runtime.find_asterisk().version_text,
        "cores": os.cpu_count(),
        "agents": agents,
        "open_line": open_line,
        "calls": len(rows),
        "connected": len(waits),
        "answered_to_agent_p50_ms": _quantile(waits, 0.5),
        "answered_to_agent_p95_ms": _quantile(waits, 0.95),
        "answered_to_agent_max_ms": _quantile(waits, 1.0),
    }


def _campaign(agents: int) -> Campaign:
    return Campaign(
        NAME, "Connect", QUEUE, mode="progressive", state="running", trunk=TRUNK, max_lines=agents
    )


def _numbers(calls: int) -> list[str]:
    return [Townsperson("human", 0.5, 5, serial).number for serial in range(calls)]


def _talk(outbound: Outbound, phones: list[Phone], calls: int) -> None:
    """Agents end a call after a second of talk, until every call is over."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        for phone, agent in zip(phones, outbound.agents(), strict=True):
            if agent["state"] == "talking" and time.time() - agent["since"] > TALK_SECONDS:
                for digit in "*0":  # which leaves an open line up
                    phone.calls[-1].send_digits(digit)
        settled = [row for row in _attempts(outbound) if row.outcome]
        if len(settled) >= calls:
            return
        print(f"  {len(settled)} of {calls} calls", file=sys.stderr, flush=True)
        time.sleep(0.5)


def _attempts(outbound: Outbound) -> list[DialAttemptRow]:
    with sessions(outbound.stack.engine)() as session:
        return list(session.scalars(select(DialAttemptRow)))


def _quantile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


if __name__ == "__main__":
    sys.exit(main())
