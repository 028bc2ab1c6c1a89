"""The hub drops a browser that does not read, and no other."""

from __future__ import annotations

from pathlib import Path

from callcenter.control import ControlClient
from callcenter.control.fake import FakeController
from web.live import hub as hub_module
from web.live.floor import BOARD, FLOOR
from web.live.hub import LiveHub


def test_slow_listener_is_ended_and_the_quick_one_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with FakeController(path) as controller:
        hub = LiveHub(ControlClient(path))
        try:
            hub.snapshot(FLOOR)
            slow, quick = hub.listen(FLOOR), hub.listen(BOARD)
            quick.take(60)
            for count in range(hub_module.MAX_WAITING_FRAMES + 2):
                controller.change({"queues": {"q": {"waiting": count}}})
                assert quick.take(60)
            assert slow.take(60)[-1] is None
            assert hub.listeners == 1
        finally:
            hub.stop()
