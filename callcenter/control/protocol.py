"""Lines on the control socket: one JSON object each, at most 1 MiB. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from callcenter.domain.errors import ERRORS_BY_CODE, CallcenterError, InvalidInput

MAX_LINE_BYTES = 1024 * 1024
LARGEST_NUMBER = 2**63 - 1  # that a database takes
DEFAULT_DEADLINE_SECONDS = 5.0
MAX_DEADLINE_SECONDS = 120.0

Message = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One command. `by` is the user name for the log; `deadline_seconds` counts from arrival."""

    command: str
    arguments: Message
    id: int | str | None = None
    by: str = ""
    deadline_seconds: float = DEFAULT_DEADLINE_SECONDS


def text(request: Request, name: str, required: bool = True) -> str:
    """Raises InvalidInput when the argument is missing or not text."""
    value = request.arguments.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise InvalidInput(f"{request.command} needs {name!r}.")
    return value


def whole(request: Request, name: str) -> int:
    """Raises InvalidInput when the argument is missing or no whole number."""
    value = request.arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_NUMBER:
        raise InvalidInput(f"{request.command} needs {name!r}, a number.")
    return value


def encode(message: Message) -> bytes:
    """Halves of letters (surrogates alone), which no one can read, become question marks."""
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return line.encode(errors="replace") + b"\n"


def decode(line: bytes) -> Message:
    """One line → object. Raises InvalidInput."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"Not a JSON object on one line: {error}") from error
    if not isinstance(message, dict):
        raise InvalidInput("Expected a JSON object on each line.")
    return message


def parse_request(line: bytes) -> Request:
    """Raises InvalidInput that says which field is wrong."""
    message = decode(line)
    command = message.get("command")
    arguments = message.get("arguments") or {}
    deadline = message.get("deadline_seconds", DEFAULT_DEADLINE_SECONDS)
    if not isinstance(command, str):
        raise InvalidInput('"command" has to be the name of a command.')
    if not isinstance(arguments, dict):
        raise InvalidInput('"arguments" has to be an object.')
    if isinstance(deadline, bool) or not isinstance(deadline, int | float) or not deadline > 0:
        raise InvalidInput('"deadline_seconds" has to be a number above 0.')
    return Request(
        command=command,
        arguments=arguments,
        id=request_id(message),
        by=str(message.get("by") or ""),
        deadline_seconds=float(min(deadline, MAX_DEADLINE_SECONDS)),
    )


def request_id(message: Message) -> int | str | None:
    found = message.get("id")
    return found if isinstance(found, int | str) else None


def success(id: int | str | None, result: Message) -> Message:
    return {"id": id, "ok": True, "result": result}


def failure(id: int | str | None, error: CallcenterError) -> Message:
    return {"id": id, "ok": False, "error": {"code": error.code, "message": str(error)}}


def result_of(response: Message) -> Message:
    """The result in a response. Raises the domain error it carries."""
    if response.get("ok"):
        result: Message = response.get("result") or {}
        return result
    error = response.get("error") or {}
    code, message = str(error.get("code", "error")), str(error.get("message", ""))
    raise ERRORS_BY_CODE.get(code, CallcenterError)(message or "The controller refused.", code=code)
