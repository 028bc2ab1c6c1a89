"""Old calls leaving the books, with the facts they were folded from. Sums are not touched.

A call goes once it has ended before the floor. Of each agent the stretch that reaches over the
floor stays, from the last line that the ledger could fold on from.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import (
    AgentInterval,
    Call,
    CallEvent,
    CallLeg,
    CallTalk,
    QueueVisit,
)
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.models.ledger import LedgerChannel, LedgerFact, RejectedLine
from callcenter.ledger.fold_agent import LONGEST_RING_SECONDS
from callcenter.ledger.kept_facts import chunks
from callcenter.ledger.parse_queue_log import PBX_STARTED
from callcenter.privacy.aged_numbers import recount

# Nobody talks that long: what has no end by then never gets one.
NEVER_ENDED_SECONDS = 86_400.0
_PARTS = (CallLeg, QueueVisit, CallTalk, CallEvent, CallDispositionRow, LedgerChannel)


def old_calls(session: Session, before: float) -> int:
    return session.scalar(select(func.count()).select_from(Call).where(_ended(before))) or 0


def old_facts(session: Session, before: float) -> int:
    """A few more than go: those of agents' stretches over the floor stay."""
    query = select(func.count()).select_from(LedgerFact)
    return session.scalar(query.where(LedgerFact.at < before)) or 0


def delete_calls(session: Session, before: float) -> tuple[int, int]:
    """(calls, facts) that ended before `before`, the floor just written."""
    call = Call
    gone = session.execute(
        select(call.node, call.id, call.caller_number, call.started_at).where(_ended(before))
    ).all()
    by_node: dict[str, list[str]] = {}
    told: dict[str, float] = {}
    for node, call_id, number, started_at in gone:
        by_node.setdefault(node, []).append(call_id)
        told[number] = started_at
    for node, calls in by_node.items():
        for some in chunks(calls):
            session.execute(delete(Call).where(Call.node == node, Call.id.in_(some)))
            for table in _PARTS:
                session.execute(delete(table).where(table.node == node, table.call_id.in_(some)))
    recount(session, told)
    facts = _delete_agents_and_facts(session, before)
    session.execute(delete(RejectedLine).where(RejectedLine.rejected_at < before))
    return len(gone), facts


def _ended(before: float) -> ColumnElement[bool]:
    never = Call.ended_at.is_(None) & (Call.started_at < before - NEVER_ENDED_SECONDS)
    return or_(Call.ended_at < before, never)


def _delete_agents_and_facts(session: Session, before: float) -> int:
    kept = _kept_from(session, before)
    for (node, agent), since in kept.items():
        row = AgentInterval
        session.execute(
            delete(row).where(row.node == node, row.agent == agent, row.started_at < since)
        )
    fact = LedgerFact
    call_stays = select(Call.id).where(Call.node == fact.node, Call.id == fact.call_id).exists()
    agent_stays = [
        and_(fact.node == node, fact.agent == agent, fact.at >= since)
        for (node, agent), since in kept.items()
        if since < before
    ]
    result: Any = session.execute(
        delete(fact).where(
            fact.at < before,
            fact.event != PBX_STARTED,
            ~call_stays,
            *([~or_(*agent_stays)] if agent_stays else []),
        )
    )
    return max(0, int(result.rowcount))


def _kept_from(session: Session, before: float) -> dict[tuple[str, str], float]:
    """(node, agent) → from when on the intervals stay."""
    row = AgentInterval
    resumes = or_(row.signs_in, row.carried.is_not(None))
    query = (
        select(row.node, row.agent, func.max(row.started_at))
        .where(resumes, row.started_at < before - LONGEST_RING_SECONDS)
        .group_by(row.node, row.agent)
    )
    return {(node, agent): float(at) for node, agent, at in session.execute(query)}
