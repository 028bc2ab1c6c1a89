"""The life of one e-mail: its state, moved on by conditional updates.

Every step names the state it comes from in its WHERE, so of two processes one moves the row and
the other learns that it did not. What may have been sent is never sent again by itself:

    waiting ─claim→ claimed ─about to send→ sending ─→ sent
       ▲               │ not sent              ├─ not sent ─→ waiting | failed
       └───back-off────┘                       └─ cut off ──→ unsure ─(a person)→ waiting

A person tries again what has failed, too. A sender that was only thought gone, and comes back to
say that it was sent, moves `unsure` to `sent`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.reports import ReportDeliveryRow as Delivery

# Seconds until the next try after each one that failed; after the last of them it has failed.
BACK_OFF = (60, 300, 900, 3600, 10_800, 21_600, 43_200)
CLAIM_SECONDS = 300.0  # whoever works on it longer may lose it, and then does not send
SENDING_SECONDS = 300.0  # no server takes longer to answer; later the sender is gone


@dataclass(frozen=True)
class Key:
    schedule_id: int
    due_at: float
    recipient: str


def ready(session: Session, now: float) -> list[Key]:
    """Oldest first: those whose time has come, and those whose worker is gone."""
    left_behind = and_(Delivery.state == "claimed", Delivery.claimed_until <= now)
    query = (
        select(Delivery.schedule_id, Delivery.due_at, Delivery.recipient)
        .where(or_(and_(Delivery.state == "waiting", Delivery.next_try_at <= now), left_behind))
        .order_by(Delivery.due_at, Delivery.schedule_id, Delivery.recipient)
    )
    return [Key(*row) for row in session.execute(query)]


def claim(session: Session, key: Key, token: str, now: float) -> bool:
    """True: it is this worker's now, and nothing has been said to a server yet."""
    waiting = and_(Delivery.state == "waiting", Delivery.next_try_at <= now)
    left_behind = and_(Delivery.state == "claimed", Delivery.claimed_until <= now)
    return _move(
        session, key, or_(waiting, left_behind), state="claimed", claimed_by=token,
        claimed_until=now + CLAIM_SECONDS,
    )  # fmt: skip


def about_to_send(session: Session, key: Key, token: str, now: float) -> bool:
    """False: another worker has taken it over; send nothing."""
    return _move(
        session, key, and_(Delivery.state == "claimed", Delivery.claimed_by == token),
        state="sending", claimed_until=now + SENDING_SECONDS,
    )  # fmt: skip


def sent(session: Session, key: Key, token: str, now: float) -> bool:
    mine = and_(Delivery.state.in_(("sending", "unsure")), Delivery.claimed_by == token)
    return _move(session, key, mine, state="sent", sent_at=now, error="")


def not_sent(
    session: Session, key: Key, token: str, now: float, error: str, *, for_good: bool
) -> bool:
    """Waits for its next try, or has failed."""
    mine = and_(Delivery.state.in_(("claimed", "sending")), Delivery.claimed_by == token)
    tries = (session.scalar(select(Delivery.tries).where(_is(key))) or 0) + 1
    over = for_good or tries > len(BACK_OFF)
    wait = 0 if over else BACK_OFF[tries - 1]
    return _move(
        session, key, mine, state="failed" if over else "waiting", tries=tries, error=error,
        next_try_at=now + wait,
    )  # fmt: skip


def unsure(session: Session, key: Key, token: str, error: str) -> bool:
    mine = and_(Delivery.state == "sending", Delivery.claimed_by == token)
    return _move(session, key, mine, state="unsure", error=error)


def settle_cut_off(session: Session, now: float) -> int:
    """Those whose sender went away in mid-send: whether they arrived, nobody knows."""
    done = session.execute(
        update(Delivery)
        .where(Delivery.state == "sending", Delivery.claimed_until <= now)
        .values(state="unsure", error="stopped while it was being sent; it may have arrived or not")
    )
    return int(getattr(done, "rowcount", 0))


def try_again(session: Session, key: Key, now: float) -> bool:
    """A person's decision, for one that failed or is unsure."""
    over = Delivery.state.in_(("failed", "unsure"))
    return _move(session, key, over, state="waiting", next_try_at=now, tries=0)


def _move(session: Session, key: Key, where: Any, **values: Any) -> bool:
    done = session.execute(
        update(Delivery)
        .where(_is(key), where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return getattr(done, "rowcount", 0) == 1


def _is(key: Key) -> Any:
    return and_(
        Delivery.schedule_id == key.schedule_id,
        Delivery.due_at == key.due_at,
        Delivery.recipient == key.recipient,
    )
