"""FastAGI server: a thread a call, bounded in number and in time.

Whatever goes wrong here, the dialplan goes on: Asterisk sees the connection close and takes the
next line, with CC_RESULT unset.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading

from asterisk.agi import AGIException, AGIHangup

from callcenter.agi.journey import Journey
from callcenter.agi.request import read_header, script_name
from callcenter.agi.scripts import Scripts
from callcenter.agi.session import AgiSession
from callcenter.agi.stream import SocketLines
from callcenter.db.engine import open_engine, sessions
from callcenter.domain.errors import CallcenterError
from callcenter.settings import Settings

log = logging.getLogger(__name__)

HEADER_SECONDS = 3.0
MAX_SESSIONS = 200
BACKLOG = 128


class FastAgiServer:
    """`start()` listens; `stop()` ends it. `port` 0 takes a free one (see `address`)."""

    def __init__(
        self,
        settings: Settings,
        host: str = "127.0.0.1",
        port: int | None = None,
        max_sessions: int = MAX_SESSIONS,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        self._settings = settings
        self._scripts = Scripts(settings.agi_scripts)
        self._database = sessions(open_engine(settings.database))
        self._free = threading.BoundedSemaphore(max_sessions)
        self._header_seconds = header_seconds
        self._listener = socket.create_server(
            (host, settings.agi_port if port is None else port), backlog=BACKLOG
        )
        self.address: tuple[str, int] = self._listener.getsockname()

    def start(self) -> None:
        threading.Thread(target=self._accept, name="agi-accept", daemon=True).start()
        log.info("agi_listening", extra={"host": self.address[0], "port": self.address[1]})

    def stop(self) -> None:
        # Closing alone would leave accept() waiting in its thread.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._listener.fileno() < 0:
                    return
                continue
            if not self._free.acquire(blocking=False):
                log.warning("agi_refused", extra={"reason": "too many sessions"})
                connection.close()
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._converse(SocketLines(connection))
        finally:
            self._free.release()

    def _converse(self, lines: SocketLines) -> None:
        call, script = "", ""
        try:
            header = read_header(lines.read_header_lines(self._header_seconds))
            call, script = header.get("agi_uniqueid", ""), script_name(header)
            run = self._scripts.find(script)
            run(Journey(AgiSession(lines, lines, header), self._settings, self._database))
            log.info("agi_step_done", extra={"call": call, "script": script})
        except AGIHangup:
            log.info("agi_caller_gone", extra={"call": call, "script": script})
        except (CallcenterError, AGIException) as error:
            log.warning("agi_refused", extra={"call": call, "script": script, "reason": error})
        except Exception:  # a mistake in a script may not take the server down
            log.exception("agi_step_failed", extra={"call": call, "script": script})
