"""One line an event on standard error: `instant LEVEL event_name key=value … logger=name`.

Write `logging.getLogger(__name__).info("call_answered", extra={"call": call.id})`. Values with
spaces, quotes or control characters are written as JSON strings, so a hostile caller's name
cannot forge a line.
"""

from __future__ import annotations

import json
import logging
import sys
import time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Libraries that report every routine step at INFO.
QUIET = ("apscheduler", "alembic", "panoramisk", "werkzeug", "asyncio")


def set_up(level: int = logging.INFO) -> None:
    """Send everything of this process to standard error in our format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class EventFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        fields["logger"] = record.name
        pairs = " ".join(f"{key}={_value(value)}" for key, value in fields.items())
        line = f"{_instant(record)} {record.levelname} {_event(record.getMessage())} {pairs}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def _instant(record: logging.LogRecord) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"


def _event(message: str) -> str:
    """The message of a library may hold anything; an event name is one plain word."""
    return message if message.isidentifier() else json.dumps(message, ensure_ascii=False)


def _value(value: object) -> str:
    text = str(value)
    plain = text != "" and text.isprintable() and not set(text) & set(" \"'=\\")
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())
