"""What can fail to add up, and one case of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

# What is held against what, in the words of the page.
KINDS = {
    "queue-log-only": "queue_log knows the call, call events do not",
    "answer-cel": "call events show an answer, queue_log does not",
    "answer-queue-log": "queue_log shows an answer, call events do not",
    "no-end": "the call has no end after 12 hours",
    "recording-missing": "an answered call's recording is missing",
    "recording-of-nobody": "a recording belongs to no call",
    "cdr-missing": "call events know the call, the CDR does not",
    "cdr-only": "the CDR knows the call, call events do not",
    "cdr-answer": "CDR and call events differ in whether it was answered",
    "cdr-times": "CDR and call events differ in its times",
    "attempt-no-call": "the dialer placed a call that call events do not know",
    "call-no-attempt": "a call of the dialer's that it has no attempt of",
    "attempt-outcome": "the dialer's outcome and the call differ",
    "attempt-open": "an attempt has no outcome after 12 hours",
}


@dataclass(frozen=True)
class Unreconciled:
    """`file`: the recording that belongs to no call."""

    kind: str
    node: str
    call_id: str
    at: float
    why: str
    file: str = ""

    @property
    def ref(self) -> str:
        return self.call_id or self.file


@dataclass(frozen=True)
class Period:
    """[since, before] of one node; an empty node: of every one."""

    since: float
    before: float
    node: str = ""

    def of(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        return (column == self.node,) if self.node else ()
