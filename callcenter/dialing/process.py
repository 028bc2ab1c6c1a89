"""`callcenter run dialer`: until SIGTERM. Calls that are up then go on; the dialplan has them."""

from __future__ import annotations

import asyncio
import logging
import signal

from callcenter.dialing.dialer import Dialer
from callcenter.domain.errors import CallcenterError
from callcenter.settings import Settings

log = logging.getLogger(__name__)


def main(settings: Settings) -> int:
    try:
        asyncio.run(_run(settings))
    except CallcenterError as error:
        log.error("dialer_refused", extra={"error": str(error)})
        return 1
    return 0


async def _run(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    dialer = Dialer(settings)
    await dialer.start()
    try:
        await stopped.wait()
    finally:
        await dialer.stop()
