"""Continuous reconciliation: this node's ledger holds its books against each other and keeps what
does not add up, so that pages, `status` and metrics need only read it.

The last hour is looked at twice a minute; everything a week back once an hour and at the start, so
that a line that came late clears or shows what it changes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.calls import Call
from callcenter.db.models.reconciliation import Judgement, UnreconciledRow
from callcenter.ledger.reconcile import PERIOD_SECONDS, reconcile
from callcenter.ledger.unreconciled import KINDS, Unreconciled

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
WHOLE_EVERY_SECONDS = 3600.0
LATELY_SECONDS = 3600.0
FRESH_SECONDS = 5 * 60.0  # an older judgement says nothing of now
# Found by how long they have been open, wherever their beginning lies.
OPEN_KINDS = ("no-end", "attempt-open")


@dataclass
class Judge:
    """Of one node. `recordings`: its folder."""

    sessions: sessionmaker[Session]
    node: str
    recordings: Path
    looked_at: float = field(default=0.0)
    whole_at: float = field(default=0.0)

    def look(self, now: float) -> None:
        """Judges when it is time to."""
        if now - self.looked_at < EVERY_SECONDS:
            return
        whole = now - self.whole_at >= WHOLE_EVERY_SECONDS
        judge(self.sessions, self.node, self.recordings, now, whole=whole)
        self.looked_at = now
        if whole:
            self.whole_at = now


def judge(
    sessions: sessionmaker[Session], node: str, recordings: Path, now: float, *, whole: bool
) -> int:
    """Looks and keeps. Returns how many of the node do not add up now."""
    seconds = PERIOD_SECONDS if whole else LATELY_SECONDS
    since = now - seconds
    with sessions() as session:
        found = reconcile(session, recordings, now, seconds, node)
        calls = _calls(session, node, since, now)
    with sessions.begin() as session:
        before = _kept(session, node)
        row = UnreconciledRow
        again = row.node == node
        if not whole:
            again &= (row.at >= since) | row.kind.in_(OPEN_KINDS)
        session.execute(delete(row).where(again))
        if found:
            session.execute(insert(row), _rows(found, node))
        kept = session.get(Judgement, node)
        if whole or kept is None:
            session.merge(Judgement(node=node, judged_at=now, since=since, before=now, calls=calls))
        else:
            kept.judged_at = kept.before = now
        after = _kept(session, node)
    if after != before:
        log.warning("reconciliation", extra={"node": node, "unreconciled": after, "was": before})
    return after


def _rows(found: Sequence[Unreconciled], node: str) -> list[dict[str, object]]:
    rows = {
        (each.kind, each.ref[-200:]): {
            "node": node, "kind": each.kind, "ref": each.ref[-200:], "call_id": each.call_id,
            "at": each.at, "why": each.why,
        }
        for each in found
    }  # fmt: skip
    return list(rows.values())


def _calls(session: Session, node: str, since: float, before: float) -> int:
    query = select(func.count()).select_from(Call)
    ended = Call.ended_at.between(since, before)
    return session.scalar(query.where(Call.node == node, ended)) or 0


def _kept(session: Session, node: str) -> int:
    query = select(func.count()).select_from(UnreconciledRow)
    return session.scalar(query.where(UnreconciledRow.node == node)) or 0


@dataclass(frozen=True)
class Standing:
    """What is known of all nodes. `fresh`: each was judged just now."""

    found: tuple[Unreconciled, ...]
    judged: tuple[Judgement, ...]
    fresh: bool

    @property
    def by_kind(self) -> dict[str, int]:
        """Every kind, also those that found nothing."""
        return {kind: sum(1 for each in self.found if each.kind == kind) for kind in KINDS}


def standing(session: Session, recordings: Path, now: float, node: str) -> Standing:
    """As kept; this node is judged now when its own ledger has not done so."""
    judged = tuple(session.scalars(select(Judgement).order_by(Judgement.node)))
    row = UnreconciledRow
    rows = session.scalars(select(row).order_by(row.at, row.ref))
    found = [
        Unreconciled(each.kind, each.node, each.call_id, each.at, each.why,
                     "" if each.call_id else each.ref)
        for each in rows
    ]  # fmt: skip
    mine = next((each for each in judged if each.node == node), None)
    if mine is None or now - mine.judged_at > FRESH_SECONDS:
        others = [each for each in found if each.node != node]
        own = reconcile(session, recordings, now, node=node)
        found = sorted([*others, *own], key=lambda each: (each.at, each.ref))
    fresh = all(now - each.judged_at <= FRESH_SECONDS for each in judged if each.node != node)
    return Standing(tuple(found), judged, fresh)
