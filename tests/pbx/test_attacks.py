"""What attackers did to systems like this, tried on the running one. The list: docs/security.md."""

from __future__ import annotations

import configparser
import http.client
import os
import re
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pbx.raw_sip import ask, guess_password
from tests.stack import TRUNK_ADDRESS, Stack, ami_action, eventually
from tests.stack_site import SUPPORT

pytestmark = pytest.mark.pbx

CHECKOUT = Path(__file__).resolve().parents[2]
MARK = "cc-owned"
SOME_CHANNEL = "Local/201@cc-phone"


class AmiIntruder:
    """Who has got hold of the controller's AMI password."""

    def __init__(self, stack: Stack) -> None:
        settings = stack.settings
        self._socket = socket.create_connection(("127.0.0.1", settings.ami_port), timeout=60)
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        login = {"Username": settings.ami_user, "Secret": settings.ami_secret, "Events": "off"}
        assert self.ask("Login", **login)["Response"] == "Success"

    def ask(self, action: str, **headers: str) -> dict[str, str]:
        self._socket.sendall(ami_action(action, **headers))
        answer: dict[str, str] = {}
        while line := self._lines.readline().decode().strip():
            key, _, value = line.partition(": ")
            answer[key] = value
        return answer

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def intruder(stack: Stack) -> Iterator[AmiIntruder]:
    there = AmiIntruder(stack)
    yield there
    there.close()


# -- AMI -------------------------------------------------------------------------------------

COMMANDING = {
    "AGI", "Command", "CreateConfig", "DBDel", "DBDelTree", "DBPut", "DialplanExtensionAdd",
    "DialplanExtensionRemove", "Filter", "GetConfig", "GetConfigJSON", "ListCategories",
    "MixMonitor", "ModuleLoad", "PJSIPNotify", "Reload", "UpdateConfig",
}  # fmt: skip


def test_the_ami_user_is_not_offered_what_commands_the_machine(intruder: AmiIntruder) -> None:
    offered = set(intruder.ask("ListCommands"))
    assert {"Originate", "Hangup", "QueuePause"} <= offered
    assert offered & COMMANDING == set()


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("Command", {"Command": "core show version"}),
        ("ModuleLoad", {"LoadType": "load", "Module": "app_system.so"}),
        ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
        ("GetConfig", {"Filename": "manager.conf"}),
        ("DBPut", {"Family": "cc-phone", "Key": "300", "Val": "1001"}),
        ("Reload", {}),
        ("Getvar", {"Variable": "SHELL(touch HOME)"}),
        ("Setvar", {"Variable": "SHELL(touch HOME)", "Value": "1"}),
        ("Setvar", {"Variable": "FILE(HOME)", "Value": "1"}),
        ("MixMonitor", {"Channel": "PJSIP/x", "File": "HOME", "Command": "touch HOME"}),
    ],
)
def test_the_ami_user_may_not(
    stack: Stack, intruder: AmiIntruder, action: str, headers: dict[str, str]
) -> None:
    target = stack.settings.home / MARK
    filled = {key: value.replace("HOME", str(target)) for key, value in headers.items()}
    assert intruder.ask(action, **filled)["Response"] == "Error"
    assert not target.exists()


@pytest.mark.parametrize(
    ("application", "data"),
    [
        ("System", "touch HOME"),
        ("TrySystem", "touch HOME"),
        ("Exec", "System(touch HOME)"),
        ("TryExec", "System(touch HOME)"),
        ("ExecIf", "1?System(touch HOME)"),
        ("ExecIf", "1?AGI(/usr/bin/touch,HOME)"),
        ("AGI", "/usr/bin/touch,HOME"),
        ("EAGI", "/usr/bin/touch,HOME"),
        ("MixMonitor", "HOME.raw,,touch HOME"),
        ("ExecIf", "1?MixMonitor(HOME.raw,,touch HOME)"),
        ("Set", "SHELL(touch HOME)=1"),
        ("Set", "FILE(HOME)=1"),
    ],
)
def test_the_ami_user_cannot_originate_a_command(
    stack: Stack, intruder: AmiIntruder, application: str, data: str
) -> None:
    target = stack.settings.home / MARK
    filled = data.replace("HOME", str(target))
    answer = intruder.ask(
        "Originate", Channel=SOME_CHANNEL, Application=application, Data=filled, Async="false"
    )
    assert "Forbidden" in answer["Message"]
    assert not target.exists()


def test_what_would_run_commands_is_not_even_loaded(stack: Stack) -> None:
    loaded = stack.asterisk("module show")
    for module in ("app_system", "func_shell", "func_env", "func_curl", "app_externalivr"):
        assert module not in loaded


def test_a_wrong_ami_password_is_refused_and_logged(stack: Stack) -> None:
    with socket.create_connection(("127.0.0.1", stack.settings.ami_port), timeout=60) as ami:
        ami.sendall(ami_action("Login", Username=stack.settings.ami_user, Secret="guess"))
        said = b"".join(iter(lambda: ami.recv(4096), b"")).decode()
    assert "Authentication failed" in said
    eventually(lambda: 'Service="AMI"' in security_log(stack), 5, "the refusal in the log")


# -- SIP -------------------------------------------------------------------------------------


def security_log(stack: Stack) -> str:
    return (stack.settings.asterisk_log / "security").read_text(errors="replace")


def ban_pattern() -> re.Pattern[str]:
    """deploy/fail2ban's filter as fail2ban reads it: <HOST> is an address."""
    filter_ = configparser.RawConfigParser()
    filter_.read(CHECKOUT / "deploy/fail2ban/filter.d/callcenter-sip.conf")
    text = filter_["Definition"]["failregex"]
    return re.compile(text.replace("<HOST>", r"(?P<host>[0-9a-fA-F:.]+)"))


def banned(stack: Stack) -> list[str]:
    matches = map(ban_pattern().search, security_log(stack).splitlines())
    return [match["host"] for match in matches if match]


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE"])
def test_a_scan_cannot_tell_our_phones_from_others(stack: Stack, method: str) -> None:
    port = stack.settings.sip_port

    def answer(user: str) -> str:
        text = ask(port, method, user, headers=["Event: presence"])
        challenge = re.sub(r'(nonce|opaque)="[^"]*"', "", text)
        head = [line for line in challenge.split("\r\n") if line.startswith(("SIP/", "WWW-"))]
        return "\n".join([*head, *re.findall("Asterisk", text)])

    ours, unknown = answer("201"), answer("999")
    assert ours == unknown
    assert ours.startswith("SIP/2.0 401")
    assert "Asterisk" not in ours
    assert stack.channels() == []


def test_password_guessing_is_in_the_security_log_as_fail2ban_wants_it(stack: Stack) -> None:
    port = stack.settings.sip_port
    stack.phone("204")  # one that signs in properly must not count
    before = len(banned(stack))
    assert guess_password(port, "201", "201").startswith("SIP/2.0 401")
    assert guess_password(port, "999", "999").startswith("SIP/2.0 401")
    eventually(lambda: len(banned(stack)) >= before + 3, 5, "three refusals")
    assert set(banned(stack)[before:]) == {"127.0.0.9"}


@pytest.mark.parametrize(
    "user",
    [
        "a%22,RemoteAddress=%22IPV4/UDP/9.9.9.9/5060",
        "a%22,RemoteAddress=%22IPV4/UDP/9.9.9.9/5060%22,Challenge=%22",
    ],
)
def test_a_caller_cannot_have_somebody_else_banned(stack: Stack, user: str) -> None:
    """Asterisk cuts the name after some 36 characters: enough for a short address."""
    before = len(banned(stack))
    ask(stack.settings.sip_port, "OPTIONS", user)
    eventually(lambda: len(banned(stack)) > before, 5, "the refusal")
    assert "9.9.9.9" in security_log(stack)
    assert set(banned(stack)[before:]) == {"127.0.0.9"}


@pytest.mark.parametrize("method", ["REGISTER", "SUBSCRIBE", "MESSAGE", "REFER", "PUBLISH"])
def test_a_carriers_address_gives_calls_and_nothing_else(stack: Stack, method: str) -> None:
    headers = ["Event: presence", "Refer-To: <sip:00999@127.0.0.1>"]
    answer = ask(stack.settings.sip_port, method, "201", address=TRUNK_ADDRESS, headers=headers)
    assert answer.split()[1] in ("401", "403", "404", "489", "501")
    assert stack.channels() == []


# -- Asterisk's HTTP server --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/httpstatus", "/static/x", "/manager", "/rawman", "/ari/x", "/<script>x", "/ws"]
)
def test_asterisks_http_server_serves_nothing_but_the_websocket(stack: Stack, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.settings.http_port, timeout=60)
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == (426 if path == "/ws" else 404)
    assert b"<script>" not in answer.read()
    connection.close()


def test_everything_but_sip_and_media_is_on_loopback(stack: Stack) -> None:
    said = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    places = {line.split()[3] for line in said.splitlines()}
    own = stack.settings
    for port in (own.ami_port, own.agi_port, own.http_port, own.web_port):
        assert {place for place in places if place.endswith(f":{port}")} == {f"127.0.0.1:{port}"}


# -- what lies on the disk and in the process list ---------------------------------------------


def others_may(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IRWXO)


def test_what_we_write_is_closed_to_other_users(stack: Stack) -> None:
    ann = stack.phone("201", "auto")
    stack.sign_in("1001", "201")
    call = stack.caller("15550177").call(SUPPORT).wait_up()
    recorded = eventually(lambda: list(stack.settings.recordings.rglob("*.raw")), 10)
    call.hang_up()
    assert ann
    home = stack.settings.home
    written = [*recorded, *(path.parent for path in recorded)]
    written += [stack.settings.asterisk_log / name for name in ("full", "security", "queue_log")]
    written += [*(home / "run").iterdir()]
    assert [str(path) for path in written if others_may(path)] == []
    for path in ("callcenter.toml", "run/control.sock"):
        assert stat.S_IMODE((home / path).stat().st_mode) == 0o600


def test_no_secret_is_in_a_log_or_the_process_list(stack: Stack) -> None:
    own = stack.settings
    secrets = [own.ami_secret, own.web_secret, *(phone.secret for phone in stack.site.phones)]
    assert all(secrets)
    stack.phone("201")
    listed = b"".join(processes_of(stack))
    logs = [path for path in (*own.logs.rglob("*"), *own.asterisk_log.rglob("*")) if path.is_file()]
    assert listed
    assert logs
    for secret in secrets:
        assert secret.encode() not in listed
        assert [path for path in logs if secret.encode() in path.read_bytes()] == []
        assert secret not in repr(own)


def processes_of(stack: Stack) -> list[bytes]:
    """Command line and environment of each; one that ends meanwhile is left out."""
    home = str(stack.settings.home).encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (each / "cmdline").read_bytes()
            if home in line and int(each.name) != os.getpid():
                found.append(line + (each / "environ").read_bytes())
    return found
