"""Checks of our processes and the ports they need."""

from __future__ import annotations

import errno
import socket

from callcenter.control import ControlClient
from callcenter.domain.errors import CallcenterError
from callcenter.health.finding import Finding, broken, ok
from callcenter.health.status import EXPECTED
from callcenter.settings import Settings
from callcenter.supervisor import pid_files

START = "start it: `callcenter up`, ./run, or `systemctl start callcenter.target`"


def running(settings: Settings) -> Finding:
    down = [name for name in EXPECTED if pid_files.alive(settings, name) is None]
    if down:
        return broken("processes", f"not running: {', '.join(down)}", START)
    return ok("processes", "all run")


def controller_connected(settings: Settings) -> Finding:
    client = ControlClient(settings.control_socket)
    try:
        pbx = client.request("status", deadline_seconds=3)["pbx"]
    except CallcenterError as error:
        return broken("controller", str(error), f"{START}; its log is log/controller.log")
    if not pbx["connected"]:
        return broken("controller", "not connected to Asterisk", "see asterisk/log/full")
    return ok("controller", "connected to Asterisk")


def dialer_ready(settings: Settings) -> Finding:
    """Calls out stop when one of the parts is away; calls in do not."""
    try:
        board = ControlClient(settings.dialer_socket).request("status", deadline_seconds=3)
    except CallcenterError:
        return broken("dialer", "does not answer", f"{START}; its log is log/dialer.log")
    if board["why_not"]:
        return broken("dialer", f"dials nothing: {board['why_not']}", "mend that part first")
    aside = [each["reason"] for each in board["campaigns"].values() if not each["mode"]]
    if aside:
        return broken("dialer", aside[0], "the other campaigns go on")
    return ok("dialer", f"{len(board['campaigns'])} campaigns running")


def ports(settings: Settings) -> Finding:
    """A port is wrong only when its process does not run and somebody else has it."""
    wanted = {
        "asterisk": [
            ("ami_port", "127.0.0.1", settings.ami_port, socket.SOCK_STREAM),
            ("http_port", "127.0.0.1", settings.http_port, socket.SOCK_STREAM),
            ("sip_port", settings.sip_host, settings.sip_port, socket.SOCK_DGRAM),
        ],
        "agi": [("agi_port", "127.0.0.1", settings.agi_port, socket.SOCK_STREAM)],
        "web": [("web_port", settings.web_host, settings.web_port, socket.SOCK_STREAM)],
    }
    taken = [
        f"{key} {port}"
        for process, entries in wanted.items()
        if pid_files.alive(settings, process) is None
        for key, host, port, kind in entries
        if _taken(host, port, kind)
    ]
    if taken:
        mend = "stop what uses it (`ss -lntup`), or choose another in callcenter.toml"
        return broken("ports", f"another program has {', '.join(taken)}", mend)
    return ok("ports", "ours or free")


def _taken(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
