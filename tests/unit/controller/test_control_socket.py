"""The control socket: real Unix sockets, no Asterisk."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.control.client import ControlClient
from callcenter.control.fake import FakeController
from callcenter.domain.errors import Conflict, InvalidInput, TooLate, Unavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "control.sock"


@pytest.fixture
def controller(path: Path) -> Iterator[FakeController]:
    with FakeController(path, {"agents": {"1001": {"number": "1001"}}}) as running:
        yield running


def _raw(path: Path, data: bytes) -> dict[str, object]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        connection.sendall(data)
        found: dict[str, object] = json.loads(connection.makefile("rb").readline())
        return found


def test_a_command_reaches_the_controller_and_its_result_comes_back(
    controller: FakeController, path: Path
) -> None:
    result = ControlClient(path).request("spy", {"call": "c1"}, by="ann")
    assert result == {"spy": "spy-1"}
    assert [(r.command, r.by, r.arguments) for r in controller.requests] == [
        ("spy", "ann", {"call": "c1"})
    ]


def test_a_domain_error_is_raised_as_the_same_class_with_its_message(
    controller: FakeController, path: Path
) -> None:
    controller.answers["pause"] = Conflict("Agent 1001 is not signed in.")
    with pytest.raises(Conflict, match="not signed in"):
        ControlClient(path).request("pause")


def test_a_subscriber_gets_a_snapshot_and_then_deltas(
    controller: FakeController, path: Path
) -> None:
    messages = ControlClient(path).subscribe()
    first = next(messages)
    assert (first["type"], first["agents"]) == ("snapshot", {"1001": {"number": "1001"}})
    controller.change({"agents": {"1001": {"number": "1001", "state": "ready"}}})
    delta = next(messages)
    assert delta["version"] == first["version"] + 1
    assert delta["set"]["agents"]["1001"]["state"] == "ready"


def test_an_idle_subscription_says_so(controller: FakeController, path: Path) -> None:
    messages = ControlClient(path).subscribe(idle_seconds=0.05)
    assert {"type": "idle"} in (next(messages), next(messages))  # one of them is the snapshot


def test_without_a_controller_the_error_says_to_start_it(path: Path) -> None:
    with pytest.raises(Unavailable, match="Start it"):
        ControlClient(path).request("status")


def test_a_subscription_ends_by_an_error_when_the_controller_goes(path: Path) -> None:
    with FakeController(path):
        messages = ControlClient(path).subscribe()
        next(messages)
    with pytest.raises(Unavailable):
        next(messages)


def test_a_late_command_is_answered_too_late(controller: FakeController, path: Path) -> None:
    import asyncio

    async def forever(request: object) -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    controller._server._execute = forever  # type: ignore[union-attr]
    with pytest.raises(TooLate, match="not be tried again"):
        ControlClient(path).request("pause", deadline_seconds=0.1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"hello\n", "JSON"),
        (b"[1]\n", "JSON object"),
        (b'"' + b"[" * 200_000 + b"\n", "JSON"),
        (b"[" * 200_000 + b"\n", "JSON"),
        (b"\xff\xfe\n", "JSON"),
        (b"{}\n", "command"),
        (b'{"command": "pause", "arguments": 3}\n', "arguments"),
        (b'{"command": "pause", "deadline_seconds": -1}\n', "deadline"),
        (b'{"command": "reboot"}\n', "no command"),
        (b'{"command": "reboot", "id": "\\ud800"}\n', "no command"),
        (b'{"command": "reboot", "deadline_seconds": 1' + b"0" * 400 + b"}\n", "no command"),
        (b"x" * (1024 * 1024 + 10) + b"\n", "1 MiB"),
    ],
)
def test_a_hostile_line_gets_a_clear_error_and_disturbs_nobody(
    controller: FakeController, path: Path, line: bytes, says: str
) -> None:
    watcher = ControlClient(path).subscribe()
    next(watcher)
    answer = _raw(path, line)
    assert answer["ok"] is False
    assert says in answer["error"]["message"]  # type: ignore[index]
    controller.change({"agents": {}})
    assert next(watcher)["type"] == "delta"
    assert ControlClient(path).request("status") == {}


def test_the_socket_is_for_its_owner_only(controller: FakeController, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_stale_socket_is_replaced_and_a_live_one_refused(path: Path) -> None:
    path.parent.mkdir()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with FakeController(path), pytest.raises(Conflict, match="already serves"):
        FakeController(path).__enter__()


def test_a_subscriber_that_does_not_read_is_dropped_and_others_go_on(path: Path) -> None:
    with FakeController(path) as controller:
        assert controller._server is not None
        controller._server._max_outbox_bytes = 64 * 1024
        sleeper = socket.socket(socket.AF_UNIX)
        sleeper.connect(str(path))
        sleeper.sendall(b'{"command": "subscribe"}\n')
        sleeper.recv(10)
        reader = ControlClient(path).subscribe()
        next(reader)
        for _ in range(60):
            controller.change({"agents": {"1001": {"name": "x" * 20_000}}})
            assert next(reader)["type"] == "delta"
        assert controller._server.subscribers == 1
        sleeper.close()


def test_an_unknown_command_is_invalid_input(controller: FakeController, path: Path) -> None:
    with pytest.raises(InvalidInput):
        ControlClient(path).request("reboot")
