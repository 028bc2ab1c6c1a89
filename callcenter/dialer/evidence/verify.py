"""A pack → what is wrong with it. Needs the file alone: no database, no network, no key of ours.

Everything is done again from the call lines: hashes, order, window, what each call counts as, and
the sums. Then the signature over the last hash is checked with the public key in the header.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.dialer.evidence.chain import NOTHING, Line, problem_of
from callcenter.dialer.evidence.key import fingerprint, fits
from callcenter.dialer.evidence.law import Arithmetic, counts_as
from callcenter.dialer.evidence.pack import (
    ERASED,
    FORMAT,
    arithmetic,
    local_day,
    milliseconds,
    times_of,
)
from callcenter.domain.errors import InvalidInput

MOST_PROBLEMS = 20
LONGEST_LINE = 64 * 1024
# What a line that we never wrote makes the check stumble over.
_NOT_OURS = (
    KeyError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError,
)  # fmt: skip
CUT_OFF = "the file ends before its signature: it was cut off"


@dataclass
class Verdict:
    """`problems` empty: the pack is as it was signed, and its sums are right."""

    problems: list[str] = field(default_factory=list)
    header: Line = field(default_factory=dict)
    summary: Line = field(default_factory=dict)
    key: str = ""
    fingerprint: str = ""
    calls: int = 0
    erased: int = 0  # of them, calls whose number was taken out on the person's request

    @property
    def good(self) -> bool:
        return not self.problems

    def cautions(self) -> list[str]:
        """What a genuine pack does not show."""
        header, found = self.header, []
        if header["made_at"] < header["to"]:
            found.append("It was made before its window ended: it ends with the calls until then.")
        if up := self.summary["by"].get("up", 0):
            found.append(
                f"{up} calls were not over, or not settled, when it was made, and are on neither "
                "side of the sum: ask for a later pack of this window."
            )
        if header["campaign_deleted"]:
            found.append("The campaign is deleted: its limit and patience are the usual ones.")
        return found


class _Check:
    def __init__(self) -> None:
        self.found = Verdict()
        self.number, self.previous, self.last_dialed = 0, NOTHING, ""
        self.over = False
        self.sums: Arithmetic | None = None
        self.zone = ZoneInfo("UTC")

    def wrong(self, text: str) -> None:
        if len(self.found.problems) < MOST_PROBLEMS:
            self.found.problems.append(f"line {self.number + 1}: {text}")

    def take(self, text: str) -> None:
        line = _read(text)
        if line is None:
            self.wrong("it is no line of a pack")
        elif self.over:
            self.wrong("it comes after the signature")
        else:
            try:
                if problem := problem_of(text, line, self.number, self.previous):
                    self.wrong(problem)
                self._look_at(line)
            except _NOT_OURS:
                self.wrong("it lacks something, or holds something of the wrong kind")
            self.previous = str(line.get("hash"))
        self.number += 1

    def _look_at(self, line: Line) -> None:
        kind = line["kind"]
        if (kind == "header") != (self.number == 0):
            self.wrong("the header has to be the first line, and only that")
        if kind == "header":
            self._header(line)
        elif kind == "call":
            self._call(line)
        elif kind == "summary":
            self._summary(line)
        elif kind == "signature":
            self._signature(line)
        else:
            self.wrong(f"{kind!r} is no kind of line")

    def _header(self, line: Line) -> None:
        if line["format"] != FORMAT:
            self.wrong(f"this is {line['format']!r}, and only {FORMAT} is understood")
        self.found.header = line
        self.zone = ZoneInfo(line["timezone"])
        self.sums = arithmetic(line)
        self.found.key = line["public_key"]
        try:
            self.found.fingerprint = fingerprint(self.found.key)
        except InvalidInput as error:
            self.wrong(str(error))

    def _call(self, line: Line) -> None:
        header = self.found.header
        if self.found.summary:
            self.wrong("a call after the summary")
        if not header["from"] <= line["dialed"] < header["to"]:
            self.wrong("this call was dialed outside the window of the pack")
        if line["dialed"] < self.last_dialed:
            self.wrong("this call was dialed before the one above it")
        self.last_dialed = line["dialed"]
        counts = counts_as(
            line["mode"], line["verdict"], line["outcome"], times_of(line),
            int(header["patience_milliseconds"]),
        )  # fmt: skip
        if counts != line["counts_as"]:
            self.wrong(f"by its times it counts as {counts}, not as {line['counts_as']}")
        if milliseconds(line["dialed"]) is None or self.sums is None:
            self.wrong("nobody knows when this call was dialed")
            return
        self.sums.add(local_day(line["dialed"], self.zone).isoformat(), counts)
        self.found.calls += 1
        self.found.erased += line["number"] == ERASED

    def _summary(self, line: Line) -> None:
        if self.found.summary:
            self.wrong("a second summary")
            return
        self.found.summary = line
        if self.sums is None:
            return
        for name, value in self.sums.as_document().items():
            if line.get(name) != value:
                self.wrong(f"{name} does not follow from the calls above: {value!r} would")
        if line["numbers_erased"] != self.found.erased:
            self.wrong(f"numbers_erased is not {self.found.erased}, as the calls above have it")

    def _signature(self, line: Line) -> None:
        self.over = True
        if not self.found.summary:
            self.wrong("there is no summary before the signature")
        if line["over"] != self.previous:
            self.wrong("the signature is over something else")
        elif not fits(self.found.key, line["over"], line["signature"]):
            self.wrong("the signature does not fit: it was not made by the key of this pack")


def verify(lines: Iterable[str], expected_key: str = "") -> Verdict:
    """`expected_key`: the installation's public key or its fingerprint, got another way than with
    the pack."""
    check = _Check()
    for text in lines:
        check.take(text.rstrip("\r\n"))
    if not check.over:
        check.wrong(CUT_OFF)
    if expected_key and not _is_key(check.found, expected_key):
        check.number = 0
        check.wrong("this pack was signed by another key than the one expected")
    return check.found


def _is_key(found: Verdict, expected: str) -> bool:
    """Written out, or as its fingerprint is read out on the phone."""
    plain = "".join(expected.split())
    return plain == found.key or plain.lower() == found.fingerprint.replace(" ", "") != ""


def _read(text: str) -> dict[str, Any] | None:
    if len(text) > LONGEST_LINE:
        return None
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None
