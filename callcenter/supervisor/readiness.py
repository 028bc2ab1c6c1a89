"""When a process that was just started can be relied on."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

from callcenter.domain.errors import Unavailable
from callcenter.pbx import runtime
from callcenter.settings import Settings
from callcenter.supervisor import pid_files

SECONDS = {"asterisk": 30.0, "web": 20.0}
OTHER_SECONDS = 15.0
POLL_SECONDS = 0.05
BOOTED_SECONDS = 2.0


def is_ready(settings: Settings, process: str) -> bool:
    """True when the process takes work; for those that listen nowhere, when it runs."""
    if process == "asterisk":
        return _asterisk_booted(settings)
    if pid_files.alive(settings, process) is None:
        return False
    if process == "controller":
        return _answers(socket.AF_UNIX, str(settings.control_socket))
    if process == "dialer":
        return _answers(socket.AF_UNIX, str(settings.dialer_socket))
    if process == "agi":
        return _answers(socket.AF_INET, ("127.0.0.1", settings.agi_port))
    if process == "web":
        return _web_answers(settings)
    return True


def wait_until_ready(settings: Settings, process: str, give_up: Callable[[], bool]) -> bool:
    """False when `give_up()` says so or it was not ready in its time."""
    deadline = time.monotonic() + SECONDS.get(process, OTHER_SECONDS)
    while time.monotonic() < deadline and not give_up():
        if is_ready(settings, process):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _asterisk_booted(settings: Settings) -> bool:
    if runtime.running_pid(settings) is None:
        return False
    try:
        runtime.wait_until_up(settings, BOOTED_SECONDS)
    except Unavailable:
        return False
    return True


def _web_answers(settings: Settings) -> bool:
    """It listens before it can answer, so a real request is made."""
    host = "127.0.0.1" if settings.web_host == "0.0.0.0" else settings.web_host  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.web_port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        return client.connect_ex(address) == 0
