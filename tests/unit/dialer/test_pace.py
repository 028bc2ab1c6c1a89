"""Properties every pacing decision keeps."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.dialer.pacing.answers import AnswerLearner
from callcenter.dialer.pacing.budget import Budget
from callcenter.dialer.pacing.handling import HandlingLearner
from callcenter.dialer.pacing.pace import pace
from callcenter.dialer.pacing.snapshot import Decision, Snapshot

seconds = st.lists(st.floats(0, 40), max_size=25)
talk_seconds = st.lists(st.floats(0, 600), max_size=25)
snapshots = st.builds(
    Snapshot,
    at_seconds=st.just(1000.0),
    agents_ready=st.integers(0, 20),
    talking_seconds=talk_seconds,
    wrap_up_seconds=seconds,
    ringing_seconds=seconds,
    detecting=st.integers(0, 5),
    waiting=st.integers(0, 5),
    free_lines=st.integers(-2, 60),
    live_answered=st.integers(0, 2000),
    abandoned=st.integers(0, 60),
)


def learned(share: float = 0.25, dials: int = 200) -> AnswerLearner:
    learner = AnswerLearner()
    for call in range(dials):
        learner.dialed(call, call * 1.0)
        if call % round(1 / share) == 0:
            learner.answered(call, call + 9.0)
        else:
            learner.ended(call, call + 25.0)
    return learner


ANSWERS = learned().forecast(1000.0)
HANDLING = HandlingLearner()
FREE = HANDLING.forecast((), ())


def decide(snapshot: Snapshot, budget: Budget | None = None) -> Decision:
    return pace(snapshot, ANSWERS, FREE, HANDLING, budget or Budget(), 2.0)


@given(snapshots)
@settings(max_examples=200, deadline=None)
def test_never_negative_never_above_free_lines_none_without_agents(snapshot: Snapshot) -> None:
    dial = decide(snapshot).dial
    assert 0 <= dial <= max(0, snapshot.free_lines)
    if snapshot.agents == 0:
        assert dial == 0


@given(snapshots)
@settings(max_examples=200, deadline=None)
def test_more_ready_agents_never_means_fewer_calls(snapshot: Snapshot) -> None:
    budget = FixedRisk()
    one_more = replace(snapshot, agents_ready=snapshot.agents_ready + 1)
    assert decide(one_more, budget).dial >= decide(snapshot, budget).dial


@given(snapshots)
@settings(max_examples=50, deadline=None)
def test_the_same_snapshot_gives_the_same_answer(snapshot: Snapshot) -> None:
    assert decide(snapshot) == decide(snapshot)


def test_a_spent_budget_dials_one_line_per_free_agent() -> None:
    spent = snapshot(agents_ready=3, live_answered=100, abandoned=3)
    assert decide(spent).dial == 3
    assert decide(replace(spent, ringing_seconds=[1.0, 2.0])).dial == 1
    assert "budget spent" in decide(spent).reason


def test_credit_lets_it_dial_ahead_of_the_free_agents() -> None:
    easy = snapshot(agents_ready=3, live_answered=400, abandoned=2)
    assert decide(easy).dial > 3
    begun = snapshot(agents_ready=3, live_answered=0, abandoned=0)
    assert decide(begun).dial == 3
    assert decide(replace(begun, saved=4.0)).dial > 3


def test_people_who_wait_are_served_before_more_are_dialed() -> None:
    easy = snapshot(agents_ready=0, live_answered=400, abandoned=2, waiting=2)
    assert decide(easy).dial == 0


class FixedRisk(Budget):
    def threshold(self, credit: float, agents: int) -> float:
        return 0.03


def snapshot(
    *, agents_ready: int, live_answered: int, abandoned: int, waiting: int = 0
) -> Snapshot:
    return Snapshot(
        at_seconds=1000.0,
        agents_ready=agents_ready,
        talking_seconds=[30.0, 60.0],
        wrap_up_seconds=[],
        ringing_seconds=[],
        detecting=0,
        waiting=waiting,
        free_lines=100,
        live_answered=live_answered,
        abandoned=abandoned,
    )
