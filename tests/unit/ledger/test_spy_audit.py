"""A mode chosen by a digit on the supervisor's phone is in the audit log, once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from callcenter.db.engine import sessions
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import CallLeg
from callcenter.db.models.users import UserRow
from callcenter.ledger.facts import CEL
from tests.replay.recorded_lines import recorded
from tests.unit.ledger.ledger_books import empty_ledger, feed


def spied(target: str, mode: str, at: int) -> tuple[str, str]:
    return CEL, (
        f'"CC_STEP","{at}.5","","301","","s","cc-step","PJSIP/301-0000009","CELGenUserEvent",'
        f'"CC_STEP,spy|{target}|{mode}","pbx1-{at}.9","pbx1-{at}.9","","CC_STEP",'
        f'"{{""extra"":""spy|{target}|{mode}""}}"'
    )


def test_each_mode_is_written_once_with_who_and_which_call(tmp_path: Path) -> None:
    engine = empty_ledger(f"sqlite:///{tmp_path / 'x.sqlite'}")
    feed(engine, recorded("answered"))
    with sessions(engine).begin() as session:
        session.add(UserRow(username="sue", name="Sue", role="supervisor", phone="301"))
        leg = session.scalars(select(CallLeg).where(CallLeg.role == "phone")).one()
        target, call_id = leg.channel, leg.call_id
    lines = [spied(target, mode, 1795393070 + n) for n, mode in enumerate(("listen", "barge"))]
    feed(engine, lines)
    feed(engine, lines)
    with sessions(engine).begin() as session:
        found = session.scalars(select(AuditEntryRow).order_by(AuditEntryRow.at)).all()
        told = [(row.by, row.action, row.subject, row.detail) for row in found]
    engine.dispose()
    assert told == [
        ("sue", "heard", f"call {call_id}", "listen, phone 301"),
        ("sue", "heard", f"call {call_id}", "barge, phone 301"),
    ]
