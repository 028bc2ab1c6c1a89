"""The books of one run beside the truth: each caller's record with its visits and talks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call, CallTalk, QueueVisit


@dataclass
class Record:
    call: Call
    visits: list[QueueVisit] = field(default_factory=list)
    talks: list[CallTalk] = field(default_factory=list)


def records(session: Session) -> dict[str, list[Record]]:
    """Caller's number → records, of calls that came in by a trunk."""
    found: dict[str, list[Record]] = defaultdict(list)
    by_id: dict[tuple[str, str], Record] = {}
    for call in session.scalars(select(Call).where(Call.direction == "inbound")):
        record = Record(call)
        by_id[call.node, call.id] = record
        found[call.caller_number].append(record)
    for visit in _rows(session, QueueVisit):
        by_id.get((visit.node, visit.call_id), Record(Call())).visits.append(visit)
    for talk in _rows(session, CallTalk):
        by_id.get((talk.node, talk.call_id), Record(Call())).talks.append(talk)
    return found


def _rows(session: Session, table: Any) -> Sequence[Any]:
    return session.scalars(select(table).order_by(table.call_id, table.number)).all()
