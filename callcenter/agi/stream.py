"""Text lines over a socket, with every way a peer can misbehave bounded."""

from __future__ import annotations

import socket
import time

from asterisk.agi import AGIHangup

from callcenter.agi.request import MAX_HEADER_BYTES, MAX_HEADER_LINES
from callcenter.domain.errors import InvalidInput, TooLate

MAX_LINE_BYTES = 64 * 1024


class SocketLines:
    """What pyst2's AGI takes for stdin and stdout.

    A peer that closes, or tells us that the caller hung up, raises AGIHangup: an empty line (what
    a file gives at its end) would make pyst2 fail on an int('').
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._written: list[str] = []
        self.answer_seconds = 60.0

    def read_header_lines(self, seconds: float) -> list[str]:
        """All lines up to the empty one. Raises TooLate, InvalidInput (too long), AGIHangup."""
        until = time.monotonic() + seconds
        lines: list[str] = []
        total = 0
        while line := self._line(until, MAX_HEADER_BYTES):
            total += len(line)
            lines.append(line)
            if total > MAX_HEADER_BYTES or len(lines) > MAX_HEADER_LINES:
                raise InvalidInput(f"the AGI header is longer than {MAX_HEADER_BYTES} bytes")
        return lines

    def readline(self) -> str:
        line = self._line(time.monotonic() + self.answer_seconds, MAX_LINE_BYTES)
        if line == "HANGUP":
            raise AGIHangup("the caller hung up")
        return line + "\n"

    def write(self, text: str) -> None:
        self._written.append(text)

    def flush(self) -> None:
        data = "".join(self._written).encode("utf-8", "replace")
        self._written.clear()
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise AGIHangup(f"Asterisk closed the connection: {error}") from error

    def _line(self, until: float, most: int) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > most:
                raise InvalidInput(f"a line of more than {most} bytes")
            self._read_more(until)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.decode("utf-8", "replace").rstrip("\r")

    def _read_more(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TooLate("Asterisk did not send its line in time")
        self._connection.settimeout(left)
        try:
            data = self._connection.recv(4096)
        except TimeoutError:
            raise TooLate("Asterisk did not send its line in time") from None
        except OSError as error:
            raise AGIHangup(str(error)) from error
        if not data:
            raise AGIHangup("Asterisk closed the connection")
        self._buffer += data
