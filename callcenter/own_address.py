"""The address under which phones on the network find this machine."""

from __future__ import annotations

import socket

from callcenter.settings import Settings

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - comparing, not binding
# Of the documentation network: choosing a way there tells our own address, and sends nothing.
SOMEWHERE = ("192.0.2.1", 9)


def own_address(settings: Settings) -> str:
    """`sip_host`; where that is every address, the one used towards the network."""
    if settings.sip_host not in EVERYWHERE:
        return settings.sip_host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
        except OSError:  # no network at all
            return "127.0.0.1"
        return str(probe.getsockname()[0])
