"""The web process: gunicorn with one worker and many threads.

One worker, because the live floor is kept once; many threads, because every open page holds a
stream and a thread that waits costs almost nothing.
"""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from callcenter.settings import Settings
from web import create_app
from web.services import EXTENSION

THREADS = 640  # about 600 open pages, and the requests they make
CONNECTIONS = 2000
GRACEFUL_SECONDS = 3
THREAD_STACK_BYTES = 512 * 1024


def main(settings: Settings) -> int:
    """Serves until SIGTERM."""
    WebApplication(settings).run()
    return 0


class LiveWorker(ThreadWorker):  # type: ignore[misc] # gunicorn publishes no types
    """Ends the open streams first, so that the process ends at once."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        # In a thread of its own: a signal handler must not wait for the hub's lock.
        threading.Thread(target=self._end_streams, daemon=True).start()
        super().handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Looked at every second: a killed parent must not leave us holding port and streams."""
        alive = bool(super().is_parent_alive())
        if not alive:
            self._end_streams()
        return alive

    def _end_streams(self) -> None:
        self.wsgi.extensions[EXTENSION].live.stop()


class WebApplication(BaseApplication):  # type: ignore[misc] # gunicorn publishes no types
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        host, port = self._settings.web_host, self._settings.web_port
        options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": 1,
            "worker_class": "web.process.LiveWorker",
            "threads": THREADS,
            "worker_connections": CONNECTIONS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "timeout": 60,
            "keepalive": 20,
            "proc_name": "callcenter-web",
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        threading.stack_size(THREAD_STACK_BYTES)
        return create_app(self._settings)
