"""Ask the controller (blocking), and follow the floor. One connection a request."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

from callcenter.control.protocol import (
    DEFAULT_DEADLINE_SECONDS,
    MAX_LINE_BYTES,
    Message,
    decode,
    encode,
    result_of,
)
from callcenter.domain.errors import TooLate, Unavailable

# The controller answers a late command itself; this is for a controller that does not answer.
_GRACE_SECONDS = 1.0
# A snapshot of a very full floor may be longer than a request line ever is.
_MAX_MESSAGE_BYTES = 64 * MAX_LINE_BYTES
IDLE: Message = {"type": "idle"}


class ControlClient:
    """Thread-safe: holds nothing but the path of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def request(
        self,
        command: str,
        arguments: Message | None = None,
        *,
        by: str = "",
        deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
    ) -> Message:
        """The command's result. Raises the domain error the controller answered with,
        Unavailable when it is not running, TooLate when it did not answer in time."""
        line = encode(
            {
                "id": 1,
                "command": command,
                "by": by,
                "deadline_seconds": deadline_seconds,
                "arguments": arguments or {},
            }
        )
        with self._connect(deadline_seconds) as connection:
            lines = _Lines(connection)
            until = time.monotonic() + deadline_seconds + _GRACE_SECONDS
            _send(connection, line)
            answer = lines.next_line(until)
        if answer is None:
            raise TooLate("The controller did not answer in time. Look before you try again.")
        return result_of(decode(answer))

    def subscribe(self, idle_seconds: float | None = None) -> Iterator[Message]:
        """A snapshot, then deltas as they happen. Ends by Unavailable when the controller goes
        away: subscribe again for a new snapshot. With `idle_seconds`, yields
        `{"type": "idle"}` whenever that long nothing happened."""
        with self._connect(DEFAULT_DEADLINE_SECONDS) as connection:
            lines = _Lines(connection)
            _send(connection, encode({"id": 1, "command": "subscribe"}))
            while True:
                until = None if idle_seconds is None else time.monotonic() + idle_seconds
                line = lines.next_line(until)
                if line is None:
                    yield IDLE
                    continue
                message = decode(line)
                if "type" not in message:
                    result_of(message)
                    continue
                yield message

    def _connect(self, timeout_seconds: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(self.path))
        except OSError as error:
            connection.close()
            raise Unavailable(
                "The controller is not running. Start it (callcenter run controller)."
            ) from error
        return connection


def _send(connection: socket.socket, line: bytes) -> None:
    try:
        connection.sendall(line)
    except OSError as error:
        raise _gone() from error


def _gone() -> Unavailable:
    return Unavailable("The controller closed the connection. Try again in a moment.")


class _Lines:
    """Lines from a socket; what a timeout leaves unread stays for the next call."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def next_line(self, until: float | None) -> bytes | None:
        """None when `until` (monotonic) passed first. Raises Unavailable on end of stream."""
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                return line
            searched = len(self._buffer)
            if searched > _MAX_MESSAGE_BYTES:
                raise Unavailable("The controller sent a line without an end.")
            if not self._read_more(until):
                return None

    def _read_more(self, until: float | None) -> bool:
        remaining = None if until is None else until - time.monotonic()
        if remaining is not None and remaining <= 0:
            return False
        self._connection.settimeout(remaining)
        try:
            data = self._connection.recv(256 * 1024)
        except TimeoutError:
            return False
        except OSError as error:
            raise _gone() from error
        if not data:
            raise _gone()
        self._buffer += data
        return True
