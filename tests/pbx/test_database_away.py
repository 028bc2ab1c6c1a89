"""The database crashes and the ledger is killed, both during calls: calls go on, and afterwards
every line Asterisk wrote is in the books exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from callcenter.db.engine import sessions
from callcenter.db.models.ledger import LedgerFact, LedgerSource, RejectedLine
from callcenter.ledger.process import FILES
from callcenter.ledger.reconcile import SETTLE_SECONDS, reconcile
from tests import postgres
from tests.pbx.talking import talk, wait_hears
from tests.phones import Phone
from tests.stack import Stack, eventually
from tests.stack_site import MENU, stack_site

pytestmark = pytest.mark.pbx

NewCaller = Callable[[], Phone]


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.own_cluster() as made:
        yield made


@pytest.fixture
def stack(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    processes = ("controller", "agi", "ledger")
    with (
        postgres.database(cluster.url) as url,
        Stack(tmp_path_factory.mktemp("away"), stack_site(), processes, url) as stack,
    ):
        yield stack


@pytest.fixture
def new_caller(stack: Stack) -> NewCaller:
    numbers = iter(range(15_550_500, 15_550_600))
    return lambda: stack.caller(str(next(numbers)))


def lines_written(stack: Stack) -> int:
    paths = [stack.settings.asterisk_log / name for name in FILES.values()]
    return sum(path.read_bytes().count(b"\n") for path in paths)


def lines_in_books(stack: Stack) -> tuple[int, int, int]:
    """Lines read, facts kept and lines set aside."""
    with sessions(stack.engine)() as session:
        read = session.scalar(select(func.sum(LedgerSource.lines_read)))
        facts = session.scalar(select(func.count()).select_from(LedgerFact))
        rejected = session.scalar(select(func.count()).select_from(RejectedLine))
    return int(read or 0), int(facts or 0), int(rejected or 0)


def test_nothing_is_lost_or_counted_twice(
    stack: Stack, cluster: postgres.Cluster, new_caller: NewCaller
) -> None:
    ann, cleo = stack.phone("201"), stack.phone("203")
    stack.sign_in("1001", "201")
    first, second, third = new_caller(), new_caller(), new_caller()
    running, running_inside = talk(first, ann)
    cluster.stop()
    try:
        wait_hears([running, running_inside], [{ann.name}, {first.name}])
        stack.sign_in("1003", "203")
        ring = cleo.next_call()
        outside = second.call(MENU).wait_up()  # the caller is looked up in a database that is gone
        outside.send_digits("1")
        inside = ring(15).answer()
        wait_hears([outside, inside], [{cleo.name}, {second.name}])
        running.hang_up()
        running_inside.wait_ended()
        stack.kill9("ledger")
        outside.hang_up()
        stack.start("ledger")
    finally:
        cluster.start()
        stack.engine.dispose()
    more, more_inside = talk(third, ann)
    for _ in range(3):  # it is reading all that it missed: some of these fall into a transaction
        stack.restart("ledger")
    more.hang_up()
    more_inside.wait_ended()
    stack.wait_no_channels()
    records = stack.wait_one_record_each([each.number for each in (first, second, third)], 30)
    assert [(each.outcome, each.agent) for each in records] == [
        ("answered", "1001"),
        ("answered", "1003"),
        ("answered", "1001"),
    ]

    def all_read() -> bool:
        """Asterisk may write its last lines a moment after the channels are gone."""
        written, read = lines_written(stack), lines_in_books(stack)
        if read != (written, written, 0):
            raise LookupError(written, read)
        with sessions(stack.engine)() as session:
            later = time.time() + SETTLE_SECONDS + 1
            return reconcile(session, stack.settings.recordings, later) == []

    eventually(all_read, 10, "every line in the books")
