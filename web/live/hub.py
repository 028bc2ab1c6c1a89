"""One subscription to the controller, fanned out to every browser.

A single thread keeps the floor and encodes each change once per scope; each stream has a bounded
queue of ready bytes. A browser that does not keep up is dropped: it reconnects and starts from a
fresh snapshot, which is cheaper for everybody than an ever longer queue.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import queue
import threading
import time
from collections.abc import Callable

from callcenter.control import ControlClient
from callcenter.domain.errors import CallcenterError
from web.live.floor import (
    Message,
    Scope,
    apply_delta,
    empty_floor,
    frame,
    visible_delta,
    visible_floor,
)

log = logging.getLogger(__name__)

FrameFor = Callable[[Scope], bytes]

MAX_WAITING_FRAMES = 500
RETRY_SECONDS = 0.5
FIRST_SNAPSHOT_SECONDS = 1.0


class Listener:
    """One open stream. `frames` yields bytes; None means: end the stream."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def take(self, timeout_seconds: float) -> list[bytes | None]:
        """Everything that waits, or nothing when nothing came in time."""
        taken: list[bytes | None] = []
        with contextlib.suppress(queue.Empty):
            taken.append(self.frames.get(timeout=timeout_seconds))
            while True:
                taken.append(self.frames.get_nowait())
        return taken


class LiveHub:
    """Thread-safe. The thread starts with the first reader, so that a fork before it is safe."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._floor = empty_floor()
        self._link: Message = {"controller": False, "since": time.time()}
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._first_snapshot = threading.Event()
        self._stopping = threading.Event()

    def snapshot(self, scope: Scope) -> Message:
        """A copy of the floor with `link`: whether the controller is there, and since when."""
        self._start()
        self._first_snapshot.wait(FIRST_SNAPSHOT_SECONDS)
        with self._lock:
            return copy.deepcopy(self._snapshot_now(scope))

    def listen(self, scope: Scope) -> Listener:
        """Its first frame is a snapshot; every change after that follows without a gap."""
        self._start()
        listener = Listener(scope)
        with self._lock:
            listener.frames.put(frame("snapshot", self._snapshot_now(scope)))
            self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def stop(self) -> None:
        """Ends every stream, so that the process can end."""
        self._stopping.set()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Ends every stream: browsers come back at once, and get what they may see now."""
        with self._lock:
            for listener in self._listeners:
                listener.frames.put(None)
            self._listeners.clear()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="live", daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow_once()
            except CallcenterError as error:
                self._set_link(False, str(error))
            except Exception:
                log.exception("live_stream_broke")
                self._set_link(False, "the live stream broke")
            self._stopping.wait(RETRY_SECONDS)

    def _follow_once(self) -> None:
        for message in self._control.subscribe(idle_seconds=1.0):
            if self._stopping.is_set():
                return
            if message["type"] == "snapshot":
                self._replace(message)
            elif message["type"] == "delta" and not self._change(message):
                log.warning("live_gap", extra={"version": message["version"]})
                return

    def _replace(self, snapshot: Message) -> None:
        with self._lock:
            self._floor = {key: value for key, value in snapshot.items() if key != "type"}
            self._link = {"controller": True, "since": time.time()}
            self._send(lambda scope: frame("snapshot", self._snapshot_now(scope)))
        self._first_snapshot.set()

    def _change(self, delta: Message) -> bool:
        with self._lock:
            before = dict(self._floor["calls"])
            if not apply_delta(self._floor, delta):
                return False
            self._send(lambda scope: frame("delta", visible_delta(delta, scope, before)))
        return True

    def _set_link(self, up: bool, reason: str) -> None:
        with self._lock:
            if self._link["controller"] == up:
                return
            log.warning("controller_lost", extra={"reason": reason})
            self._link = {"controller": up, "since": time.time()}
            self._send(lambda _scope: frame("link", self._link))

    def _snapshot_now(self, scope: Scope) -> Message:
        return visible_floor(self._floor, scope) | {"link": self._link, "now": time.time()}

    def _send(self, frame_for: FrameFor) -> None:
        """Under the lock. Encodes once per scope."""
        ready: dict[Scope, bytes] = {}
        for listener in tuple(self._listeners):
            if listener.frames.qsize() >= MAX_WAITING_FRAMES:
                self._listeners.discard(listener)
                listener.frames.put(None)
                log.warning("listener_dropped", extra={"waiting": MAX_WAITING_FRAMES})
                continue
            if listener.scope not in ready:
                ready[listener.scope] = frame_for(listener.scope)
            listener.frames.put(ready[listener.scope])
