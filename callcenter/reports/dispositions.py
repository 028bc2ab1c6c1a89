"""What calls came to, in the agents' own words: after queues' calls and in campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.models.ledger import LedgerChannel
from callcenter.domain.counts import Counts
from callcenter.reports.asked import Asked

# An agent is asked for so long after a call (db/disposition_store.py), and a call may be long.
LATEST_SECONDS = 2 * 86_400.0


@dataclass(frozen=True)
class DispositionRow:
    """`share`: of all dispositions of this queue or campaign."""

    queue: str
    campaign: str
    disposition: str
    share: float
    counts: Counts


def run(session: Session, asked: Asked) -> list[DispositionRow]:
    said = _said(asked.since, asked.until, asked.queues, asked.agents).subquery()
    count = func.count()
    query = (
        select(said.c.queue, said.c.campaign, said.c.disposition, count)
        .group_by(said.c.queue, said.c.campaign, said.c.disposition)
        .order_by(said.c.campaign, said.c.queue, count.desc(), said.c.disposition)
    )
    found = [tuple(row) for row in session.execute(query)]
    whole: dict[tuple[str, str], int] = {}
    for queue, campaign, _, calls in found:
        whole[queue, campaign] = whole.get((queue, campaign), 0) + calls
    return [
        DispositionRow(queue, campaign, disposition, calls / whole[queue, campaign],
                       Counts(calls=calls))
        for queue, campaign, disposition, calls in found
    ]  # fmt: skip


def disposed_calls(
    since: float, until: float, queue: str, agent: str, campaign: str, disposition: str
) -> Select[Any]:
    """(node, call id) of the calls of one row."""
    said = _said(since, until, (), (agent,) if agent else ()).subquery()
    found = select(said.c.node, said.c.call_id).where(
        said.c.campaign == campaign, said.c.disposition == disposition
    )
    return found if campaign else found.where(said.c.queue == queue)


def _said(since: float, until: float, queues: Sequence[str], agents: Sequence[str]) -> Any:
    """One row a word of an agent: node, call_id, queue, campaign, disposition. A call counts when
    it began."""
    row, joined = CallDispositionRow, LedgerChannel
    call_id = func.coalesce(joined.call_id, row.call_id)
    after_calls = (
        select(
            row.node, call_id.label("call_id"), row.queue.label("queue"),
            literal("").label("campaign"), row.disposition.label("disposition"),
        )
        .join(joined, and_(joined.node == row.node, joined.uniqueid == row.call_id), isouter=True)
        .join(Call, and_(Call.node == row.node, Call.id == call_id))
        .where(
            # Said during the call or within hours of it. From here and by keys to the calls: `+ 0`
            # keeps SQLite from walking through all calls of the period for each word.
            row.set_at >= since, row.set_at < until + LATEST_SECONDS,
            Call.started_at + 0 >= since, Call.started_at + 0 < until,
        )
    )  # fmt: skip
    attempt = DialAttemptRow
    in_campaigns = select(
        attempt.node, attempt.call_id.label("call_id"), literal("").label("queue"),
        attempt.campaign.label("campaign"), attempt.disposition.label("disposition"),
    ).where(
        attempt.placed_at >= since, attempt.placed_at < until, attempt.disposition != "",
    )  # fmt: skip
    if agents:
        after_calls = after_calls.where(row.agent.in_(agents))
        in_campaigns = in_campaigns.where(attempt.agent.in_(agents))
    if queues:
        return after_calls.where(row.queue.in_(queues))
    return union_all(after_calls, in_campaigns)
