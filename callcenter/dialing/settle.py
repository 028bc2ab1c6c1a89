"""Settles the attempts whose calls are over, from the ledger's facts. Any number of times, by any
process: an attempt is settled once (`settle_attempt`), so this survives every kill.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import CampaignUnreadable, find_campaign
from callcenter.db.models.calls import Call, CallTalk
from callcenter.db.models.dialing import DialAttemptRow, SurveyAnswerRow
from callcenter.db.models.ledger import LedgerChannel
from callcenter.dialer.leads.do_not_call import opt_out
from callcenter.dialer.leads.settle import settle_attempt
from callcenter.dialing.outcome import Became, outcome_of_attempt
from callcenter.ledger.kept_facts import facts_of_calls

log = logging.getLogger(__name__)

AT_ONCE = 200
# A placed call of which the ledger knows nothing after so long: it may have rung or not.
LOST_SECONDS = 120.0
NOT_SENT = "never sent: the dialer ended before"
NOT_KNOWN = "Asterisk wrote nothing about it"


@dataclass(frozen=True)
class Settled:
    attempt: str
    call: str
    campaign: str
    mode: str
    became: Became


# Instants that only the dialer saw (columns of dial_attempts), by attempt.
Seen = Callable[[str], Mapping[str, float]]


def settle_ended(
    sessions: sessionmaker[Session],
    node: str,
    now: float,
    is_up: Callable[[str], bool],
    seen: Seen,
    told_until: float = math.inf,
) -> list[Settled]:
    """One pass; each attempt in its own transaction. `is_up(call)`: the dialer sees it live.

    `told_until`: up to when the ledger has read everything. What it has not read it cannot deny:
    a call is `lost` only when it would have been told of it.
    """
    with sessions() as session:
        rows = _unsettled(session, node)
        over = _ended_calls(session, node, {row.call_id for row in rows})
    settled: list[Settled] = []
    for row in rows:
        try:
            became = _ended(sessions, node, row, over, now, is_up, told_until)
            if became is not None and write(sessions, row.id, became, now, seen(row.id)):
                settled.append(Settled(row.id, row.call_id, row.campaign, row.mode, became))
        except SQLAlchemyError:
            if not settled:
                raise
            break  # what is settled has to be counted; the next pass says that the rest is not
        except Exception:  # one call that nobody understands must not hold back the others'
            log.exception("attempt_not_settled", extra={"attempt": row.id})
    return settled


def _ended(
    sessions: sessionmaker[Session],
    node: str,
    row: DialAttemptRow,
    over: Mapping[str, tuple[str, float]],
    now: float,
    is_up: Callable[[str], bool],
    told_until: float,
) -> Became | None:
    if row.call_id in over:
        with sessions() as session:
            return _became(session, node, row, *over[row.call_id])
    if row.placed_at is not None and min(now, told_until) - row.placed_at > LOST_SECONDS:
        return _silent(sessions, node, row, now, is_up)
    return None


def settle_never_sent(
    sessions: sessionmaker[Session],
    node: str,
    now: float,
    *,
    older_seconds: float = 0.0,
    kept: Collection[str] = (),
) -> int:
    """What was reserved and not placed: at the start all of it, for nobody else dials on this node;
    later what is older, because the database was away between the two. `kept`: attempts that
    agents look at."""
    row = DialAttemptRow
    with sessions() as session:
        ids = list(
            session.scalars(
                select(row.id).where(
                    row.node == node,
                    row.outcome == "",
                    row.placed_at.is_(None),
                    row.reserved_at <= now - older_seconds,
                )
            )
        )
    became = Became("unplaced", NOT_SENT)
    return sum(write(sessions, each, became, now, {}) for each in ids if each not in kept)


def write(
    sessions: sessionmaker[Session],
    attempt: str,
    became: Became,
    now: float,
    seen: Mapping[str, float],
) -> bool:
    """False when it was settled before, or its campaign cannot be read: then only who asked never
    to be called is written down, and the rest when it can."""
    facts = {key: value for key, value in asdict(became).items() if value not in (None, "")}
    outcome, opted_out = facts.pop("outcome"), facts.pop("opted_out")
    answers = facts.pop("answers")
    with sessions.begin() as session:
        row = session.get(DialAttemptRow, attempt)
        try:
            campaign = find_campaign(session, row.campaign) if row else None
        except CampaignUnreadable:
            if opted_out:
                opt_out(session, attempt, now, source="key")
            return False
        done = settle_attempt(session, campaign, attempt, outcome, now, {**seen, **facts})
        if done and row is not None:
            _name_agent(session, row)
            for each in answers:
                session.merge(SurveyAnswerRow(attempt=attempt, **each))
            if opted_out:
                opt_out(session, attempt, now, source="key")
    return done


def _name_agent(session: Session, attempt: DialAttemptRow) -> None:
    if attempt.agent or attempt.agent_on_at is None:
        return
    talk = select(CallTalk.agent).where(
        CallTalk.node == attempt.node, CallTalk.call_id == attempt.call_id, CallTalk.agent != ""
    )
    agent = session.scalar(talk.order_by(CallTalk.number).limit(1))
    session.execute(
        update(DialAttemptRow).where(DialAttemptRow.id == attempt.id).values(agent=agent or "")
    )


def _unsettled(session: Session, node: str) -> list[DialAttemptRow]:
    row = DialAttemptRow
    query = select(row).where(row.outcome == "", row.node == node, row.call_id != "")
    return list(session.scalars(query.order_by(row.reserved_at).limit(AT_ONCE * 5)))


def _ended_calls(session: Session, node: str, calls: set[str]) -> dict[str, tuple[str, float]]:
    """Channel id → (its call, when that ended). A transfer may have put it into an older call."""
    found: dict[str, tuple[str, float]] = {}
    wanted = sorted(calls)
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(LedgerChannel.uniqueid, Call.id, Call.ended_at)
            .join(Call, (Call.node == LedgerChannel.node) & (Call.id == LedgerChannel.call_id))
            .where(
                LedgerChannel.node == node,
                LedgerChannel.uniqueid.in_(wanted[start : start + AT_ONCE]),
                Call.ended_at.is_not(None),
            )
        )
        for uniqueid, call, ended_at in session.execute(query):
            found[uniqueid] = (call, ended_at or 0.0)
    return found


def _became(
    session: Session, node: str, row: DialAttemptRow, call: str, ended_at: float
) -> Became | None:
    facts = facts_of_calls(session, node, [call]).get(call, [])
    return outcome_of_attempt(row.call_id, row.mode, facts, ended_at, _patience(session, row))


def _patience(session: Session, row: DialAttemptRow) -> float:
    try:
        campaign = find_campaign(session, row.campaign)
    except CampaignUnreadable:
        return math.inf  # `write` leaves the outcome for later
    return campaign.patience_seconds if campaign else math.inf


def _silent(
    sessions: sessionmaker[Session],
    node: str,
    row: DialAttemptRow,
    now: float,
    is_up: Callable[[str], bool],
) -> Became | None:
    """Not over, and old: up for long, or unknown to CEL. Lost counts as a try, so nobody is called
    a second time too soon."""
    if is_up(row.call_id):
        return None
    with sessions() as session:
        if session.get(LedgerChannel, (node, row.call_id)) is not None:
            return None
    log.warning("attempt_lost", extra={"attempt": row.id, "seconds": round(now - row.reserved_at)})
    return Became("lost", NOT_KNOWN)
