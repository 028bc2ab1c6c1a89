"""Serve the control socket: answers commands, sends a snapshot and deltas to subscribers.

Knows nothing of calls: `execute` carries out a request, `snapshot` gives the state now.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from callcenter.control.protocol import (
    MAX_LINE_BYTES,
    Message,
    Request,
    decode,
    encode,
    failure,
    parse_request,
    request_id,
    success,
)
from callcenter.domain.errors import CallcenterError, Conflict, InvalidInput, TooLate

log = logging.getLogger(__name__)

Execute = Callable[[Request], Awaitable[Message]]
Snapshot = Callable[[], Message]

# What a subscriber may leave unread before it is dropped; it then has to subscribe again.
MAX_OUTBOX_BYTES = 8 * MAX_LINE_BYTES


class ControlServer:
    def __init__(
        self,
        path: Path,
        execute: Execute,
        snapshot: Snapshot,
        max_outbox_bytes: int = MAX_OUTBOX_BYTES,
    ) -> None:
        self._path = path
        self._execute = execute
        self._snapshot = snapshot
        self._max_outbox_bytes = max_outbox_bytes
        self._subscribers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises Conflict when another controller already serves this socket."""
        _replace_stale_socket(self._path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Mode first, listen after: nobody connects between the two.
        listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._server = await asyncio.start_unix_server(
            self._serve, sock=listener, limit=MAX_LINE_BYTES
        )

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    @property
    def subscribers(self) -> int:
        return len(self._subscribers)

    def publish(self, message: Message) -> None:
        """To every subscriber, encoded once. Drops those that do not read."""
        if not self._subscribers:
            return
        line = encode(message)
        for writer in tuple(self._subscribers):
            self._send(writer, line)

    def _send(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        transport = writer.transport
        if transport.get_write_buffer_size() > self._max_outbox_bytes:
            log.warning("subscriber_dropped", extra={"reason": "reads too slowly"})
            self._subscribers.discard(writer)
            transport.abort()
            return
        writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - always inside a task
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            self._subscribers.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than a line may be: where the next one starts is unknown
                writer.write(encode(failure(None, InvalidInput("A line is at most 1 MiB long."))))
                await writer.drain()
                return
            if not line:
                return
            if line.strip():
                await self._answer(line, writer)
                await writer.drain()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            request = parse_request(line)
        except CallcenterError as error:
            writer.write(encode(failure(_id_in(line), error)))
            return
        if request.command == "subscribe":
            writer.write(encode(self._snapshot()))
            self._subscribers.add(writer)
            return
        writer.write(encode(await self._response(request)))

    async def _response(self, request: Request) -> Message:
        try:
            async with asyncio.timeout(request.deadline_seconds):
                return success(request.id, await self._execute(request))
        except TimeoutError:
            late = TooLate(
                "Not done in time; it will not be tried again. Look at the floor, then decide."
            )
            return failure(request.id, late)
        except CallcenterError as error:
            return failure(request.id, error)
        except Exception:
            log.exception("command_broke", extra={"command": request.command})
            broken = CallcenterError("The controller failed on this command; its log says why.")
            return failure(request.id, broken)


def _id_in(line: bytes) -> int | str | None:
    try:
        return request_id(decode(line))
    except CallcenterError:
        return None


def _replace_stale_socket(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.settimeout(1)
        probe.connect(str(path))
    except OSError:
        os.unlink(path)
        return
    finally:
        probe.close()
    raise Conflict(f"A controller already serves {path}. Stop it first.")
