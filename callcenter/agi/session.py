"""pyst2's AGI, made safe for threads and for text that callers send."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, TextIO

from asterisk.agi import AGI, AGIError, AGIHangup

from callcenter.agi.stream import SocketLines


class _Silence(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


class PlainLines:
    """Standard input of a script that Asterisk started: its end is a hang-up, not an answer."""

    def __init__(self, stdin: TextIO) -> None:
        self._stdin = stdin

    def readline(self) -> str:
        line = self._stdin.readline()
        if line in ("", "HANGUP\n"):
            raise AGIHangup("the caller hung up")
        return line


class AgiSession(AGI):  # type: ignore[misc] # pyst2 has no types
    """One conversation with Asterisk about one channel.

    pyst2's own constructor sets a signal handler (main thread only) and logs every line; its
    quoting lets a value's own quotes and line ends through, so that a caller's name could add
    AGI commands.
    """

    def __init__(
        self,
        lines: SocketLines | PlainLines,
        output: SocketLines | TextIO,
        header: Mapping[str, str] | None = None,
    ) -> None:
        self.stdin = lines
        self.stdout = output
        self.stderr = _Silence()
        self._got_sighup = False
        self.env: dict[str, str] = {}
        if header is None:
            self._get_agi_env()
        else:
            self.env.update(header)

    def _quote(self, string: Any) -> str:
        text = "".join(each for each in str(string) if each.isprintable())
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def get_result(self, *_: Any) -> Any:
        try:
            return super().get_result()
        except ValueError as error:  # pyst2 takes int('') of a line without a code
            raise AGIError("what Asterisk answered is no AGI answer") from error
