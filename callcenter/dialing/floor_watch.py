"""The live floor, followed on the controller's socket by a thread of its own.

A floor that does not change sends nothing, so a quiet one is asked now and then whether it lives:
what is older than STALE_SECONDS is no floor to dial by.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callcenter.control import ControlClient
from callcenter.domain.errors import CallcenterError
from callcenter.pbx.originate import is_attempt

log = logging.getLogger(__name__)

ASK_SECONDS = 1.0
STALE_SECONDS = 5.0
RETRY_SECONDS = 0.5

Objects = dict[str, dict[str, Any]]


class FloorWatch:
    """`calls`, `agents`, `queues`, `trunks` as on the control socket, and how many callers came to
    each queue while we looked. Read from the loop: each is replaced, never changed in place.
    `on_left(agent number, state, seconds)` is called in the thread."""

    def __init__(self, socket: Path, on_left: Callable[[str, str, float], None]) -> None:
        self._client = ControlClient(socket)
        self._on_left = on_left
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="floor-watch", daemon=True)
        self.calls: Objects = {}
        self.arrived: Counter[str] = Counter()  # by queue; of campaigns' own calls none
        self.agents: Objects = {}
        self.queues: Objects = {}
        self.trunks: Objects = {}
        self._connected = False
        self._heard_at = 0.0  # monotonic

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def why_unusable(self) -> str:
        """Empty: the floor can be relied on."""
        if self._heard_at == 0.0:
            return "the controller is not reached"
        if time.monotonic() - self._heard_at > STALE_SECONDS:
            return "the live floor is stale: the controller does not answer"
        return "" if self._connected else "the controller is not connected to Asterisk"

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._subscribe()
            except CallcenterError as error:
                log.debug("floor_lost", extra={"why": str(error)})
            except Exception:  # a thread that dies would stop all dialing for good
                log.exception("floor_watch_broke")
            self._heard_at = 0.0  # at once: who was free a second ago may be in a call by now
            self._stop.wait(RETRY_SECONDS)

    def _subscribe(self) -> None:
        stream = self._client.subscribe(idle_seconds=ASK_SECONDS)
        with contextlib.closing(stream):  # type: ignore[type-var]
            for message in stream:
                if self._stop.is_set():
                    return
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "idle":
            self._client.request("status", deadline_seconds=ASK_SECONDS)
        elif message["type"] == "snapshot":
            self.agents, self.queues = message["agents"], message["queues"]
            self.calls = message["calls"]
            self.trunks, self._connected = message["trunks"], message["pbx"]["connected"]
        else:
            self._change(message["set"], message.get("remove", {}))
        self._heard_at = time.monotonic()

    def _change(self, changed: dict[str, Any], removed: dict[str, Any]) -> None:
        for call, shown in changed.get("calls", {}).items():
            before = self.calls.get(call, {}).get("queue")
            if shown["queue"] and shown["queue"] != before and not is_attempt(call):
                self.arrived[shown["queue"]] += 1
        gone = removed.get("calls", ())
        kept = {call: shown for call, shown in self.calls.items() if call not in gone}
        self.calls = kept | changed.get("calls", {})
        for number, agent in changed.get("agents", {}).items():
            before = self.agents.get(number)
            if before is not None and before["state"] != agent["state"]:
                lasted = max(0.0, float(agent["since"]) - float(before["since"]))
                self._on_left(number, before["state"], lasted)
        self.agents = self.agents | changed.get("agents", {})
        self.queues = self.queues | changed.get("queues", {})
        self.trunks = self.trunks | changed.get("trunks", {})
        if "pbx" in changed:
            self._connected = changed["pbx"]["connected"]
