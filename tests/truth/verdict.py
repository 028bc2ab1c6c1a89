"""Truth and books of a whole run compared; the ledger is given the time it needs to catch up."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.engine import sessions
from callcenter.db.models.ledger import LedgerSource
from callcenter.ledger.process import FILES
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from callcenter.ledger.unreconciled import Unreconciled
from tests.stack import Stack, eventually
from tests.truth import clock
from tests.truth.books_of import records
from tests.truth.compare_calls import compare_calls
from tests.truth.compare_further import FurtherReports
from tests.truth.edges import settle_all
from tests.truth.findings import Findings
from tests.truth.traffic import Traffic


def wait_until_all_is_read(stack: Stack, seconds: float = 60) -> None:
    """Every line that Asterisk wrote is in the books."""
    paths = [stack.settings.asterisk_log / name for name in FILES.values()]

    def read() -> bool:
        written = sum(path.read_bytes().count(b"\n") for path in paths)
        with sessions(stack.engine)() as session:
            return written == session.scalar(select(func.sum(LedgerSource.lines_read)))

    eventually(read, seconds, "the ledger to have read every line")


def compared(stack: Stack, traffic: Traffic) -> tuple[Findings, list[Unreconciled]]:
    found = Findings()
    for call in traffic.calls:
        if call.problem:
            found.wrong(
                "script not played", f"{call.script.kind} {call.script.number}: {call.problem}"
            )
    with sessions(stack.engine)() as session:
        _compare(session, stack, traffic, found)
        later = clock.now() + SETTLE_SECONDS + 1  # everything is old enough to be judged
        return found, reconcile(session, stack.settings.recordings, later)


def _compare(session: Session, stack: Stack, traffic: Traffic, found: Findings) -> None:
    paired = compare_calls(traffic.calls, records(session), found)
    settle_all(traffic.calls, paired, found)
    zone = ZoneInfo(stack.site.timezone)
    reports = FurtherReports(session, traffic.calls, zone, clock.now(), found)
    reports.compare()
    reports.states(traffic.shifts, traffic.pauses)
