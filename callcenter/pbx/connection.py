"""The AMI link: panoramisk logs in, pings, reconnects and matches responses; we read the bytes.

What panoramisk 1.4 does that we must not have, and where it is undone here:
- it sends unanswered actions again after a reconnect: `awaiting_actions` holds nothing (_Manager)
- it decides by message texts whether a response has more to come: `_Ask` knows beforehand
- it parses every header of every event and runs callbacks that may raise: `_Protocol`
- unanswered futures wait for ever when the link is lost: `_Protocol.connection_lost` fails them
- it does not notice a link on which nothing comes back: `_watch` closes it
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from panoramisk import actions, manager
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from callcenter.domain.errors import CallcenterError, Conflict, TooLate, Unavailable
from callcenter.pbx import translate
from callcenter.pbx.actions import Headers
from callcenter.pbx.telephony import Answer, OnEvent, OnLink
from callcenter.pbx.wire import END, check_headers, decode

log = logging.getLogger(__name__)

PING_SECONDS = 1.0
STALLED_SECONDS = 3.0  # no byte for this long, although we ping: the link is dead
_MAX_MESSAGE_BYTES = 1024 * 1024
_EVENT = b"Event: "
_BOOTED = b"Event: FullyBooted"
_DEVICE_STATE = b"Event: DeviceStateChange"
_QUEUE_DEVICE = b"\r\nDevice: Queue:"
_ACTION_ID = b"\r\nActionID: "
_GONE = "Asterisk is not reachable. It is tried again by itself; see `callcenter status`."


class _Ask(actions.Action):  # type: ignore[misc] # panoramisk has no types
    """An action that knows how many messages answer it: `single`, `list` or `originate`."""

    def __init__(self, headers: Headers, kind: str) -> None:
        super().__init__(dict(headers))
        self._kind = kind

    def add_message(self, message: Message) -> bool:
        self.responses.append(message)
        if not self._complete(message):
            return False
        if not self.future.done():
            self.future.set_result([_plain(each) for each in self.responses])
        return True

    def _complete(self, message: Message) -> bool:
        if len(self.responses) == 1 and (self._kind == "single" or not message.success):
            return True
        if self._kind == "originate":
            return bool(message.get("Event") == "OriginateResponse")
        return str(message.get("EventList", "")).lower() == "complete"


def _plain(message: Message) -> Answer:
    """Repeated headers (`Variable`) become lines of one value."""
    return {
        key: "\n".join(value) if isinstance(value, list) else str(value)
        for key, value in message.items()
    }


class _Protocol(AMIProtocol):  # type: ignore[misc] # panoramisk has no types
    """Splits bytes itself; responses go to panoramisk, wanted events to one callback."""

    def __init__(self, on_event: OnEvent, on_booted: OnLink) -> None:
        self._on_event = on_event
        self._on_booted = on_booted
        self._buffer = b""
        self.heard_at = time.monotonic()

    def data_received(self, data: bytes) -> None:
        self.heard_at = time.monotonic()
        received_at = time.time()
        messages = (self._buffer + data).split(END)
        self._buffer = messages.pop()
        rest = iter(messages)
        while not self._took_all(rest, received_at):
            pass
        if len(self._buffer) > _MAX_MESSAGE_BYTES:
            log.error("ami_garbage", extra={"bytes": len(self._buffer)})
            self.transport.abort()

    def _took_all(self, messages: Iterator[bytes], received_at: float) -> bool:
        """False after one that broke: one bad message must not cost the link, nor the others.

        A message of no interest costs little here: there are more of those than of the others.
        """
        message, readers, translate_text = b"", translate.READERS, translate.translate_text
        try:
            for message in messages:
                first_line = message[: message.find(b"\r\n", 0, 60)]
                if first_line in readers:
                    if self.responses and _ACTION_ID in message:
                        self._answered(message)
                    elif first_line != _DEVICE_STATE or _QUEUE_DEVICE not in message:
                        # Half of all device states are a queue's own, of no use to us.
                        event = translate_text(first_line, decode(message), received_at)
                        if event is not None:
                            self._on_event(event)
                elif first_line[:7] != _EVENT or self.responses or first_line == _BOOTED:
                    self._take_other(first_line, message, received_at)
        except Exception:
            log.exception("ami_message_broke", extra={"begins": message[:200]})
            return False
        return True

    def _take_other(self, first_line: bytes, message: bytes, received_at: float) -> None:
        if message[:2] == b"\r\n":  # a TestEvent of Asterisk's ends in one empty line too many
            self._took_all(iter([message.lstrip(b"\r\n")]), received_at)
        elif first_line[:7] != _EVENT or (self.responses and _ACTION_ID in message):
            self._answered(message)
        elif first_line == _BOOTED:  # after a login, or later if Asterisk is still starting
            self._on_booted()

    def _answered(self, message: bytes) -> None:
        text = decode(message).lstrip()
        if text.startswith("Asterisk Call Manager/"):
            banner, _, text = text.partition("\r\n")
            self.version = banner.rpartition("/")[2]
        found = Message.from_line(text)
        # Events nobody asked for (a late list entry) end here: nothing is registered for them.
        if found is not None and ("Response" in found or self._asked(found)):
            self.handle_message(found)

    def _asked(self, message: Message) -> bool:
        return message.id in self.responses

    def connection_lost(self, exc: Exception | None) -> None:
        pending = list(self.responses.values())
        super().connection_lost(exc)
        for action in pending:
            if not action.future.done():
                action.future.set_exception(Unavailable(_GONE))
                action.future.exception()  # nobody may be waiting any more: that is no error


class _Manager(manager.Manager):  # type: ignore[misc] # panoramisk has no types
    """panoramisk's manager that never keeps an action for later."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.awaiting_actions: deque[Any] = deque(maxlen=0)
        self.closing = False

    def connect(self, *arguments: Any, **options: Any) -> Any:
        return None if self.closing else super().connect(*arguments, **options)

    def login(self, future: asyncio.Future[Any]) -> bool:
        if future.cancelled() or future.exception() is not None:
            return False
        accepted = bool(super().login(future))
        if not accepted:
            log.error("ami_login_refused", extra={"answer": future.result().get("Message", "")})
        return accepted


class AmiTelephony:
    """`Telephony` over AMI. `on_event` is called in the loop and must not block nor raise."""

    def __init__(
        self,
        port: int,
        user: str,
        secret: str,
        on_event: OnEvent,
        on_up: OnLink,
        on_down: OnLink,
        *,
        ping_seconds: float = PING_SECONDS,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        self._on_up, self._on_down = on_up, on_down
        self._ping_seconds, self._stalled_seconds = ping_seconds, stalled_seconds
        self._up = False
        self._watcher: asyncio.Task[None] | None = None
        self._manager = _Manager(
            host="127.0.0.1",
            port=port,
            username=user,
            secret=secret,
            reconnect_timeout=1,
            ping_delay=3600,  # _watch pings, because it also looks whether anything comes back
            ping_interval=3600,
            protocol_factory=lambda: _Protocol(on_event, self._booted),
            on_disconnect=self._disconnected,
            log=logging.getLogger("panoramisk"),
        )

    def start(self) -> None:
        self._manager.loop = asyncio.get_running_loop()
        self._manager.connect()
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        self._manager.closing = True
        self._up = False
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        self._manager.close()

    async def ask(self, headers: Headers, seconds: float) -> Answer:
        return (await self._send(headers, "single", seconds))[0]

    async def ask_list(self, headers: Headers, seconds: float) -> Sequence[Answer]:
        return (await self._send(headers, "list", seconds))[1:-1]

    async def originate(self, headers: Headers, seconds: float) -> Answer:
        return (await self._send(headers, "originate", seconds))[-1]

    async def _send(self, headers: Headers, kind: str, seconds: float) -> list[Answer]:
        check_headers(headers)
        if not self._up:
            raise Unavailable(_GONE)
        ask = _Ask(headers, kind)
        protocol = self._manager.protocol
        protocol.send(ask)
        try:
            async with asyncio.timeout(seconds):
                answers: list[Answer] = await ask.future
        except TimeoutError:
            raise TooLate(
                f"Asterisk did not answer {headers['Action']} in {seconds:g} s. It may still have "
                "been done: look at the floor before you try again."
            ) from None
        finally:
            protocol.responses.pop(ask.id, None)
        return _accepted(answers)

    def _booted(self) -> None:
        if self._up:  # once a link is enough
            return
        self._up = True
        self._call(self._on_up)

    def _disconnected(self, _: object, __: object) -> None:
        if self._up:
            self._up = False
            self._call(self._on_down)

    def _call(self, callback: OnLink) -> None:
        try:
            callback()
        except Exception:  # panoramisk would close the link, or stop to reconnect
            log.exception("link_callback_broke")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._ping_seconds)
            protocol = self._manager.protocol
            if protocol is None or protocol.closed:
                continue
            if time.monotonic() - protocol.heard_at > self._stalled_seconds:
                log.warning("ami_stalled", extra={"seconds": self._stalled_seconds})
                protocol.transport.abort()
            elif self._up:
                with contextlib.suppress(CallcenterError):
                    await self.ask({"Action": "Ping"}, self._ping_seconds)


def _accepted(answers: list[Answer]) -> list[Answer]:
    response = answers[0]
    if response.get("Response") in ("Success", "Follows", "Goodbye"):
        return answers
    raise Conflict(response.get("Message") or "Asterisk refused.")
