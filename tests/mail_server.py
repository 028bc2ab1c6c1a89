"""A real SMTP server on loopback that keeps what it takes, and can be told to refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port

TAKEN = "250 taken"


@dataclass
class MailServer:
    """`on_recipient` and `on_text` answer for the server; `taken` is (recipient, message)."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    on_recipient: Callable[[str], str] = lambda _recipient: TAKEN
    on_text: Callable[[str], str] = lambda _recipient: TAKEN

    @property
    def settings(self) -> dict[str, Any]:
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_security": "none",
                "mail_from": "reports@callcenter.example", "mail_to": "acme.example"}  # fmt: skip

    def to(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        answer = self.on_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        (recipient,) = envelope.rcpt_tos
        answer = self.on_text(recipient)
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append((recipient, message))
        return answer


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """`options`: aiosmtpd's own, such as `tls_context` and `authenticator`."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, ready_timeout=60,
                            **options)  # fmt: skip
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
