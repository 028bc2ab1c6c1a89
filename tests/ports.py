"""Ports for processes that bind them a moment later: whoever is given one keeps it meanwhile.

Above those that the kernel gives out itself, for each connection somebody makes could take one of
them in between; and no other test run on this machine is given the same one.
"""

from __future__ import annotations

import random
import socket
from contextlib import suppress

PORTS = range(61_000, 65_536)
RTP_PORTS = 400
RTP_STARTS = range(15_000, 31_000, RTP_PORTS)
_kept: list[socket.socket] = []  # as long as this process lives


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """One that nobody listens on, on any address, and that no test has been given."""
    return next(
        port for port in random.sample(PORTS, len(PORTS)) if _is_free(port, kind) and _keep(port)
    )


def rtp_ports() -> range:
    """For one Asterisk, apart from the other stacks."""
    starts = random.sample(RTP_STARTS, len(RTP_STARTS))
    start = next((start for start in starts if _keep(start)), starts[0])
    return range(start, start + RTP_PORTS)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
        probe.bind(("0.0.0.0", port))  # noqa: S104 - nothing is heard there
        return True
    return False


def _keep(port: int) -> bool:
    """False when another test or test run has it. The kernel forgets such a name with us."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0callcenter-test-port-{port}")
    except OSError:
        name.close()
        return False
    _kept.append(name)
    return True
