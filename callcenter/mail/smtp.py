"""One message to one recipient, and exactly what became of it.

SMTP has one instant that cannot be made certain: when the text has gone over and the line breaks
before the server's answer, the message may have been taken or not. That alone is `Unsure`; every
other failure is known to have sent nothing.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

from callcenter.domain.errors import CallcenterError
from callcenter.mail.addresses import is_address
from callcenter.settings import Settings, SettingsError

SECONDS = 30.0  # for each step of the conversation
SECURITY = ("starttls", "tls", "none")
READY_FOR_TEXT, TAKEN = 354, 250


class NotSent(CallcenterError):
    """Nothing was sent. `for_good`: trying again would end the same."""

    code = "not_sent"

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


class ServerAway(NotSent):
    """The server itself: the same for every recipient."""


class Unsure(CallcenterError):
    code = "unsure"


def refuse_settings(settings: Settings) -> None:
    """Raises SettingsError that says what to set."""
    if not settings.smtp_host:
        raise SettingsError(
            "there is no mail server yet: set smtp_host and mail_from (docs/settings.md)"
        )
    if settings.smtp_security not in SECURITY:
        raise SettingsError(f"smtp_security is one of {', '.join(SECURITY)}")
    if not is_address(settings.mail_from):
        raise SettingsError("set mail_from to the address that reports come from")


def send(
    settings: Settings,
    message: EmailMessage,
    recipient: str,
    about_to_send: Callable[[], None] = lambda: None,
) -> None:
    """`about_to_send` is called when the server waits for the text, before the first byte of it;
    should it raise, nothing is sent. Raises NotSent, Unsure, SettingsError."""
    refuse_settings(settings)
    try:
        server = _connected(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise ServerAway(f"{_where(settings)} refuses the login: {_said(error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(f"{_where(settings)} does not answer: {error}") from error
    try:
        _addressed(server, settings, recipient)
        _text(server, message, about_to_send)
    finally:
        _leave(server)


def _connected(settings: Settings) -> smtplib.SMTP:
    place = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(*place, timeout=SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _addressed(server: smtplib.SMTP, settings: Settings, recipient: str) -> None:
    try:
        code, said = server.mail(settings.mail_from)
        if code != TAKEN:
            raise NotSent(f"the server refuses the sender {settings.mail_from}: {_words(said)}")
        code, said = server.rcpt(recipient)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the line to {_where(settings)} broke: {error}") from error
    if code not in (250, 251):
        raise NotSent(f"the server refuses {recipient}: {_words(said)}", for_good=code >= 500)


def _text(server: smtplib.SMTP, message: EmailMessage, about_to_send: Callable[[], None]) -> None:
    """smtplib's own `data()` in two halves, so that what is known to be unsent stays known."""
    text = message.as_bytes(policy=SMTP)
    try:
        code, said = server.docmd("data")
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the line broke before the text: {error}") from error
    if code != READY_FOR_TEXT:
        raise NotSent(f"the server takes no text: {_words(said)}", for_good=code >= 500)
    about_to_send()
    try:
        server.send(_with_dots(text))
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(
            f"the line broke while the report went over it ({error}); it may have arrived or not"
        ) from error
    if code != TAKEN:
        raise NotSent(f"the server refuses the report: {_words(said)}", for_good=code >= 500)


def _with_dots(text: bytes) -> bytes:
    """A line that begins with a dot gets a second one; a dot alone ends the text (RFC 5321)."""
    lines = text.split(b"\r\n")
    whole = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return whole + (b"" if whole.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _where(settings: Settings) -> str:
    return f"the mail server {settings.smtp_host}:{settings.smtp_port}"


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return _words(said if isinstance(said, bytes) else said.encode())


def _words(said: bytes) -> str:
    return said.decode(errors="replace").replace("\n", " ").strip()[:300]
