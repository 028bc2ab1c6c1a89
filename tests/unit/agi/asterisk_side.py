"""Asterisk's side of FastAGI, as far as a script can tell: header out, a line for each command."""

from __future__ import annotations

import socket
from collections.abc import Callable

Answer = Callable[[str], str]


def always_ok(_command: str) -> str:
    return "200 result=0"


def header(script: str, **fields: str) -> bytes:
    known = {
        "network": "yes",
        "network_script": script,
        "request": f"agi://127.0.0.1/{script}",
        "channel": "PJSIP/trunk-carrier-00000001",
        "uniqueid": "pbx1-1764000000.1",
        "callerid": "442079460018",
        "calleridname": "unknown",
    } | fields
    lines = "".join(f"agi_{key}: {value}\n" for key, value in known.items())
    return (lines + "\n").encode()


def converse(
    address: tuple[str, int], script: str, answer: Answer = always_ok, **fields: str
) -> list[str]:
    """The commands the script sent until it closed the connection."""
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(header(script, **fields))
        lines = connection.makefile("rw", encoding="utf-8", newline="\n")
        commands = []
        for line in lines:
            commands.append(line.rstrip("\n"))
            reply = answer(commands[-1])
            if not reply:
                break  # the caller hung up and Asterisk closed
            lines.write(reply + "\n")
            lines.flush()
        return commands
