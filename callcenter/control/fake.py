"""A controller without Asterisk, on a real control socket: for tests and for work on the pages.

with FakeController(path, {"calls": {...}, "agents": {...}}) as controller:
    controller.change({"agents": {"1001": {...}}}, remove={"calls": ["c1"]})
    controller.answers["pause"] = Conflict("Agent 1001 is not signed in.")
    ...
    assert controller.requests[0].command == "pause"
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from callcenter.control.protocol import Message, Request
from callcenter.control.server import ControlServer
from callcenter.domain.errors import CallcenterError, InvalidInput

COMMANDS = (
    "sign_in", "sign_out", "pause", "unpause", "spy", "switch_spy", "stop_spy", "hang_up",
    "config_diff", "config_apply", "config_rollback", "reopen_logs", "status", "compare",
    "next_lead", "dial", "skip", "awaited",  # the dialer's own, on a socket with the same protocol
)  # fmt: skip
KINDS = ("calls", "agents", "queues", "trunks")

Answer = Message | CallcenterError | Callable[[Request], Message]


class FakeController:
    def __init__(self, path: Path, floor: Message | None = None) -> None:
        given = floor or {}
        self.floor: Message = {kind: dict(given.get(kind, {})) for kind in KINDS}
        self.floor["pbx"] = given.get(
            "pbx", {"connected": True, "since": time.time(), "version": "22.10.1"}
        )
        self.answers: dict[str, Answer] = {"spy": {"spy": "spy-1"}}
        self.requests: list[Request] = []
        self.version = 1
        self._path = path
        self._server: ControlServer | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = ControlServer(self._path, self._execute, self._snapshot)
        self._do(self._server.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None  # noqa: S101 - entered before
        self._do(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    def change(self, set: Message, remove: dict[str, list[str]] | None = None) -> None:
        """Change the floor and send the delta to every subscriber."""
        self._do(self._change(set, remove or {}))

    async def _change(self, changed: Message, remove: dict[str, list[str]]) -> None:
        for kind, value in changed.items():
            self.floor[kind].update(value)
        for kind, ids in remove.items():
            for each in ids:
                self.floor[kind].pop(each, None)
        self.version += 1
        now = time.time()
        delta = {"type": "delta", "version": self.version, "at": now, "event_at": now}
        assert self._server is not None  # noqa: S101 - entered before
        self._server.publish(delta | {"set": changed, "remove": remove})

    def _snapshot(self) -> Message:
        return {"type": "snapshot", "version": self.version, "at": time.time()} | self.floor

    async def _execute(self, request: Request) -> Message:
        self.requests.append(request)
        if request.command not in COMMANDS:
            raise InvalidInput(f"There is no command {request.command!r}.")
        answer = self.answers.get(request.command, {})
        if isinstance(answer, CallcenterError):
            raise answer
        return answer(request) if callable(answer) else answer

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
