"""Random histories, in any order, late and repeated, end in books that say what truly happened."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from callcenter.db.models.calls import AgentInterval, Call, CallTalk, QueueVisit
from callcenter.ledger.call_ids import join
from callcenter.ledger.facts import CEL
from callcenter.ledger.fold_call import fold_call
from callcenter.ledger.parse_cel import parse_cel
from callcenter.ledger.parse_queue_log import parse_queue_log
from tests.unit.ledger.histories import US, Truth, history
from tests.unit.ledger.ledger_books import Lines, empty_ledger, feed, rows

START = 1_795_400_000


def assert_books_are_true(ledger: Engine, truths: list[Truth]) -> None:
    calls = {call.id: call for call in rows(ledger, Call)}
    visits, talks = rows(ledger, QueueVisit), rows(ledger, CallTalk)
    for truth in truths:
        call = calls[truth.id]
        assert (call.outcome, call.ended_by) == (truth.outcome, truth.ended_by)
        assert us(call.started_at) == truth.began
        found = [(v.queue, v.outcome, us(v.entered_at), us(v.wait_seconds)) for v in visits
                 if v.call_id == truth.id]  # fmt: skip
        assert found == [(v.queue, v.outcome, v.entered, v.wait) for v in truth.visits]
        theirs = [talk for talk in talks if talk.call_id == truth.id]
        said = [
            (t.queue, us(t.started_at), us(t.ended_at), us(t.hold_seconds), us(t.talk_seconds))
            for t in theirs
        ]
        assert said == [
            (t.queue, t.start, t.end, t.held, t.end - t.start - t.held) for t in truth.talks
        ]
        for talk, true in zip(theirs, truth.talks, strict=True):
            assert talk.agent in ((true.agent,) if true.named else ("", true.agent))
    assert_agents_talked_when_they_did(ledger, truths)


def us(seconds: float | None) -> int:
    assert seconds is not None
    return round(seconds * US)


def assert_agents_talked_when_they_did(ledger: Engine, truths: list[Truth]) -> None:
    """Of queues' calls, to the second; and after each the ten seconds of wrap-up or less."""
    queued = [truth.talks[0] for truth in truths if truth.talks]
    spans = rows(ledger, AgentInterval)
    talking = sorted((s.agent, s.started_at, s.ended_at) for s in spans if s.state == "talking")
    true = sorted(
        (t.agent, t.start // US, t.end // US) for t in queued if t.end // US > t.start // US
    )
    assert [agent for agent, *_ in talking] == [agent for agent, *_ in true]
    for (_, start, end), (_, true_start, true_end) in zip(talking, true, strict=True):
        assert abs(start - true_start) <= 1
        assert abs(end - true_end) <= 1
    rests = [s.ended_at - s.started_at for s in spans if s.state == "wrap_up"]
    assert len(rests) >= len(queued)
    assert all(0 < rest <= 10 for rest in rests)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), calls=st.integers(1, 4))
def test_any_history_in_any_order_ends_in_true_books(seed: int, calls: int) -> None:
    chance = Random(seed)
    lines, truths = history(chance, calls, START)
    ledger = empty_ledger("sqlite://")
    for batch in disordered(chance, lines):
        feed(ledger, batch)
    assert_books_are_true(ledger, truths)
    ledger.dispose()


def disordered(chance: Random, lines: Lines) -> list[Lines]:
    """Late, repeated and reordered, in a few batches; by source within each, as files are."""
    mixed = [*lines, *chance.sample(lines, len(lines) // 4)]
    if chance.random() < 0.7:
        chance.shuffle(mixed)
    batches: list[Lines] = []
    while mixed:
        size = chance.randint(1, len(mixed))
        batches.append(sorted(mixed[:size], key=lambda each: each[0]))
        mixed = mixed[size:]
    return batches


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_one_call_folds_to_its_truth(seed: int) -> None:
    lines, (truth,) = history(Random(seed), 1, START)
    facts = [(parse_cel if source == CEL else parse_queue_log)(line) for source, line in lines]
    of, _ = join({}, facts)
    mine = [each for each in facts if of.get(each.uniqueid) == truth.id]
    books = fold_call(truth.id, mine, None)
    assert books is not None
    assert books.outcome == truth.outcome
    # An epoch in a float is exact to a quarter of a microsecond: sums of them may be one off.
    talk = sum(t.end - t.start - t.held for t in truth.talks)
    assert us(books.wait_seconds) == pytest.approx(sum(v.wait for v in truth.visits), abs=1)
    assert us(books.talk_seconds) == pytest.approx(talk, abs=1)
    assert us(books.hold_seconds) == pytest.approx(sum(t.held for t in truth.talks), abs=1)


def test_the_histories_have_everything_in_them() -> None:
    """A generator that never comes to something would test nothing of it."""
    lines, truths = history(Random(1), 400, START)
    outcomes = {truth.outcome for truth in truths}
    assert outcomes == {
        "answered", "abandoned", "timeout", "voicemail", "callback", "left", "failed",
    }  # fmt: skip
    assert {truth.ended_by for truth in truths} == {"caller", "agent", "system"}
    text = "\n".join(line for _, line in lines)
    for word in ("ATTENDEDTRANSFER", "BLINDTRANSFER", "PARK_START", "RINGNOANSWER", "RINGCANCELED",
                 "EXITWITHTIMEOUT", "ABANDON", "COMPLETEAGENT", "COMPLETECALLER"):  # fmt: skip
        assert text.count(word) > 3, word
    assert any(len(truth.visits) == 2 for truth in truths)
    assert any(talk.held for truth in truths for talk in truth.talks)


def test_on_postgresql_too(database_url: str) -> None:
    chance = Random(7)
    lines, truths = history(chance, 5, START)
    ledger = empty_ledger(database_url)
    for batch in disordered(chance, lines):
        feed(ledger, batch)
    assert_books_are_true(ledger, truths)
    ledger.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_the_same_history_twice_is_the_same(seed: int) -> None:
    assert history(Random(seed), 3, START) == history(Random(seed), 3, START)
