"""Every standard report as plain SQL over the raw rows: what the kept sums are measured against.

Each answers the whole report, not the figure it is compared by (`{day}` is a day of the UTC year).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

VISITS = """SELECT {key}, count(*), sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'abandoned' AND wait_seconds <= 5 THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END),
  sum(CASE WHEN outcome = 'answered' THEN wait_seconds ELSE 0 END), max(wait_seconds)
  FROM queue_visits WHERE entered_at >= :since AND entered_at < :until GROUP BY 1"""
TALKS = """SELECT {key}, count(*), sum(talk_seconds), sum(hold_seconds)
  FROM call_talks WHERE started_at >= :since AND started_at < :until GROUP BY 1"""
STATES = """SELECT agent, state, reason, count(*), sum(ended_at - started_at),
  max(ended_at - started_at) FROM agent_intervals
  WHERE started_at >= :since AND started_at < :until {where} GROUP BY 1, 2, 3"""
WAITS = """SELECT CASE WHEN wait_seconds <= 5 THEN 0 WHEN wait_seconds <= 10 THEN 1
  WHEN wait_seconds <= 15 THEN 2 WHEN wait_seconds <= 20 THEN 3 WHEN wait_seconds <= 30 THEN 4
  WHEN wait_seconds <= 45 THEN 5 WHEN wait_seconds <= 60 THEN 6 WHEN wait_seconds <= 90 THEN 7
  WHEN wait_seconds <= 120 THEN 8 WHEN wait_seconds <= 180 THEN 9 WHEN wait_seconds <= 300 THEN 10
  WHEN wait_seconds <= 600 THEN 11 ELSE 12 END, count(*), outcome FROM queue_visits
  WHERE entered_at >= :since AND entered_at < :until GROUP BY 1, 3"""
OFFERS = """SELECT e.agent, sum(CASE WHEN kind = 'agent_rang' THEN 1 ELSE 0 END),
  sum(CASE WHEN kind = 'no_answer' THEN 1 ELSE 0 END) FROM call_events e
  JOIN calls c ON c.node = e.node AND c.id = e.call_id
  WHERE e.at >= :since AND e.at < :until AND e.kind IN ('agent_rang', 'no_answer')
  AND e.agent <> '' GROUP BY 1"""
DIDS = """SELECT dialed, count(*), sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END),
  sum(talk_seconds), sum(hold_seconds) FROM calls
  WHERE started_at >= :since AND started_at < :until AND direction = 'inbound' GROUP BY 1"""
TRANSFERS = """SELECT a.agent, count(*), a.queue, b.agent, b.phone FROM call_talks a
  JOIN call_talks b ON b.node = a.node AND b.call_id = a.call_id AND b.number = a.number + 1
  AND b.phone <> a.phone WHERE a.started_at >= :since AND a.started_at < :until
  GROUP BY 1, 3, 4, 5"""
REPEAT = """SELECT caller_number, count(*), min(started_at), max(started_at),
  sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END) FROM calls
  WHERE started_at >= :since AND started_at < :until AND direction = 'inbound'
  AND caller_number <> '' GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 DESC LIMIT 500"""
RESOLUTION = """SELECT v.queue, count(*), sum(CASE WHEN EXISTS (SELECT 1 FROM calls l
  JOIN queue_visits w ON w.node = l.node AND w.call_id = l.id
  WHERE l.caller_number = c.caller_number AND l.started_at > c.started_at
  AND l.started_at <= c.started_at + 604800 AND w.queue = v.queue) THEN 1 ELSE 0 END)
  FROM queue_visits v JOIN calls c ON c.node = v.node AND c.id = v.call_id
  WHERE v.entered_at >= :since AND v.entered_at < :until AND v.outcome = 'answered'
  AND c.caller_number <> '' GROUP BY 1"""
LONGEST = """SELECT v.call_id, v.wait_seconds, v.entered_at, c.caller_number, v.queue, v.outcome
  FROM queue_visits v JOIN calls c ON c.node = v.node AND c.id = v.call_id
  WHERE v.entered_at >= :since AND v.entered_at < :until ORDER BY 2 DESC LIMIT 50"""
SHORT = """SELECT id, talk_seconds, started_at, caller_number, queue, agent FROM calls
  WHERE started_at >= :since AND started_at < :until AND outcome = 'answered'
  AND direction IN ('inbound', 'outbound') AND talk_seconds + 0 < 10
  ORDER BY talk_seconds + 0, started_at LIMIT 500"""
TRUNKS = """SELECT party, sum(step), max(present) FROM (
  SELECT party, step, sum(step) OVER (PARTITION BY party ORDER BY at, step) present FROM (
    SELECT party, started_at at, 1 step FROM call_legs WHERE channel LIKE 'PJSIP/trunk-%'
    AND started_at >= :since AND started_at < :until
    UNION ALL SELECT party, ended_at, -1 FROM call_legs WHERE channel LIKE 'PJSIP/trunk-%'
    AND started_at >= :since AND started_at < :until) edges) steps GROUP BY 1"""


@dataclass(frozen=True)
class Plain:
    """`of(rows of the report)` is what the second column of the first statement adds up to; None:
    the two count a little differently at the edges, so they are not compared."""

    statements: Sequence[str]
    of: Callable[[Any], float] | None


def _offered(row: Any) -> float:
    return float(row.counts.offered)


PLAIN = {
    "interval": Plain((VISITS.format(key="floor(entered_at / 86400)"),
                       TALKS.format(key="floor(started_at / 86400)")), _offered),
    "queue": Plain((VISITS.format(key="queue"), TALKS.format(key="queue")), _offered),
    "service-level": Plain((VISITS.format(key="queue || floor(entered_at / 86400)"),
                            TALKS.format(key="queue || floor(started_at / 86400)")), _offered),
    "heat-map": Plain((VISITS.format(key="CAST(floor(entered_at / 3600) AS integer) % 168"),),
                      _offered),
    "waits": Plain((WAITS,), _offered),
    "agent": Plain((TALKS.format(key="agent"), STATES.format(where="")),
                   lambda row: float(row.counts.talks)),
    "pauses": Plain((STATES.format(where="AND state = 'paused'"),), None),
    "unanswered": Plain((OFFERS,), lambda row: float(row.counts.rings)),
    "did": Plain((DIDS,), lambda row: float(row.counts.calls)),
    "transfers": Plain((TRANSFERS,), lambda row: float(row.times)),
    "repeat-callers": Plain((REPEAT,), lambda row: float(row.counts.calls)),
    "resolution": Plain((RESOLUTION,), lambda row: float(row.counts.answered)),
    "longest-waits": Plain((LONGEST,), lambda row: row.seconds),
    "short-calls": Plain((SHORT,), lambda row: row.seconds),
    "trunks": Plain((TRUNKS,), None),
}  # fmt: skip
