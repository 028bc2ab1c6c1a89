"""`./run bench inbound`: our whole inbound path against a bare Asterisk, same calls, one run.

Prints one JSON object (docs/benchmarks.md says what each figure means). Both systems get the same
ladder of loads one after the other, so that the machine is the same for both.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from callcenter.pbx import runtime
from tests.bench.bare import Bare
from tests.bench.cpu import cpu_seconds
from tests.bench.full import Full
from tests.bench.traffic import AgentPhones, Load, Offered, offer

STRATEGY = "rrmemory"
TALK_SECONDS = 4.0
LADDER = (8, 16, 20, 25, 30, 35, 40)  # calls a second
STEP_SECONDS = 6.0
CPU_LOAD = Load(calls_per_second=4, seconds=10, talk_seconds=TALK_SECONDS)
HELD = (100, 200)  # concurrent recorded calls
HOLD_RAMP_PER_SECOND = 15.0
HELD_SECONDS = 6.0
SETTLE_SECONDS = 1.0

System = Bare | Full


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="one step of each: does it run?")
    arguments = parser.parse_args()
    extensions = [str(2000 + index) for index in range(arguments.agents)]
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        result = measure(Path(folder), extensions, quick=arguments.quick)
    print(json.dumps(result, indent=2))
    return 0


def measure(folder: Path, extensions: list[str], *, quick: bool) -> dict[str, Any]:
    secrets = {extension: f"secret{extension}" for extension in extensions}
    bare = _measured(lambda: Bare(folder / "bare", secrets, STRATEGY), folder / "bare-sipp", quick)
    full = _measured(
        lambda: Full(folder / "full", extensions, STRATEGY), folder / "full-sipp", quick
    )
    return {
        "bench": "inbound",
        "asterisk": runtime.find_asterisk().version_text,
        "cores": os.cpu_count(),
        "agents": len(extensions),
        "talk_seconds": TALK_SECONDS,
        "bare": bare,
        "full": full,
        "calls_per_second_ratio": _ratio(full, bare, "calls_per_second"),
        "cpu_ms_per_call_ratio": _ratio(full, bare, "cpu_ms_per_call"),
    }


def _measured(make: Callable[[], System], folder: Path, quick: bool) -> dict[str, Any]:
    folder.mkdir()
    with ExitStack() as stack:
        system = stack.enter_context(make())
        phones = stack.enter_context(AgentPhones(folder, system.sip, system.phones))
        system.seat_agents()
        _say(f"{type(system).__name__}: {len(system.phones)} agents are seated")
        run = _Run(system, phones, folder)
        return {
            **run.cpu_per_call(),
            **run.sustained(LADDER[:1] if quick else LADDER),
            **run.held(HELD[:1] if quick else HELD),
        }


class _Run:
    def __init__(self, system: System, phones: AgentPhones, folder: Path) -> None:
        self._system = system
        self._phones = phones
        self._folder = folder

    def cpu_per_call(self) -> dict[str, Any]:
        """At a load that leaves room, so that waiting does not count as work."""
        before = cpu_seconds(self._system.pids())
        offered = self._offer(CPU_LOAD)
        time.sleep(SETTLE_SECONDS)  # the ledger writes a call down after it is over
        used = cpu_seconds(self._system.pids()) - before
        return {
            "cpu_ms_per_call": round(1000 * used / max(1, offered.calls), 1),
            "setup_p95_ms": round(1000 * _percentile(offered.setup_seconds, 0.95), 1),
        }

    def sustained(self, ladder: tuple[int, ...]) -> dict[str, Any]:
        """The highest step whose every call was set up in under a second. A step that fails is
        tried once more: another process may have taken the machine."""
        best, failed_at = 0, None
        for rate in ladder:
            load = Load(rate, STEP_SECONDS, TALK_SECONDS)
            if not (self._holds(load) or self._holds(load)):
                failed_at = rate
                break
            best = rate
        return {"calls_per_second": best, "failed_at_calls_per_second": failed_at}

    def held(self, steps: tuple[int, ...]) -> dict[str, Any]:
        """Recorded calls up at once, all set up in under a second while the others talk."""
        best = 0
        for calls in steps:
            ramp = calls / HOLD_RAMP_PER_SECOND
            if calls > len(self._system.phones):
                break
            if not self._holds(Load(HOLD_RAMP_PER_SECOND, ramp, ramp + HELD_SECONDS)):
                break
            best = calls
        return {"concurrent_recorded_calls": best}

    def _holds(self, load: Load) -> bool:
        offered = self._offer(load)
        _say(
            f"  {load.calls_per_second:g}/s × {load.talk_seconds:.0f} s: {offered.connected} of"
            f" {offered.calls} connected, slowest {1000 * offered.slowest_seconds:.0f} ms"
        )
        return offered.all_within_a_second

    def _offer(self, load: Load) -> Offered:
        system = self._system
        offered = offer(
            self._folder, system.sip, system.did, load, self._phones, system.queued_after
        )
        time.sleep(SETTLE_SECONDS)
        return offered


def _percentile(values: tuple[float, ...], part: float) -> float:
    ordered = sorted(values) or [float("inf")]
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _ratio(full: dict[str, Any], bare: dict[str, Any], key: str) -> float | None:
    return round(full[key] / bare[key], 2) if bare[key] else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
