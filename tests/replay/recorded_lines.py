"""Lines that real Asterisk 22 wrote while real SIP phones played one situation each."""

from __future__ import annotations

import re
from pathlib import Path

from callcenter.ledger.facts import CEL, QUEUE_LOG

RECORDED = Path(__file__).parent / "recorded"
_ID = re.compile(r"(\d{10})\.(\d{1,5})(?!\d)")
_AT = re.compile(r"^(?P<before>\"\w+\",\"|)(?P<second>\d{10})(?=\.\d{6}|\|)")
FILES = {CEL: "cel.csv", QUEUE_LOG: "queue_log"}


def recorded(situation: str) -> list[tuple[str, str]]:
    """(source, line) of one situation, CEL first."""
    return [
        (source, line)
        for source, name in FILES.items()
        for line in (RECORDED / situation / name).read_text(encoding="utf-8").splitlines()
    ]


def again(lines: list[tuple[str, str]], seconds: int, number: int = 1) -> list[tuple[str, str]]:
    """The same situation once more, so many seconds later, with channels of its own."""

    def at(match: re.Match[str]) -> str:
        return f"{match['before']}{int(match['second']) + seconds}"

    def channel(match: re.Match[str]) -> str:
        return f"{int(match[1]) + seconds}.{int(match[2]) + 1000 * number}"

    def moved(line: str) -> str:
        instant = _AT.match(line)
        assert instant is not None, line
        rest = line[instant.end() :]
        fraction = re.match(r"\.\d{6}", rest)
        kept = fraction[0] if fraction else ""
        return at(instant) + kept + _ID.sub(channel, rest[len(kept) :])

    return [(source, moved(line)) for source, line in lines]
