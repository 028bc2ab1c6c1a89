"""Whatever a peer does, it is bounded, and the next call is served."""

from __future__ import annotations

import errno
import socket
import time

import pytest

from callcenter.agi.request import script_name
from callcenter.agi.server import FastAgiServer
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings
from tests.unit.agi.asterisk_side import converse, header

SECONDS = 60  # half of what the server waits for a header: who is let go sooner did not wait


def refused_after(server: FastAgiServer, data: bytes, half_close: bool = False) -> float:
    """Seconds until the server closed a connection on which `data` was sent; no command came."""
    began = time.monotonic()
    with socket.create_connection(server.address, timeout=SECONDS) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1000) == b""
        except ConnectionError:
            pass  # closed with our data unread
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # as above, seen by shutdown() first
                raise
    return time.monotonic() - began


def still_serves(server: FastAgiServer) -> bool:
    return len(converse(server.address, "recognise_caller.py")) == 6


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"agi_network: ye",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\xff\xfe\r\n\n\n",
        b"agi_network: yes\n" * 10000,
        b"a" * 100_000,
        header("../../etc/passwd"),
        header("recognise_caller.py/../x"),
        header("no_such_script.py"),
    ],
)
def test_garbage_is_refused_at_once(server: FastAgiServer, data: bytes) -> None:
    refused_after(server, data, half_close=True)
    assert still_serves(server)


def test_a_slow_peer_is_cut_off(impatient_server: FastAgiServer) -> None:
    assert refused_after(impatient_server, b"agi_network: yes\n") > 0.4


def test_more_sessions_than_allowed_are_refused_and_the_rest_recover(
    server: FastAgiServer,
) -> None:
    held = [socket.create_connection(server.address, timeout=SECONDS) for _ in range(5)]
    refused_after(server, b"")
    for connection in held:
        connection.close()
    until = time.monotonic() + SECONDS
    while True:
        try:
            assert still_serves(server)
            return
        except (AssertionError, ConnectionError):
            assert time.monotonic() < until


def test_a_caller_who_hangs_up_in_mid_step_ends_it(
    server: FastAgiServer, caplog: pytest.LogCaptureFixture
) -> None:
    for last_words in ("HANGUP", "", "200 result=-1", "garbage \x00"):
        commands = converse(server.address, "order_status.py", lambda _, w=last_words: w)
        assert commands == ["ANSWER"]
    assert still_serves(server)
    assert "agi_step_failed" not in caplog.text


def test_a_broken_script_harms_its_own_calls_only(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "syntax.py").write_text("def run(:")
    (folder / "raises.py").write_text("def run(journey):\n    1 / 0\n")
    (folder / "good.py").write_text("def run(journey):\n    journey.result('first')\n")
    import dataclasses

    server = FastAgiServer(dataclasses.replace(settings, agi_scripts=folder), port=0)
    server.start()
    assert converse(server.address, "syntax.py") == []
    assert converse(server.address, "raises.py") == []
    assert converse(server.address, "good.py") == ['SET VARIABLE "CC_RESULT" "first"']
    (folder / "good.py").write_text("def run(journey):\n    journey.result('edited')\n")
    assert converse(server.address, "good.py") == ['SET VARIABLE "CC_RESULT" "edited"']
    server.stop()


@pytest.mark.parametrize("asked", ["", "/", "..", "a/b.py", "/etc/passwd", "x.sh", "x.py\x00"])
def test_only_plain_names_are_scripts(asked: str) -> None:
    with pytest.raises(InvalidInput):
        script_name({"agi_network_script": asked, "agi_request": f"agi://127.0.0.1/{asked}"})
