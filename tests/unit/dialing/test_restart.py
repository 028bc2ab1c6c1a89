"""What the dialer knows after a restart: what the one before had learned and counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import load_campaign
from callcenter.db.engine import sessions
from callcenter.db.models.calls import AgentInterval, CallTalk
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.budget import Counted
from callcenter.dialer.pacing.handling import DurationLearner, HandlingLearner
from callcenter.dialing import store
from callcenter.domain.campaign import Campaign
from tests.unit.dialer.books import books
from tests.unit.simulation.dialed_day import MORNING, Shares, campaign_row, write_day


@pytest.fixture
def made() -> Iterator[sessionmaker[Session]]:
    with books() as engine:
        opened = sessions(engine)
        with opened.begin() as session:
            session.add(campaign_row())
        yield opened


def mean_seconds(learner: DurationLearner) -> float:
    """Of the durations it expects."""
    ended_by = learner.from_start(learner.hazard(np.array([])), 600)
    return float((1 - ended_by).sum())


def test_rates_talks_wrap_ups_and_the_budget_come_back(made: sessionmaker[Session]) -> None:
    with made.begin() as session:
        truth = write_day(session, dials=1000, seconds=4 * 3600)
        campaign = load_campaign(session, "spring")
    work = store.begin(made, campaign, MORNING + 5 * 3600)
    assert work.budget.window == Counted(int(truth["human"]), int(truth["abandoned"]))
    rate, _ = work.learned.answers.rate(MORNING + 5 * 3600)
    assert rate == pytest.approx(0.25, abs=0.05)
    handling = work.learned.handling
    assert mean_seconds(handling.talk) == pytest.approx(90, rel=0.2)
    assert mean_seconds(handling.wrap_up) == pytest.approx(20, rel=0.3)


def test_the_newest_talks_are_believed_most(made: sessionmaker[Session]) -> None:
    with made.begin() as session:
        write_day(session, dials=1200, shares=Shares(1.0, 0, 0, 0), seconds=4 * 3600)
        later = CallTalk.started_at > MORNING + 3 * 3600
        session.execute(update(CallTalk).values(talk_seconds=300.0))
        session.execute(update(CallTalk).where(later).values(talk_seconds=30.0))
        campaign = load_campaign(session, "spring")
        forward, backward = (HandlingLearner().talk for _ in range(2))
        for seconds in [300.0] * 200 + [30.0] * 300:
            forward.ended(seconds)
        for seconds in [30.0] * 300 + [300.0] * 200:
            backward.ended(seconds)
    learned = store.begin(made, campaign, MORNING + 5 * 3600).learned.handling.talk
    between = (mean_seconds(forward) + mean_seconds(backward)) / 2
    assert mean_seconds(forward) < mean_seconds(backward)
    assert mean_seconds(learned) < between


def test_who_answered_is_judged_as_it_was_live(made: sessionmaker[Session]) -> None:
    """Whoever entered the queue, also who hung up there or opted out; not who was still listened
    to by machine detection."""

    def rate(campaign: Campaign) -> float:
        work = store.begin(made, campaign, MORNING + 3600)
        return float(work.learned.answers.rate(MORNING + 3600)[0])

    with made.begin() as session:
        write_day(session, dials=400, seconds=1800, shares=Shares(0.5, 0, 0, 0))
        session.execute(update(AgentInterval).values(state="ready"))
        campaign = load_campaign(session, "spring")
    connected = rate(campaign)
    row = DialAttemptRow
    with made.begin() as session:
        session.execute(update(row).where(row.outcome == "connected").values(outcome="opted-out"))
    assert rate(campaign) == pytest.approx(connected)
    with made.begin() as session:
        session.execute(update(row).values(verdict="", verdict_ms=None))
    listened = dataclasses.replace(campaign, machine_detection=True)
    assert rate(listened) < connected / 3
    assert rate(dataclasses.replace(campaign, machine_detection=False)) > connected * 0.8
