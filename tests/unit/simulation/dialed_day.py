"""A day of a campaign in the books, made up so that the truth of it is known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from callcenter.db.models.calls import AgentInterval, CallTalk, QueueVisit
from callcenter.db.models.campaigns import CampaignRow
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow

NODE = "pbx1"
MORNING = 1_795_000_000.0 // 86_400 * 86_400 + 9 * 3600  # 9:00 UTC of some day in 2026


@dataclass(frozen=True)
class Shares:
    human: float = 0.25
    machine: float = 0.30
    busy: float = 0.08
    abandoned: float = 0.02  # of people


def campaign_row(name: str = "spring", queue: str = "sales", **settings: Any) -> CampaignRow:
    return CampaignRow(
        name=name, title="Spring offer", mode="predictive", state="running", queue=queue,
        priority=0, version=1, settings=settings, made_at=MORNING, changed_at=MORNING,
    )  # fmt: skip


def write_day(
    session: Session,
    campaign: str = "spring",
    dials: int = 2000,
    seconds: float = 4 * 3600,
    agents: int = 10,
    shares: Shares = Shares(),
    seed: int = 1,
    began: float = MORNING,
) -> dict[str, float]:
    """Spreads `dials` evenly over the time. What it came to: counts, and seconds in all."""
    random = Random(seed)
    truth = {"human": 0.0, "machine": 0.0, "busy": 0.0, "no_answer": 0.0, "abandoned": 0.0,
             "connected": 0.0, "talk": 0.0, "wrap_up": 0.0}  # fmt: skip
    tables: dict[Any, list[dict[str, Any]]] = {
        each: [] for each in (DialAttemptRow, CallTalk, QueueVisit, AgentInterval)
    }
    for number in range(dials):
        at = began + seconds * number / dials
        kind = _kind(random, shares)
        truth[kind] += 1
        row = _attempt(campaign, f"{random.getrandbits(128):032x}", at, number)
        tables[DialAttemptRow].append(row)
        if kind == "human":
            _person(random, shares, row, truth, tables, number, agents)
        else:
            _nobody(random, kind, row)
    for table, rows in tables.items():
        if rows:
            session.execute(insert(table), rows)
    session.execute(insert(PacingDecisionRow), _decisions(campaign, began, seconds, agents))
    return truth


def _kind(random: Random, shares: Shares) -> str:
    draw = random.random()
    for kind in ("human", "machine", "busy"):
        draw -= getattr(shares, kind)
        if draw < 0:
            return kind
    return "no_answer"


def _attempt(campaign: str, id_: str, at: float, number: int) -> dict[str, Any]:
    return {
        "id": id_, "campaign": campaign, "lead_id": number + 1, "number": f"+1555{number:07d}",
        "caller_id": "+15550100", "mode": "predictive", "agent": "", "node": NODE,
        "reserved_at": at - 0.05, "placed_at": at, "ringing_at": at + 0.8, "answered_at": None,
        "greeting_end_at": None, "verdict": "", "verdict_ms": None, "agent_on_at": None,
        "message_at": None, "ended_at": None, "outcome": "", "cause": "",
        "call_id": f"{NODE}-{id_}-{int(at)}.0", "disposition": "",
    }  # fmt: skip


def _person(
    random: Random, shares: Shares, row: dict[str, Any], truth: dict[str, float],
    tables: dict[Any, list[dict[str, Any]]], number: int, agents: int,
) -> None:  # fmt: skip
    answered = row["placed_at"] + random.uniform(3, 15)
    row |= {"answered_at": answered, "verdict": "human", "verdict_ms": 900,
            "greeting_end_at": answered + 0.7}  # fmt: skip
    if random.random() < shares.abandoned:
        truth["abandoned"] += 1
        row |= {"outcome": "abandoned", "message_at": answered + 2.7, "ended_at": answered + 9}
        return
    talk, wrap_up, agent = random.expovariate(1 / 90), 20.0, f"{1001 + number % agents}"
    on = answered + 0.9 + random.uniform(0.05, 0.3)
    truth["connected"] += 1
    truth["talk"] += talk
    truth["wrap_up"] += wrap_up
    row |= {"outcome": "connected", "agent": agent, "agent_on_at": on, "ended_at": on + talk}
    call = {"node": NODE, "call_id": row["call_id"], "number": 1, "queue": "sales", "agent": agent}
    tables[CallTalk].append(
        call | {"phone": "201", "started_at": on, "ended_at": on + talk, "talk_seconds": talk,
                "hold_seconds": 0.0}
    )  # fmt: skip
    tables[QueueVisit].append(
        call | {"entered_at": answered, "left_at": on, "outcome": "answered", "wait_seconds": 0.3}
    )
    tables[AgentInterval].append(
        {"node": NODE, "agent": agent, "started_at": on + talk, "ended_at": on + talk + wrap_up,
         "state": "wrap_up", "reason": "", "signs_in": False, "queue": "sales", "call_id": ""}
    )  # fmt: skip


def _nobody(random: Random, kind: str, row: dict[str, Any]) -> None:
    at = row["placed_at"]
    if kind == "machine":
        answered = at + random.uniform(8, 20)
        row |= {"answered_at": answered, "verdict": "machine", "verdict_ms": 2500,
                "ended_at": answered + 2.6, "outcome": "machine"}  # fmt: skip
    else:
        after = 4.0 if kind == "busy" else 25.0
        row |= {"ended_at": at + after, "outcome": kind.replace("_", "-")}


def _decisions(campaign: str, began: float, seconds: float, agents: int) -> list[dict[str, Any]]:
    return [
        {"campaign": campaign, "at": began + at, "dial": at % 3, "reason": "within budget",
         "no_agent_probability": 0.02, "threshold": 0.03, "agents": agents, "agents_ready": 2,
         "in_flight": 5, "waiting": 0, "free_lines": 60, "live_answered": 400 + at,
         "abandoned": 9}
        for at in range(0, int(seconds), 15)
    ]  # fmt: skip
