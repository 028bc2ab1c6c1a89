"""Voicemail messages as Asterisk keeps them: `<folder>/<context>/<box>/<kind>/msg0000.txt` beside
the sound. Asterisk numbers the rest anew when the mailbox is opened next."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from callcenter.db.customer_store import digits_of

SOUNDS = (".wav", ".WAV", ".gsm", ".slin", ".sln")


@dataclass(frozen=True)
class Message:
    """`path` is the .txt; `at` epoch seconds; `channel` the caller's."""

    path: Path
    mailbox: str
    caller_number: str
    channel: str
    at: float
    seconds: int

    @property
    def files(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.stem}.*"))

    @property
    def sound(self) -> Path | None:
        return next((each for each in self.files if each.suffix in SOUNDS), None)


def all_messages(folder: Path) -> Iterator[Message]:
    for path in sorted(folder.glob("*/*/*/msg*.txt")):
        found = _read(path)
        if found is not None:
            yield found


def messages_of(folder: Path, digits: str) -> Iterator[Message]:
    return (each for each in all_messages(folder) if digits_of(each.caller_number) == digits)


def delete_message(message: Message) -> None:
    for path in message.files:
        path.unlink(missing_ok=True)


def _read(path: Path) -> Message | None:
    """None for what is being written, or is no message."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
        values = parser["message"]
        return Message(
            path,
            path.parent.parent.name,
            _number(values.get("callerid", "")),
            values.get("callerchan", ""),
            float(values.get("origtime", "0")),
            int(values.get("duration", "0") or 0),
        )
    except (OSError, configparser.Error, KeyError, ValueError):
        return None


def _number(callerid: str) -> str:
    """`"Eve" <0471200300>` or the bare number."""
    inside = re.search(r"<([^<>]*)>\s*$", callerid)
    return inside[1] if inside else callerid


def messages_of_call(
    folder: Path, boxes: Iterable[str], channels: Iterable[str], since: float, until: float
) -> list[Message]:
    """What was left in these mailboxes by one of a call's channels while the call was up."""
    named = set(channels)
    found = []
    for box in sorted(set(boxes)):
        if not re.fullmatch(r"[0-9]{2,6}", box):
            continue
        for path in folder.glob(f"*/{box}/*/msg*.txt"):
            message = _read(path)
            # origtime has whole seconds; channel names come again after Asterisk's restart.
            if message and message.channel in named and since - 2 <= message.at <= until + 2:
                found.append(message)
    return sorted(found, key=lambda each: each.at)
