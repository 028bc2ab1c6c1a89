"""A process that answers on a control socket: one event loop, until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Protocol

from callcenter.domain.errors import CallcenterError

log = logging.getLogger(__name__)


class Served(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def serve_until_stopped(make: Callable[[], Served], refused_event: str) -> int:
    """The exit code. A CallcenterError at the start, such as a second process, is logged as
    `refused_event` and makes it 1."""
    try:
        asyncio.run(_serve(make))
    except CallcenterError as error:
        log.error(refused_event, extra={"error": str(error)})
        return 1
    return 0


async def _serve(make: Callable[[], Served]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    served = make()
    await served.start()
    try:
        await stopped.wait()
    finally:
        await served.stop()
