"""Record a real AMI stream: `python -m tests.replay.record_ami > tests/replay/ami_calls.txt`.

A real Asterisk with the site of the tests: a queue call with hold, an attended transfer, a blind
transfer, an abandoned call, pauses. With the events our AMI user gets and no snapshot actions.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
from pathlib import Path

from tests.stack import Stack, ami_action, eventually
from tests.stack_site import SUPPORT, stack_site


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "home", stack_site(), ("controller",))
        with stack:
            sys.stdout.buffer.write(record(stack))
    return 0


def record(stack: Stack) -> bytes:
    settings = stack.settings
    got: list[bytes] = []
    with socket.create_connection(("127.0.0.1", settings.ami_port)) as ami:
        ami.sendall(ami_action("Login", Username=settings.ami_user, Secret=settings.ami_secret))
        reader = threading.Thread(target=lambda: got.extend(iter(lambda: ami.recv(65536), b"")))
        reader.start()
        play(stack)
        ami.shutdown(socket.SHUT_RDWR)
        reader.join()
    return b"".join(got)


def play(stack: Stack) -> None:
    desks = [stack.phone(number).wait_registered() for number in ("201", "202")]
    third = stack.phone("203", answer="auto").wait_registered()
    stack.control("sign_in", agent="1001", phone="201")
    for kind in ("attended", "blind", "plain"):
        rings = desks[0].next_call()
        outside = stack.caller("15550199", "Käthe Müller").call(SUPPORT)
        inside = rings()
        inside.answer()
        inside.wait_up()
        outside.wait_up()
        inside.hold()
        eventually(lambda: "held" in states(stack), 5)
        if kind == "attended":
            consult = desks[0].call("203")
            consult.wait_up()
            inside.transfer_to_call(consult)
        inside.unhold() if kind == "plain" else None
        if kind == "blind":
            taken = third.next_call()
            inside.transfer("203")
            taken().wait_up()
        eventually(lambda: "talking" in states(stack), 5)
        stack.bank.hang_up_all()
        stack.wait_no_channels()
    stack.control("pause", agent="1001", reason="Lunch")
    outside = stack.caller("15550199", "Käthe Müller").call(SUPPORT)
    eventually(lambda: "waiting" in states(stack), 5)
    outside.hang_up()
    stack.wait_no_channels()
    stack.control("sign_out", agent="1001")
    stack.wait_no_channels()


def states(stack: Stack) -> list[str]:
    return [call["state"] for call in stack.floor()["calls"].values()]


if __name__ == "__main__":
    sys.exit(main())
