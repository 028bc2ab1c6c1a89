"""Many open live streams from one thread: what 200 browsers would hold open."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode


def session_cookie(port: int, username: str, password: str) -> str:
    """The Cookie header of a browser that signed in."""
    first = _ask(port, "GET", "/sign-in")
    token = re.search(r'name="csrf-token" content="([^"]+)"', first[1])
    assert token
    form = urlencode({"username": username, "password": password, "csrf_token": token[1]})
    return _ask(port, "POST", "/sign-in", form, first[0])[0]


def _ask(port: int, method: str, path: str, body: str = "", cookie: str = "") -> tuple[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    given = answer.getheader("Set-Cookie") or cookie
    text = answer.read().decode()
    connection.close()
    return given.split(";")[0], text


class Streams:
    """Reads all of them; keeps the tail of each."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._tails = dict.fromkeys(sockets, b"")
        self._seen: dict[socket.socket, bytes] = {}
        self._selector = selectors.DefaultSelector()
        for each in sockets:
            self._selector.register(each, selectors.EVENT_READ)

    def read(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            data = connection.recv(65536)
            if not data:
                self._selector.unregister(connection)
            self._tails[connection] = (self._tails[connection] + data)[-100_000:]

    def count_until(self, text: bytes, wanted: int, seconds: float) -> int:
        """How many streams carried `text`, as soon as `wanted` did."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(0.2)
            if sum(text in tail for tail in self._tails.values()) >= wanted:
                break
        return sum(text in tail for tail in self._tails.values())

    def drain_for_ever(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.read(0.2)


@contextmanager
def open_streams(port: int, cookie: str, count: int, only: str = "") -> Iterator[Streams]:
    path = f"/live/stream{only}"
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    sockets = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.sendall(request)
        sockets.append(connection)
    streams = Streams(sockets)
    assert streams.count_until(b"event: snapshot", count, seconds=60) == count
    try:
        yield streams
    finally:
        for connection in sockets:
            connection.close()
