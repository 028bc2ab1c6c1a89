"""A caller who writes SIP by hand, byte for byte: for what no decent phone would send."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Self

SDP = (
    "v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


SECONDS = 15.0  # for an answer; nothing here goes without one


class RawCaller:
    """One call from `address` with exactly this From header (bytes, without `From: `)."""

    def __init__(self, server_port: int, address: str) -> None:
        self._server = ("127.0.0.1", server_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(SECONDS)
        self._id = uuid.uuid4().hex
        self._here = f"{address}:{self._socket.getsockname()[1]}"
        self._from = b""
        self._to = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def invite(self, number: bytes, sender: bytes) -> int:
        """The final status, 0 when nothing came back (refused without an answer)."""
        self._number = number
        self._from = sender + b";tag=" + self._id[:8].encode()
        self._to = b"<sip:" + number + b"@127.0.0.1>"
        address = self._here.partition(":")[0]
        self._send("INVITE", 1, SDP.format(address=address).encode())
        try:
            while True:
                status = self._answer()
                if status >= 200:
                    self._send("ACK", 1)
                    return status
        except TimeoutError:
            return 0

    def bye(self) -> None:
        self._send("BYE", 2)

    def _answer(self) -> int:
        data = self._socket.recv(65536)
        if not data.startswith(b"SIP/2.0"):
            return 100  # a request to us (BYE, OPTIONS): not what we wait for
        for line in data.split(b"\r\n"):
            if line.lower().startswith(b"to:"):
                self._to = line[3:].strip()
        return int(data.split()[1])

    def _send(self, method: str, sequence: int, body: bytes = b"") -> None:
        branch = f"z9hG4bK{self._id}{method if method != 'ACK' else 'k'}"
        head = [
            method.encode() + b" sip:" + self._number + b"@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {self._here};rport;branch={branch}".encode(),
            b"Max-Forwards: 70",
            b"From: " + self._from,
            b"To: " + self._to,
            f"Call-ID: {self._id}".encode(),
            f"CSeq: {sequence} {method}".encode(),
            f"Contact: <sip:x@{self._here}>".encode(),
            *([b"Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}".encode(),
        ]
        self._socket.sendto(b"\r\n".join(head) + b"\r\n\r\n" + body, self._server)


def ask(
    server_port: int,
    method: str,
    user: str,
    *,
    address: str = "127.0.0.9",
    headers: Sequence[str] = (),
) -> str:
    """The final answer to one request from a stranger, as text; empty when none came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((address, 0))
        sender.settimeout(SECONDS)
        here = f"{address}:{sender.getsockname()[1]}"
        call = uuid.uuid4().hex
        lines = [
            f"{method} sip:{'' if method == 'REGISTER' else user + '@'}127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {here};rport;branch=z9hG4bK{call}",
            "Max-Forwards: 70",
            f"From: <sip:{user}@127.0.0.1>;tag={call[:8]}",
            f"To: <sip:{user}@127.0.0.1>",
            f"Call-ID: {call}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:x@{here}>",
            *headers,
            "Content-Length: 0",
        ]
        sender.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", server_port))
        with contextlib.suppress(TimeoutError):
            while True:
                answer = sender.recv(65536).decode(errors="replace")
                if not answer.startswith("SIP/2.0 1"):
                    return answer
    return ""


def guess_password(server_port: int, user: str, password: str) -> str:
    """The answer to a REGISTER with this password, after the challenge."""
    challenge = ask(server_port, "REGISTER", user)
    given = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', challenge))
    secret = _md5(f"{user}:{given['realm']}:{password}")
    what = _md5("REGISTER:sip:127.0.0.1")
    fields = {
        **given,
        "username": user,
        "uri": "sip:127.0.0.1",
        "cnonce": "abc",
        "response": _md5(f"{secret}:{given['nonce']}:00000001:abc:auth:{what}"),
    }
    quoted = ",".join(f'{key}="{value}"' for key, value in fields.items())
    header = f"Authorization: Digest {quoted},algorithm=MD5,qop=auth,nc=00000001"
    return ask(server_port, "REGISTER", user, headers=[header])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
