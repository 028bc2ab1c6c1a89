"""One question to a report, and the reading of its answer."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from callcenter.reports.asked import Asked
from callcenter.reports.forgotten_runs import newest_erasure
from callcenter.reports.table import Report


@dataclass(frozen=True)
class Request:
    """`kept`: the page's own question, so that the run can lead back to it."""

    report: Report
    asked: Asked
    asked_by: str
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for the same rows: `now` alone does not make another question."""
        plain = asdict(replace(self.asked, now=0.0))
        text = json.dumps([self.report.name, plain], sort_keys=True, default=_sorted_text)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def days(self) -> float:
        return (min(self.asked.until, self.asked.now) - self.asked.since) / 86_400


def _sorted_text(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


class Work:
    """One report being read in a thread of this process."""

    def __init__(self, request: Request, at: float) -> None:
        self.request, self.at = request, at
        self.id = secrets.token_hex(16)
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.rows: list[Any] = []
        self.error: Exception | None = None
        self.is_kept = False  # it has a row of report_runs
        self.is_over = False  # from here on it gets no such row: nobody would close it
        self.joined = ""  # id of another process's run of the same question
        self.cancelled = False
        self.erasure = 0  # the newest one when reading began
        self._connection: Any = None

    def read(self, engine: Engine) -> None:
        with engine.connect() as connection:
            with self.lock:
                self._connection = connection.connection.driver_connection
            try:
                if not self.cancelled:
                    with Session(connection) as session:
                        self.erasure = newest_erasure(session)
                        self.rows = self.request.report.run(session, self.request.asked)
            finally:
                with self.lock:
                    self._connection = None
                if self.cancelled:
                    connection.invalidate()  # a cancel that comes late stops nobody else

    def cancel(self) -> None:
        """Stops the statement that runs now, and the run with it."""
        with self.lock:
            self.cancelled = True
            if self._connection is not None:
                stop = getattr(self._connection, "interrupt", None) or self._connection.cancel
                stop()
