"""`python -m tests.bench.pacing`: B1, B1-shock and harder cells, every policy, one JSON object.

`--shifts N` shifts a cell (40 take about an hour on 2 cores for B1 and B1-shock; the table says
how many it used), `--agents 3,10`, `--policies a,b` (`production`: as the dialer decides, callers
expected), `--cells b1,shock,…`, `--jobs N` processes.
`--keep FILE` writes each shift down and goes on where a run before it stopped; `--docs FOLDER`
writes the tables and pictures of docs/benchmarks.md. With `--days N` each of the `--shifts` is a
campaign of N days in a row, with what production carries over (ours alone, but for `--policies`).
Progress on standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from multiprocessing import Pool
from operator import itemgetter
from pathlib import Path
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
from tests.bench import pacing_production
from tests.bench.pacing_month import keep_campaign, kept_campaigns, month_summary, run_campaign
from tests.bench.pacing_picture import picture, table

Job = tuple[str, int, str, int]  # cell, agents, policy, shift
AGENTS = (3, 5, 10, 20, 50, 100)
RATIOS = (1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8)
BASELINES = [*POLICIES, "wombat:3", *(f"ratio:{ratio}" for ratio in RATIOS)]
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
LEAPS = [{"at": 300 * index, "human_p": (0.01, 0.60)[index % 2]} for index in range(96)]


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
    elif cell == "week":
        # The law's window is 30 days: what is earned on Monday may be spent on Friday.
        scenario["shift_seconds"] = 5 * 28800
    elif cell == "inbound":
        scenario["inbound_per_hour"] = agents * 5
    elif cell == "leaps":
        scenario["timeline"] = LEAPS
    return scenario


CELLS = (
    "b1", "shock", "week", "detection-errors", "bimodal-talk", "breaks", "short-list", "inbound",
    "leaps",
)  # fmt: skip


def main() -> int:
    arguments = _arguments()
    if arguments.days:
        print(json.dumps({"days": arguments.days, "cells": list(_months(arguments))}))
        return 0
    jobs = [
        (cell, agents, policy, shift)
        for cell in arguments.cells
        for agents in arguments.agents
        for policy in arguments.policies
        for shift in range(arguments.shifts)
    ]
    kept = _kept(arguments.keep)
    tallies = {job: kept[job] for job in jobs if job in kept}
    left = sorted((job for job in jobs if job not in kept), key=_turn)
    with Pool(arguments.jobs) as pool:
        for done, (job, tally) in enumerate(pool.imap_unordered(_one_shift, left), 1):
            tallies[job] = tally
            _keep(arguments.keep, job, tally)
            print(f"\r{done} of {len(left)} shifts", end="", file=sys.stderr, flush=True)
    cells: dict[tuple[str, int, str], list[Tally]] = {}
    for cell, agents, policy, shift in jobs:
        cells.setdefault((cell, agents, policy), []).append(tallies[cell, agents, policy, shift])
    result = {
        "shifts": arguments.shifts,
        "cells": list(_rows(cells)),
        "decision_ms": decision_milliseconds(),
    }
    if arguments.docs:
        _write_docs(arguments.docs, result["cells"])
    print(json.dumps(result))
    return 0


def _turn(job: Job) -> tuple[int, float]:
    """Ten shifts of every cell before the next ten, so that a run that is stopped has a whole
    table; among them the longest first, so that no core waits for one at the end."""
    return job[3] // 10, -_cost(job)


def _cost(job: Job) -> float:
    """Roughly how long one takes beside others."""
    ours = job[2] == "predictive"
    return (20.0 if ours else 0.1) + job[1] / (10 if ours else 100)


def _kept(path: Path | None) -> dict[Job, Tally]:
    """Of a run that was stopped; a last line cut in two is left out."""
    found: dict[Job, Tally] = {}
    if path is not None and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                job, values = json.loads(line)
                found[tuple(job)] = Tally(**values)
    return found


def _keep(path: Path | None, job: Job, tally: Tally) -> None:
    """Waits thinned out to 200 values spread over their order: quantiles stay, the mean nearly."""
    if path is None:
        return
    thin = {"idle_stretches": _thinned(tally.idle_stretches),
            "connect_waits": _thinned(tally.connect_waits)}  # fmt: skip
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps([job, asdict(tally) | thin]) + "\n")


def _thinned(values: list[float], most: int = 200) -> list[float]:
    ordered = sorted(values)
    if len(ordered) <= most:
        return ordered
    return [round(ordered[int((n + 0.5) * len(ordered) / most)], 3) for n in range(most)]


def _write_docs(folder: Path, rows: list[dict[str, object]]) -> None:
    for cell in dict.fromkeys(str(row["cell"]) for row in rows):
        (folder / f"pacing-{cell}.svg").write_text(picture(rows, cell), encoding="utf-8")
        (folder / f"pacing-{cell}.table").write_text(table(rows, cell), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench pacing", description=__doc__)
    parser.add_argument("--shifts", type=int, default=40)
    parser.add_argument("--agents", type=lambda s: [int(n) for n in s.split(",")], default=AGENTS)
    parser.add_argument("--policies", type=lambda s: s.split(","), default=BASELINES)
    parser.add_argument("--cells", type=lambda s: s.split(","), default=["b1", "shock"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--docs", type=Path)
    arguments = parser.parse_args()
    unknown = set(arguments.cells) - set(CELLS)
    if unknown:
        parser.error(f"unknown cell {', '.join(unknown)}; there are {', '.join(CELLS)}")
    return arguments


def _one_shift(job: Job) -> tuple[Job, Tally]:
    cell, agents, policy, shift = job
    scenario = parse_scenario(document(cell, agents))
    if policy == pacing_production.NAME:
        return job, pacing_production.run_production(scenario, 1, shift)
    return job, run_shift(scenario, policy, 1, shift)


def _months(arguments: argparse.Namespace) -> Iterator[dict[str, object]]:
    policies = ["predictive"] if arguments.policies is BASELINES else arguments.policies
    jobs = [
        (cell, agents, policy, campaign)
        for cell in arguments.cells
        for agents in arguments.agents
        for policy in policies
        for campaign in range(arguments.shifts)
    ]
    kept = kept_campaigns(arguments.keep, arguments.days)
    left = sorted((job for job in jobs if job not in kept), key=itemgetter(3))
    with Pool(arguments.jobs) as pool:
        each = partial(_one_campaign, days=arguments.days)
        for done, (job, tallies) in enumerate(pool.imap_unordered(each, left), 1):
            kept[job] = tallies
            keep_campaign(arguments.keep, job, tallies)
            print(f"\r{done} of {len(left)} campaigns", end="", file=sys.stderr, flush=True)
    for cell, agents, policy in dict.fromkeys(job[:3] for job in jobs):
        of = [kept[job] for job in jobs if job[:3] == (cell, agents, policy)]
        limit = document(cell, agents)["abandon_limit"]
        yield {"cell": cell, "agents": agents, "policy": policy, **month_summary(of, limit)}


def _one_campaign(job: Job, days: int) -> tuple[Job, list[Tally]]:
    cell, agents, policy, index = job
    scenario = parse_scenario(document(cell, agents))
    return job, run_campaign(scenario, policy, 1, index, days)


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
