"""Folds again the agents that new facts touch, and replaces their intervals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, func, literal_column, select
from sqlalchemy.orm import Session

from callcenter.db.many_rows import insert_rows
from callcenter.db.models.calls import AgentInterval
from callcenter.db.models.ledger import NOT_OF_CEL, OF_AN_AGENT, LedgerFact
from callcenter.ledger.facts import Fact
from callcenter.ledger.fold_agent import LONGEST_RING_SECONDS, Resume, fold_agent
from callcenter.ledger.kept_facts import chunks, facts_where
from callcenter.ledger.parse_queue_log import PBX_STARTED, WRAP_UP
from callcenter.ledger.rollups import Touched
from callcenter.ledger.tile import Interval

_NAMES = tuple(each.name for each in fields(Interval))
_COLUMNS = tuple(getattr(AgentInterval, name) for name in _NAMES)


def touched_agents(
    session: Session, node: str, facts: dict[str, float], runs: Iterable[float], calls: set[str]
) -> dict[str, float]:
    """Agents to fold, with the oldest instant that may change.

    `facts`: agent → oldest new fact. `runs`: new starts of Asterisk, which end every talk.
    `calls`: whose wrap-up became known.
    """
    agents = dict(facts)
    for agent, at in (*_cut_short(session, node, runs), *_who_answered(session, node, calls)):
        agents[agent] = min(at, agents.get(agent, at))
    return agents


def _cut_short(session: Session, node: str, runs: Iterable[float]) -> Iterator[tuple[str, float]]:
    for start in runs:
        query = select(AgentInterval.agent).where(
            AgentInterval.node == node,
            AgentInterval.started_at <= start,
            AgentInterval.ended_at.is_(None) | (AgentInterval.ended_at > start),
        )
        for agent in session.scalars(query):
            yield agent, start


def _who_answered(session: Session, node: str, calls: set[str]) -> Iterator[tuple[str, float]]:
    for some in chunks(sorted(calls)):
        query = (
            select(LedgerFact.agent, func.min(LedgerFact.at))
            .where(
                LedgerFact.node == node,
                LedgerFact.call_id.in_(some),
                LedgerFact.event == "CONNECT",
                LedgerFact.agent != "",
            )
            .group_by(LedgerFact.agent)
        )
        for agent, at in session.execute(query):
            yield agent, float(at)


def refold_agent(session: Session, node: str, agent: str, oldest: float, touched: Touched) -> None:
    """From the last interval before `oldest` that carries all there was to know."""
    resume, since = _resume(session, node, agent, oldest)
    mine = (AgentInterval.node == node, AgentInterval.agent == agent)
    replaced = (*mine, AgentInterval.started_at >= since)
    before = [Interval(*row) for row in session.execute(select(*_COLUMNS).where(*replaced))]
    after = fold_agent(_facts(session, node, agent, resume, since), resume)
    if set(map(_key, before)) == set(map(_key, after)):
        return
    session.execute(delete(AgentInterval).where(*replaced))
    rows = ((node, agent, *_row(each)) for each in after)
    insert_rows(session, AgentInterval, ("node", "agent", *_NAMES), rows)
    _note(agent, before, after, touched)


def _resume(session: Session, node: str, agent: str, oldest: float) -> tuple[Resume | None, float]:
    """Where to go on from, and from when on intervals are replaced.

    A sign-in needs nothing from before it. What an interval carries holds all lines up to its own
    second; a line may tell of a ring that began before it.
    """
    row = AgentInterval
    mine = (row.node == node, row.agent == agent)
    carrying = row.carried.is_not(None) & (row.started_at < oldest - LONGEST_RING_SECONDS)
    found = session.execute(
        select(row.started_at, row.carried, row.signs_in)
        .where(*mine, carrying | (row.signs_in & (row.started_at < oldest)))
        .order_by(row.started_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None, 0.0
    at, carried, signs_in = found
    if at < oldest - LONGEST_RING_SECONDS and carried is not None:
        return Resume(at, carried, signs_in), at
    return None, at


def _facts(
    session: Session, node: str, agent: str, resume: Resume | None, since: float
) -> list[Fact]:
    at = LedgerFact.at > since if resume is not None else LedgerFact.at >= since
    mine = (LedgerFact.node == node, at)
    facts, calls = [], set()
    named = facts_where(session, *mine, literal_column(OF_AN_AGENT), LedgerFact.agent == agent)
    for call_id, fact in named:
        facts.append(fact)
        if fact.event == "CONNECT":
            calls.add(call_id)
    started = LedgerFact.event == PBX_STARTED
    starts = facts_where(session, *mine, literal_column(NOT_OF_CEL), started)
    facts += [fact for _, fact in starts]
    for some in chunks(sorted(calls)):
        told = (LedgerFact.node == node, LedgerFact.call_id.in_(some), LedgerFact.event == WRAP_UP)
        facts += [fact for _, fact in facts_where(session, *told)]
    return facts


def _row(each: Interval) -> list[Any]:
    *plain, carried = (getattr(each, name) for name in _NAMES)
    return [*plain, None if carried is None else json.dumps(carried)]


def _key(each: Interval) -> tuple[object, ...]:
    return (*_shown(each), each.call_id, each.signs_in, repr(each.carried))


def _shown(each: Interval) -> tuple[object, ...]:
    return (each.started_at, each.ended_at, each.state, each.reason, each.queue)


def _note(
    agent: str, before: Iterable[Interval], after: Iterable[Interval], touched: Touched
) -> None:
    """The sums that intervals which came, went or changed are part of."""
    old, new = ({_shown(each): each for each in some} for some in (before, after))
    for key in old.keys() ^ new.keys():
        each = old.get(key) or new[key]
        touched.interval(agent, each.started_at, each.ended_at)
        if each.state == "wrap_up":
            touched.wrap_up(each.queue, agent, each.started_at)
