"""`python -m tests.bench.pacing`: B1, B1-shock and harder cells, every policy, one JSON object.

`--shifts N` shifts a cell (40 takes hours on 2 cores; the table says how many it used), `--agents
3,10`, `--policies a,b`, `--cells b1,shock,…`, `--jobs N` processes. Progress on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pool
from typing import Any

from callcenter.dialer.pacing.answers import AnswerLearner
from callcenter.dialer.pacing.budget import Budget
from callcenter.dialer.pacing.handling import HandlingLearner
from callcenter.dialer.pacing.pace import pace
from callcenter.dialer.pacing.snapshot import Snapshot
from callcenter.simulation.b1 import b1
from callcenter.simulation.measure import run_shift, summary
from callcenter.simulation.policies import POLICIES
from callcenter.simulation.scenario import parse_scenario
from callcenter.simulation.world import Tally

AGENTS = (3, 5, 10, 20, 50, 100)
BASELINES = [*POLICIES, "wombat:3"]
BIMODAL = {
    "dist": "mixture",
    "parts": [
        {"weight": 0.6, "value": {"dist": "lognormal", "mean": 25, "cv": 0.4}},
        {"weight": 0.4, "value": {"dist": "lognormal", "mean": 262.5, "cv": 0.4}},
    ],
}
BREAKS = [
    {"at": 1800 * index, "agents_share": 0.7 if index % 4 == 3 else 1.0} for index in range(1, 16)
]


def document(cell: str, agents: int) -> dict[str, Any]:
    """The scenario of a cell: B1 or B1 with one thing made harder."""
    if cell == "shock":
        return b1(agents, shock=True)
    scenario = b1(agents)
    if cell == "detection-errors":
        scenario["human_called_machine_p"] = 0.01
        scenario["outcomes"]["machine"]["missed_p"] = 0.1
    elif cell == "bimodal-talk":
        scenario["talk_seconds"] = BIMODAL
    elif cell == "breaks":
        scenario["timeline"] = [
            {"at": each["at"], "agents": max(1, round(agents * each["agents_share"]))}
            for each in BREAKS
        ]
    elif cell == "short-list":
        scenario["leads"] = agents * 400
    elif cell == "inbound":
        scenario["inbound_per_hour"] = agents * 5
    return scenario


CELLS = ("b1", "shock", "detection-errors", "bimodal-talk", "breaks", "short-list", "inbound")


def main() -> int:
    arguments = _arguments()
    jobs = [
        (cell, agents, policy, shift)
        for cell in arguments.cells
        for agents in arguments.agents
        for policy in arguments.policies
        for shift in range(arguments.shifts)
    ]
    cells: dict[tuple[str, int, str], list[Tally]] = {}
    with Pool(arguments.jobs) as pool:
        for done, (key, tally) in enumerate(pool.imap_unordered(_one_shift, jobs), 1):
            cells.setdefault(key, []).append(tally)
            print(f"\r{done} of {len(jobs)} shifts", end="", file=sys.stderr, flush=True)
    result = {
        "shifts": arguments.shifts,
        "cells": list(_rows(cells)),
        "decision_ms": decision_milliseconds(),
    }
    print(json.dumps(result))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench pacing", description=__doc__)
    parser.add_argument("--shifts", type=int, default=40)
    parser.add_argument("--agents", type=lambda s: [int(n) for n in s.split(",")], default=AGENTS)
    parser.add_argument("--policies", type=lambda s: s.split(","), default=BASELINES)
    parser.add_argument("--cells", type=lambda s: s.split(","), default=["b1", "shock"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    unknown = set(arguments.cells) - set(CELLS)
    if unknown:
        parser.error(f"unknown cell {', '.join(unknown)}; there are {', '.join(CELLS)}")
    return arguments


Job = tuple[str, int, str, int]


def _one_shift(job: Job) -> tuple[tuple[str, int, str], Tally]:
    cell, agents, policy, shift = job
    tally = run_shift(parse_scenario(document(cell, agents)), policy, 1, shift)
    return (cell, agents, policy), tally


def _rows(cells: dict[tuple[str, int, str], list[Tally]]) -> Iterator[dict[str, object]]:
    for (cell, agents, policy), tallies in sorted(cells.items()):
        result = summary(parse_scenario(document(cell, agents)), tallies)
        yield {"cell": cell, "agents": agents, "policy": policy, **result}


def decision_milliseconds(agents: int = 200, in_flight: int = 600, rounds: int = 200) -> float:
    """Mean time of one decision, forecast of answers included."""
    answers, handling, budget = AnswerLearner(), HandlingLearner(), Budget()
    for call in range(4000):
        answers.dialed(call, call * 0.1)
        (answers.answered if call % 4 == 0 else answers.ended)(call, call * 0.1 + 9)
    free = handling.forecast([30.0] * 100, [5.0] * 20)
    snapshot = Snapshot(
        at_seconds=500.0,
        agents_ready=agents // 10,
        talking_seconds=[float(n) for n in range(agents * 7 // 10)],
        wrap_up_seconds=[float(n) for n in range(agents * 2 // 10)],
        ringing_seconds=[n * 25 / in_flight for n in range(in_flight)],
        detecting=5,
        waiting=0,
        free_lines=2000,
        live_answered=10_000,
        abandoned=280,
    )
    began = time.perf_counter()
    for _ in range(rounds):
        pace(snapshot, answers.forecast(500.0), free, handling, budget, 2.0)
    return (time.perf_counter() - began) * 1000 / rounds


if __name__ == "__main__":
    sys.exit(main())
