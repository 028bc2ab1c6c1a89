"""`./run bench truth [--calls N] [--kills]`: do the books say what really happened?

Callers, agents and experts (real SIP phones) play calls whose every digit, wait, hold, transfer and
hang-up is decided beforehand and noted by the phones; then each call's record and each figure of
the reports is compared with that. docs/benchmarks.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from callcenter.pbx import runtime
from tests import postgres
from tests.bench.cpu import cpu_seconds
from tests.stack import Stack
from tests.truth.findings import Findings
from tests.truth.kills import bad_day
from tests.truth.scripts import placed, scripts
from tests.truth.site import desks, truth_site
from tests.truth.traffic import Traffic, traffic
from tests.truth.verdict import compared, wait_until_all_is_read

CATCH_UP_SECONDS = 120.0
OF_QUEUE_LOG = ("signed in", "paused")  # it has whole seconds only


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--calls-per-second", type=float, default=3.4)
    parser.add_argument("--agents", type=int, default=18)
    parser.add_argument("--experts", type=int, default=6)
    parser.add_argument("--lines", type=int, default=11, help="phones of callers, 3 calls each")
    parser.add_argument("--seed", type=int, help="the same seed, the same callers (and kills)")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    kills = "processes killed -9 at random, the database (PostgreSQL) away now and then"
    parser.add_argument("--kills", action="store_true", help=kills)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments), indent=2))
    return 0


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**6)
    seats = desks(arguments.agents, arguments.experts)
    chosen = scripts(arguments.calls, seed)
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callcenter-bench-")))
        cluster, url = None, ""
        if arguments.kills or arguments.postgresql:
            cluster = stack.enter_context(postgres.own_cluster())
            url = stack.enter_context(postgres.database(cluster.url))
        system = stack.enter_context(Stack(folder / "home", truth_site(seats), database_url=url))
        people = stack.enter_context(traffic(system, seats, folder / "phones", arguments.lines))
        people.begin()
        with _kills(system, cluster, seed, wanted=arguments.kills) as happened:
            people.offer(chosen, arguments.calls_per_second, seed)
        used = cpu_seconds([pid for pid in [runtime.running_pid(system.settings)] if pid])
        people.end()
        wait_until_all_is_read(system, CATCH_UP_SECONDS)
        return {
            "bench": "truth",
            "asterisk": runtime.find_asterisk().version_text,
            "database": "postgresql" if url else "sqlite",
            "seed": seed,
            "calls": sum(1 for _ in placed(chosen)),
            **_verdict(system, people),
            "killed": dict(happened),
            "asterisk_cpu_seconds": round(used),
            "minutes": round((time.monotonic() - began) / 60, 1),
        }


@contextmanager
def _kills(
    system: Stack, cluster: postgres.Cluster | None, seed: int, *, wanted: bool
) -> Iterator[dict[str, int]]:
    if not wanted:
        yield {}
        return
    with bad_day(system, cluster, seed) as day:
        yield day.happened


def _verdict(system: Stack, people: Traffic) -> dict[str, Any]:
    found, unreconciled = compared(system, people)
    for kind, examples in found.examples.items():
        for example in examples:
            _say(f"  {kind}: {example}")
    for each in unreconciled[:10]:
        _say(f"  unreconciled: {each}")
    return {
        "figures_compared": found.compared,
        "mismatches": sum(found.kinds.values()),
        "mismatches_by_kind": dict(found.kinds),
        "worst_time_error_seconds": _worst(found, lambda kind: kind not in OF_QUEUE_LOG),
        "worst_time_error_seconds_of_states": _worst(found, lambda kind: kind in OF_QUEUE_LOG),
        "at_a_border": found.at_edge,
        "unreconciled": len(unreconciled),
    }


def _worst(found: Findings, chosen: Callable[[str], bool]) -> float:
    """Of one call, one mean, or one part of a sum."""
    return round(max(error for kind, error in found.worst_seconds.items() if chosen(kind)), 3)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
