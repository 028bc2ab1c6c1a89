"""`callcenter run agi`: serves the caller journeys to Asterisk until SIGTERM."""

from __future__ import annotations

import signal
import threading

from callcenter.agi.server import FastAgiServer
from callcenter.settings import Settings


def main(settings: Settings) -> int:
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    server = FastAgiServer(settings)
    server.start()
    ending.wait()
    server.stop()
    return 0
