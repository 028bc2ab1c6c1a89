"""A server that speaks AMI and can misbehave: for what a real Asterisk cannot be made to do.

One client at a time, in a thread. Answers Login, Ping and the snapshot's lists (empty unless
given); everything else it only notes in `actions`. `send` writes raw bytes to the client.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

LISTS = {
    "QueueStatus": "QueueStatusComplete",
    "Status": "StatusComplete",
    "DeviceStateList": "DeviceStateListComplete",
}
Headers = dict[str, str]


def message(**headers: str) -> bytes:
    return "".join(f"{key}: {value}\r\n" for key, value in headers.items()).encode() + b"\r\n"


class FakeAmi:
    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.actions: list[Headers] = []
        self.lists: dict[str, list[Headers]] = {}
        self.logins = 0
        self.muted = False  # reads, and says nothing any more
        self.after_snapshot: Callable[[], None] = lambda: None
        self._client: socket.socket | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        self.cut()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(60)

    def send(self, data: bytes) -> None:
        if self._client is not None and not self.muted:
            self._client.sendall(data)

    def cut(self) -> None:
        """End the link as a crash does, wherever the last `send` stopped."""
        with contextlib.suppress(OSError):
            if self._client is not None:
                self._client.shutdown(socket.SHUT_RDWR)

    def wait_action(self, name: str, seconds: float = 60) -> Headers:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for action in self.actions:
                if action["Action"] == name:
                    return action
            time.sleep(0.005)
        raise AssertionError(f"no {name} within {seconds} s, but {self.actions}")

    def _run(self) -> None:
        while not self._closing:
            try:
                self._client, _ = self._server.accept()
            except OSError:
                return
            with self._client, contextlib.suppress(OSError):
                self._client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
                self._talk(self._client)

    def _talk(self, client: socket.socket) -> None:
        buffer = b""
        while data := client.recv(65536):
            *requests, buffer = (buffer + data).split(b"\r\n\r\n")
            for request in requests:
                lines = request.decode().split("\r\n")
                self._answer(dict(line.split(": ", 1) for line in lines if ": " in line))

    def _answer(self, action: Headers) -> None:
        name, action_id = action["Action"], action["ActionID"]
        if name == "Login":
            self.logins += 1
            self.muted = False
            self.send(message(Response="Success", ActionID=action_id, Message="accepted"))
            self.send(message(Event="FullyBooted", Status="Fully Booted"))
        elif name == "Ping":
            self.send(message(Response="Success", ActionID=action_id, Ping="Pong"))
        elif name == "CoreSettings":
            version = "22.10.1+dfsg"
            self.send(message(Response="Success", ActionID=action_id, AsteriskVersion=version))
            self.after_snapshot()
        elif name in LISTS:
            self.send(message(Response="Success", ActionID=action_id, EventList="start"))
            for entry in self.lists.get(name, []):
                self.send(message(**entry, ActionID=action_id))
            end = LISTS[name]
            self.send(message(Event=end, ActionID=action_id, EventList="Complete"))
        else:
            self.actions.append(action)
