"""What an agent's newest calls came to: asked for and written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.models.ledger import LedgerChannel
from callcenter.domain.errors import InvalidInput, NotFound

NEWEST_SECONDS = 8 * 3600.0
MOST = 6


@dataclass(frozen=True)
class DisposedCall:
    """`queue` is that of the agent's own part; `attempt` and `campaign` are of a call that the
    dialer placed. `disposition` empty: not chosen yet."""

    node: str
    call_id: str
    queue: str
    caller_number: str
    caller_name: str
    talked_at: float
    is_over: bool
    disposition: str
    attempt: str = ""
    campaign: str = ""


FIELDS = ("node", "call_id", "queue", "caller_number", "caller_name", "talked_at", "is_over")


def newest_calls(
    session: Session, agent: str, queues: Sequence[str], now: float
) -> list[DisposedCall]:
    """The agent's newest calls of those queues and of campaigns, newest first."""
    talk, said, placed = CallTalk, CallDispositionRow, DialAttemptRow
    query = (
        select(
            talk.node, talk.call_id, talk.queue,
            func.coalesce(placed.number, Call.caller_number), Call.caller_name,
            talk.started_at, talk.ended_at.is_not(None), said.disposition,
            placed.id, placed.campaign, placed.disposition,
        )
        .join(Call, and_(Call.node == talk.node, Call.id == talk.call_id))
        .join(
            said,
            and_(said.node == talk.node, said.call_id == talk.call_id, said.agent == agent),
            isouter=True,
        )
        .join(
            placed,
            and_(placed.node == talk.node, placed.call_id == talk.call_id),
            isouter=True,
        )
        .where(
            talk.agent == agent, or_(talk.queue.in_(queues), placed.id.is_not(None)),
            talk.started_at > now - NEWEST_SECONDS
        )
        .order_by(talk.started_at.desc())
        .limit(MOST * 4)
    )  # fmt: skip
    found: dict[tuple[str, str], DisposedCall] = {}
    values: dict[str, Any]
    for row in session.execute(query):
        values = dict(zip(FIELDS, row, strict=False))
        *_, said_of_call, attempt, campaign, said_of_lead = row
        chosen = said_of_lead if attempt else said_of_call
        values |= {
            "disposition": chosen or "",
            "attempt": attempt or "",
            "campaign": campaign or "",
        }
        call = DisposedCall(**values)
        found.setdefault((call.node, call.call_id), call)
    return list(found.values())[:MOST]


def talked_in(session: Session, node: str, call_id: str, agent: str) -> str:
    """The queue of the agent's last part of that call. Raises NotFound."""
    queue = session.scalar(
        select(CallTalk.queue)
        .where(CallTalk.node == node, CallTalk.call_id == call_id, CallTalk.agent == agent)
        .order_by(CallTalk.started_at.desc())
        .limit(1)
    )
    if queue is None:
        raise NotFound("you did not talk in that call, or it has not reached the books yet")
    return queue


def attempt_of(session: Session, node: str, call_id: str) -> DialAttemptRow | None:
    """What the dialer wrote about that call."""
    query = select(DialAttemptRow).where(
        DialAttemptRow.node == node, DialAttemptRow.call_id == call_id
    )
    return session.scalar(query.limit(1))


def dispose(
    session: Session,
    node: str,
    call_id: str,
    agent: str,
    disposition: str,
    choices: Mapping[str, Sequence[str]],
    now: float,
) -> str:
    """Writes it; what was there before, or empty. `choices`: queue → its dispositions.

    Raises NotFound when the agent did not talk in that call, InvalidInput for a word that its
    queue does not have.
    """
    call_id = present_id(session, node, call_id)
    queue = talked_in(session, node, call_id, agent)
    if disposition not in choices.get(queue, ()):
        raise InvalidInput(f"choose one of {', '.join(choices.get(queue, ())) or 'nothing'}")
    row = session.get(CallDispositionRow, (node, call_id, agent))
    before = row.disposition if row else ""
    if row is None:
        row = CallDispositionRow(node=node, call_id=call_id, agent=agent)
        session.add(row)
    row.queue, row.disposition, row.set_at = queue, disposition, now
    return before


def present_id(session: Session, node: str, call_id: str) -> str:
    """A transfer may have joined the call into another one since the page showed it."""
    joined = session.scalar(
        select(LedgerChannel.call_id).where(
            LedgerChannel.node == node, LedgerChannel.uniqueid == call_id
        )
    )
    return joined or call_id
