"""A PBX whose DNS is dead keeps taking calls: no step of a call may wait for a name server.

Listening on all addresses, as in production: without the machine's name in the hosts file that we
give Asterisk, it does not even come up here.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from statistics import median

import pytest

from callcenter.pbx.runtime.home import RESOLVER_OPTIONS
from tests.stack import Stack, silent_resolver
from tests.stack_site import SUPPORT, stack_site

pytestmark = pytest.mark.pbx

CALLS = 20


def asked(resolver: socket.socket) -> list[bytes]:
    """The questions that came since the last look."""
    resolver.setblocking(False)
    found = []
    with contextlib.suppress(BlockingIOError):
        while True:
            found.append(resolver.recv(4096))
    return found


def test_twenty_calls_in_a_row_wait_for_no_name_server(tmp_path: Path) -> None:
    stack = Stack(tmp_path, stack_site(), processes=(), sip_host="0.0.0.0")  # noqa: S104
    with silent_resolver() as resolver:
        address = resolver.getsockname()[0]
        stack.prepare()
        resolv_conf = stack.settings.home / "asterisk" / "resolv.conf"
        resolv_conf.write_text(f"nameserver {address}\n{RESOLVER_OPTIONS}")
        try:
            stack.start_asterisk()
            caller = stack.caller()
            asked(resolver)  # Asterisk looks for its own name when it starts
            took = []
            for _ in range(CALLS):
                call = caller.call(SUPPORT).wait_up(15)
                took.append(call.reached_at["confirmed"] - call.began)
                call.hang_up()
            assert asked(resolver) == []
            # A lookup costs every call a second, a busy machine one of them now and then.
            assert median(took) < 1, f"seconds until answered: {took}"
        finally:
            stack.close()
