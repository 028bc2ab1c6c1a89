"""What happens to a call centre on a bad day: processes killed -9, and the database gone."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

from tests.postgres import Cluster
from tests.stack import Stack

VICTIMS = ("ledger", "controller", "agi", "web")
BETWEEN_KILLS_SECONDS = (4.0, 12.0)
DOWN_SECONDS = (0.0, 5.0)
BETWEEN_OUTAGES_SECONDS = (60.0, 110.0)
OUTAGE_SECONDS = (5.0, 20.0)


class BadDay:
    """`happened`: victim (or `database`) → how often."""

    def __init__(self, stack: Stack, cluster: Cluster | None, seed: int) -> None:
        self.happened: Counter[str] = Counter()
        self._stack, self._cluster = stack, cluster
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Everything runs again."""
        self._over.set()
        self._thread.join(120)

    def _go_on(self) -> None:
        outage = time.monotonic() + self._chance.uniform(*BETWEEN_OUTAGES_SECONDS) / 2
        while not self._over.wait(self._chance.uniform(*BETWEEN_KILLS_SECONDS)):
            if self._cluster is not None and time.monotonic() > outage:
                self._database_goes_away(self._cluster)
                outage = time.monotonic() + self._chance.uniform(*BETWEEN_OUTAGES_SECONDS)
            else:
                self._kill(self._chance.choice(VICTIMS))

    def _kill(self, victim: str) -> None:
        self.happened[victim] += 1
        self._stack.kill9(victim)
        self._over.wait(self._chance.uniform(*DOWN_SECONDS))
        revive(self._stack, victim)

    def _database_goes_away(self, cluster: Cluster) -> None:
        """Now and then a process dies meanwhile, too."""
        self.happened["database"] += 1
        cluster.stop()
        victim = self._chance.choice([*VICTIMS, ""])
        if victim:
            self.happened[victim] += 1
            self._stack.kill9(victim)
        self._over.wait(self._chance.uniform(*OUTAGE_SECONDS))
        cluster.start()
        if victim:
            revive(self._stack, victim)


def revive(stack: Stack, name: str) -> None:
    """Started until it runs, as the supervisor does."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            stack.start(name)
        except AssertionError:
            with contextlib.suppress(KeyError):
                stack.kill9(name)
        else:
            return
    raise AssertionError(f"{name} could not be started again: {stack.log_of(name)}")


@contextlib.contextmanager
def bad_day(stack: Stack, cluster: Cluster | None, seed: int) -> Iterator[BadDay]:
    day = BadDay(stack, cluster, seed)
    day.begin()
    try:
        yield day
    finally:
        day.end()
