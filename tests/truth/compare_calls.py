"""Each call's record beside what really happened in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callcenter.db.models.calls import CallTalk, QueueVisit
from tests.truth.books_of import Record
from tests.truth.findings import Findings
from tests.truth.told import TrueCall, TrueTalk, TrueVisit


def compare_calls(
    truths: Iterable[TrueCall], books: Mapping[str, Sequence[Record]], found: Findings
) -> dict[str, Record]:
    """Caller's number → record, where there is exactly one."""
    paired: dict[str, Record] = {}
    numbers = set()
    for truth in truths:
        number = truth.script.number
        numbers.add(number)
        theirs = books.get(number, ())
        if found.same("records of a call", _name(truth), len(theirs), 1):
            paired[number] = theirs[0]
            _compare(truth, theirs[0], found)
    for number in books.keys() - numbers:
        found.wrong("call of nobody", number)
    return paired


def _compare(truth: TrueCall, record: Record, found: Findings) -> None:
    call, name = record.call, _name(truth)
    agent = next((talk.agent for talk in reversed(truth.talks)), "")
    for kind, books, true in (
        ("outcome", call.outcome, truth.outcome),
        ("ended_by", call.ended_by, truth.ended_by),
        ("queue", call.queue, truth.queue),
        ("agent", call.agent, agent),
        ("visits", len(record.visits), len(truth.visits)),
        ("talks", len(record.talks), len(truth.talks)),
    ):
        found.same(kind, name, books, true)
    for kind, at, true_at in (
        ("started_at", call.started_at, truth.began),
        ("ended_at", call.ended_at, truth.ended),
        ("wait_seconds", call.wait_seconds, sum(visit.wait for visit in truth.visits)),
        ("talk_seconds", call.talk_seconds, sum(talk.talk for talk in truth.talks)),
        ("hold_seconds", call.hold_seconds, sum(talk.held for talk in truth.talks)),
    ):
        found.near(kind, name, at, true_at)
    for visit, true_visit in zip(record.visits, truth.visits, strict=False):
        _compare_visit(name, visit, true_visit, found)
    for talk, true_talk in zip(record.talks, truth.talks, strict=False):
        _compare_talk(name, talk, true_talk, found)


def _compare_visit(name: str, visit: QueueVisit, truth: TrueVisit, found: Findings) -> None:
    seen = (visit.queue, visit.outcome, visit.agent)
    found.same("visit", name, seen, (truth.queue, truth.outcome, truth.agent))
    found.near("visit entered_at", name, visit.entered_at, truth.entered)
    found.near("visit left_at", name, visit.left_at, truth.left)
    found.near("visit wait_seconds", name, visit.wait_seconds, truth.wait)


def _compare_talk(name: str, talk: CallTalk, truth: TrueTalk, found: Findings) -> None:
    seen = (talk.agent, talk.phone, talk.queue)
    found.same("talk", name, seen, (truth.agent, truth.phone, truth.queue))
    found.near("talk started_at", name, talk.started_at, truth.started)
    found.near("talk ended_at", name, talk.ended_at, truth.ended)
    found.near("talk talk_seconds", name, talk.talk_seconds, truth.talk)
    found.near("talk hold_seconds", name, talk.hold_seconds, truth.held)


def _name(truth: TrueCall) -> str:
    return f"{truth.script.kind} {truth.script.number}"
