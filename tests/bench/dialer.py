"""`./run bench dialer`: a predictive campaign with real SIP agents against the loopback carrier.

The town behaves as benchmark B1 says; what each person does is in their number, so every verdict
and outcome is held against the truth. The simulator runs the same shift and says what to expect.
Prints one JSON object (docs/benchmarks.md says what each figure means).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.calls import Call
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.demo.town import draw_b1, townsperson
from callcenter.domain.campaign import Campaign
from callcenter.ledger.reconcile import reconcile
from callcenter.pbx import runtime
from tests.bench import dialer_expected as expected
from tests.bench.outbound import QUEUE, TRUNK, TRUNK_CALLS, Outbound
from tests.stack import eventually

NAME = "b1"
RING_SECONDS = 25
SAMPLE_SECONDS = 1.0
SETTLE_SECONDS = 5.0
WARM_UP_MINUTES = 5
LEADS_PER_AGENT_MINUTE = 6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as folder:
        result = measure(Path(folder), arguments.agents, arguments.minutes, arguments.seed)
    print(json.dumps(result, indent=2))
    return 0


def measure(folder: Path, agents: int, minutes: float, seed: int) -> dict[str, Any]:
    random = Random(seed)
    leads = [
        draw_b1(random, each).number
        for each in range(int(agents * minutes * LEADS_PER_AGENT_MINUTE) + 500)
    ]
    with Outbound(
        folder / "home", agents, expected.WRAP_UP_SECONDS, carrier_plays_agents=True
    ) as outbound:
        outbound.seat_agents()
        _say(f"{agents} agents are seated")
        outbound.start(_campaign(), leads)
        eventually(lambda: outbound.board(NAME).get("dialed"), 60, "the first call")
        floor = _work(outbound, minutes)
        outbound.pause(NAME)
        time.sleep(RING_SECONDS + SETTLE_SECONDS)  # what rings is answered or given up by then
        outbound.stack.asterisk("channel request hangup all")  # a long talk says nothing more
        outbound.stack.wait_no_channels(60)
        eventually(lambda: all(row.outcome for row in _attempts(outbound)), 180, "all settled")
        outbound.stack.stop("dialer")
        real = _figures(outbound, floor)
    warm_up = min(WARM_UP_MINUTES, int(minutes) // 2)
    return {
        "bench": "dialer",
        "asterisk": runtime.find_asterisk().version_text,
        "cores": os.cpu_count(),
        "agents": agents,
        "minutes": minutes,
        **real,
        **expected.compared(_campaign(), agents, minutes, warm_up, real, floor),
    }


def _campaign() -> Campaign:
    return Campaign(
        NAME, "B1", QUEUE, mode="predictive", state="running", trunk=TRUNK,
        machine_detection=True, ring_seconds=RING_SECONDS, abandoned_prompt="sorry",
        max_lines=TRUNK_CALLS, max_calls_per_second=20.0,
    )  # fmt: skip


def _work(outbound: Outbound, minutes: float) -> list[Counter[str]]:
    """What the agents do, by looking once a second: for each minute how often each state was
    seen."""
    began, seen = time.monotonic(), [Counter[str]() for _ in range(math.ceil(minutes))]
    while (at := time.monotonic() - began) < minutes * 60:
        minute = seen[int(at // 60)]
        if not minute and at >= 60:
            _say(f"  {minutes - at / 60:.0f} min left: {outbound.board(NAME)}")
        minute.update(outbound.states())
        time.sleep(SAMPLE_SECONDS)
    return seen


def _figures(outbound: Outbound, floor: list[Counter[str]]) -> dict[str, Any]:
    rows = _attempts(outbound)
    outcomes = Counter(row.outcome for row in rows)
    abandoned = outcomes["abandoned"]
    people = [row for row in rows if _is_person(row) and row.answered_at is not None]
    live = abandoned + outcomes["connected"]
    whole = sum(floor, Counter[str]())
    return {
        "utilisation": round(expected.utilisation(whole), 4),
        "talk_share": round(expected.share_in(whole, expected.BUSY), 4),
        "dials": sum(row.placed_at is not None for row in rows),
        "outcomes": dict(outcomes),
        "live_answered": live,
        "abandoned": abandoned,
        "abandonment": round(abandoned / live, 4) if live else 0.0,
        "verdicts": _verdicts(rows),
        "people_answered": len(people),
        "unreconciled": _unreconciled(outbound, rows),
        "talk_mean_drawn": _talk_mean(rows),
        "drawn": expected.drawn(row.number for row in rows if row.placed_at is not None),
        "per_minute": _per_minute(rows, floor),
        **_connecting(rows),
    }


def _talk_mean(rows: list[DialAttemptRow]) -> float:
    """Of those an agent talked to, as their numbers say; calls that the bench's end cut, too."""
    drawn = [townsperson(row.number).talk_seconds for row in rows if row.agent_on_at is not None]
    return round(sum(drawn) / max(1, len(drawn)), 1)


def _per_minute(rows: list[DialAttemptRow], floor: list[Counter[str]]) -> list[dict[str, Any]]:
    """Attempts by the minute in which they were placed."""
    began = min((row.placed_at for row in rows if row.placed_at is not None), default=0.0)
    minutes = [Counter[str]() for _ in floor]
    for row in rows:
        minute = int(((row.placed_at or began) - began) // 60)
        if row.placed_at is not None and minute < len(minutes):
            minutes[minute].update(["dials", row.outcome])
    return [
        {
            "utilisation": round(expected.utilisation(seen), 3),
            "ready": round(expected.share_in(seen, ("ready",)), 3),
            "dials": told["dials"],
            "connected": told["connected"],
            "abandoned": told["abandoned"],
        }
        for seen, told in zip(floor, minutes, strict=True)
    ]


def _verdicts(rows: list[DialAttemptRow]) -> dict[str, int]:
    """`person called machine` and so on: the truth, then what AMD() said."""
    found: Counter[str] = Counter()
    for row in rows:
        if row.verdict:
            found[f"{'person' if _is_person(row) else 'machine'} called {row.verdict}"] += 1
    return dict(found)


def _connecting(rows: list[DialAttemptRow]) -> dict[str, Any]:
    pairs = [
        (row.agent_on_at - row.answered_at, row.verdict_ms or 0)
        for row in rows
        if row.agent_on_at is not None and row.answered_at is not None
    ]
    whole = sorted(1000 * seconds for seconds, _ in pairs)
    after_verdict = sorted(1000 * seconds - verdict for seconds, verdict in pairs)
    return {
        "answered_to_agent_p95_ms": _p95(whole),
        "verdict_to_agent_p50_ms": _p95(after_verdict, 0.5),
        "verdict_to_agent_p95_ms": _p95(after_verdict),
    }


def _unreconciled(outbound: Outbound, rows: list[DialAttemptRow]) -> dict[str, int]:
    """Attempts against CDR and ledger, both ways: 0 everywhere."""
    settings = outbound.stack.settings
    with (settings.asterisk_log / "cdr-custom/cdr.csv").open(newline="") as file:
        cdr = {row[12]: row for row in csv.reader(file) if len(row) == 14}
    with sessions(outbound.stack.engine)() as session:
        calls = {call.id: call for call in session.scalars(select(Call))}
        of_ledger = len(reconcile(session, settings.recordings, time.time()))
    placed = {row.call_id: row for row in rows if row.call_id and row.outcome != "unplaced"}
    out = {call.id for call in calls.values() if call.direction == "outbound"}
    connected = {key for key, row in placed.items() if row.outcome == "connected"}
    answered = {key for key in out if calls[key].outcome == "answered"}
    return {
        "attempts_without_cdr": len(placed.keys() - cdr.keys()),
        "attempts_without_call": len(placed.keys() - calls.keys()),
        "calls_without_attempt": len(out - placed.keys()),
        "connected_differs": len(connected ^ answered),
        "twice": sum(count > 1 for count in Counter(r.number for r in placed.values()).values()),
        "truth_differs": sum(_against_truth(row) for row in placed.values()),
        "ledger": of_ledger,
    }


def _against_truth(row: DialAttemptRow) -> bool:
    """An outcome that what the number does cannot have led to."""
    kind = townsperson(row.number).kind
    possible = {
        "human": ("connected", "abandoned", "machine", "no-answer"),
        "machine": ("machine", "connected", "abandoned", "no-answer"),
        "busy": ("busy",),
        "no-answer": ("no-answer",),
    }
    return row.outcome not in possible[kind]


def _attempts(outbound: Outbound) -> list[DialAttemptRow]:
    with sessions(outbound.stack.engine)() as session:
        return list(session.scalars(select(DialAttemptRow)))


def _is_person(row: DialAttemptRow) -> bool:
    return townsperson(row.number).kind == "human"


def _p95(ordered: list[float], share: float = 0.95) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
