"""STARTTLS and login against a real SMTP server: what goes over, and what never does."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callcenter.mail.smtp import ServerAway, send
from callcenter.settings import Settings
from tests.mail_server import MailServer, mail_server

PASSWORD = "right horse"


def certificate(folder: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def tried() -> list[LoginPassword]:
    return []


@pytest.fixture
def server(pem: Path, tried: list[LoginPassword]) -> Iterator[MailServer]:
    """Takes mail only by STARTTLS and from who logs in."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)

    def authenticator(_s: Any, _session: Any, _e: Any, _mechanism: str, given: Any) -> AuthResult:
        tried.append(given)
        right = given.password.decode() == PASSWORD
        return AuthResult(success=right, handled=False)  # the server answers 535 itself

    with mail_server(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticator
    ) as started:
        yield started


def settings_of(server: MailServer, home: Path, **changed: Any) -> Settings:
    secure = {"smtp_security": "starttls", "smtp_user": "reports", "smtp_password": PASSWORD}
    return replace(Settings(home=home, **server.settings), **{**secure, **changed})


def message() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Daily queue"
    made.set_content("as asked")
    return made


def test_a_report_goes_over_starttls_with_a_login(
    server: MailServer, pem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    send(settings_of(server, tmp_path), message(), "boss@acme.example")
    assert server.to() == ["boss@acme.example"]


def test_a_wrong_password_says_so_and_sends_nothing(
    server: MailServer, pem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    wrong = settings_of(server, tmp_path, smtp_password="wrong")
    with pytest.raises(ServerAway, match="refuses the login"):
        send(wrong, message(), "boss@acme.example")
    assert server.taken == []


def test_a_server_nobody_vouches_for_is_told_no_password(
    server: MailServer, tried: list[LoginPassword], tmp_path: Path
) -> None:
    with pytest.raises(ServerAway, match="certificate"):
        send(settings_of(server, tmp_path), message(), "boss@acme.example")
    assert (tried, server.taken) == ([], [])


def test_a_server_without_starttls_is_told_no_password(tmp_path: Path) -> None:
    with mail_server() as plain:
        with pytest.raises(ServerAway, match="STARTTLS"):
            send(settings_of(plain, tmp_path), message(), "boss@acme.example")
        assert plain.taken == []
