"""What a campaign has come to: counts, budget, list use and pacing, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaign
from callcenter.db.models.campaigns import CampaignListRow, LeadListRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.site_store import save_site
from callcenter.dialer.budget import MOST_SAVED, Counted, CountedBudget, budget
from callcenter.dialer.evidence.pack import pack
from callcenter.dialer.evidence.verify import verify
from callcenter.dialer.figures import (
    attempts,
    decisions,
    dials_per_connect,
    lists,
    outcomes,
)
from callcenter.domain.periods import last_days_start
from callcenter.domain.site import Site
from tests.unit.simulation.dialed_day import MORNING, Shares, write_day

EVENING = MORNING + 10 * 3600


def test_counts_and_budget_agree_with_what_was_dialed(session: Session) -> None:
    truth = write_day(session, dials=500, seconds=3600)
    counts = outcomes(session, "spring", MORNING - 1, EVENING)
    assert sum(counts.values()) == 500
    assert counts["connected"] == truth["connected"]
    assert counts["busy"] == truth["busy"]
    assert dials_per_connect(counts) == 500 / truth["connected"]
    campaign = load_campaign(session, "spring")
    found = budget(session, campaign, EVENING)
    assert found.window == found.today == Counted(truth["human"], truth["abandoned"])
    assert found.left == pytest.approx(0.03 * truth["human"] - truth["abandoned"])
    for kind, count in (("in-the-limit", "human"), ("over-patience", "abandoned")):
        assert len(attempts(session, campaign, kind, 0, EVENING, most=999)) == truth[count]
    month_later = budget(session, campaign, EVENING + 31 * 86_400)
    assert (month_later.window, month_later.share) == (Counted(), None)


def test_pages_of_attempts_have_each_once_the_newest_first(session: Session) -> None:
    write_day(session, dials=250, seconds=600)
    campaign = load_campaign(session, "spring")
    seen: list[str] = []
    before = None
    while rows := attempts(session, campaign, "all", 0, EVENING, before=before, most=60):
        seen += [row.id for row in rows]
        before = (rows[-1].reserved_at, rows[-1].id)
        assert [row.reserved_at for row in rows] == sorted(
            (row.reserved_at for row in rows), reverse=True
        )
    assert len(seen) == len(set(seen)) == 250
    connected = attempts(session, campaign, "connected", 0, EVENING, most=999)
    assert all(0 < (row.agent_milliseconds or 0) < 1000 for row in connected)


def test_list_use_counts_each_lead_of_each_list(session: Session) -> None:
    for number, (tried, done, leads) in enumerate([(3, 1, 10), (0, 0, 4)], 1):
        session.add(LeadListRow(id=number, name=f"l{number}", title=f"List {number}",
                                country="US", active=True, made_at=MORNING))  # fmt: skip
        session.flush()
        session.add(CampaignListRow(campaign="spring", list_id=number, position=-number,
                                    weight=number))  # fmt: skip
        for place in range(leads):
            session.add(LeadRow(list_id=number, attempts=int(place < tried), made_at=MORNING,
                                state="done" if place < done else "open"))  # fmt: skip
    session.flush()
    found = lists(session, "spring")
    assert [(each.name, each.leads, each.tried, each.done) for each in found] == [
        ("l2", 4, 0, 0), ("l1", 10, 3, 1),
    ]  # fmt: skip
    assert found[1].penetration == 0.3


def test_of_each_step_the_last_decision_is_kept(session: Session) -> None:
    write_day(session, dials=10, seconds=600)
    found = decisions(session, "spring", MORNING, MORNING + 600, 60)
    assert len(found) == 10
    assert [row.at for row in found] == sorted(row.at for row in found)


def test_each_day_pays_for_itself_but_for_a_little(session: Session) -> None:
    """What a careful month saved is not spent in an hour: simulated, a day that began with 300
    abandoned calls saved up lost every fourth person who answered."""
    careful = Shares(human=1.0, machine=0, busy=0, abandoned=0)
    write_day(session, dials=300, seconds=3600, shares=careful, began=MORNING - 86_400)
    assert budget(session, load_campaign(session, "spring"), MORNING).left == MOST_SAVED
    truth = write_day(session, dials=100, seconds=3600, shares=Shares(1.0, 0, 0, 0.05), seed=2)
    found = budget(session, load_campaign(session, "spring"), EVENING)
    assert found.window == Counted(400, truth["abandoned"])
    assert found.tighter == found.today == Counted(100, truth["abandoned"])
    assert found.left == pytest.approx(3 - truth["abandoned"] + MOST_SAVED)
    assert CountedBudget(30, 0.03, Counted(1000, 40), Counted(100, 0)).left == -10
    assert found.plus(100, 1).left == pytest.approx(found.left + 2)
    little = CountedBudget(30, 0.03, window=Counted(200, 3), today=Counted(100, 2))
    assert (little.tighter, little.saved, little.left) == (little.window, 0.0, 3.0)
    a_day = CountedBudget(1, 0.03, window=Counted(100, 2), today=Counted(100, 2))
    assert (a_day.saved, a_day.left) == (0.0, 1.0)


def test_the_window_is_of_whole_days_of_the_sites_calendar(session: Session) -> None:
    write_day(session, dials=60, seconds=3600, shares=Shares(1.0, 0, 0, 0))
    campaign = load_campaign(session, "spring")
    midnight = MORNING - 9 * 3600
    last = midnight + 30 * 86_400
    assert budget(session, campaign, last - 1).window.answered == 60
    assert budget(session, campaign, last).window.answered == 0
    a_day = dataclasses.replace(campaign, abandon_window_days=1)
    assert budget(session, a_day, midnight + 86_399).window.answered == 60
    assert budget(session, a_day, midnight + 86_400).window.answered == 0
    save_site(session, Site(timezone="America/New_York"), "ann")
    assert budget(session, a_day, midnight + 86_400).window.answered == 60, "its evening there"


def test_whatever_became_of_calls_the_budget_counts_as_the_evidence_does(session: Session) -> None:
    random = Random(4)

    def some(*values: Any) -> Any:
        return random.choice(values)

    for number in range(600):
        at = MORNING + number
        answered = some(None, at + 5, at + 5)
        greeted = answered and some(None, answered, answered + 0.7)
        on = answered and some(None, answered + some(1.0, 1.9995, 2.0004, 2.0006, 2.7, 2.7006, 9))
        message = answered and some(None, None, answered + 3)
        session.add(
            DialAttemptRow(
                id=f"{number:032}", campaign="spring", number="+1", reserved_at=at, placed_at=at,
                mode=some("predictive", "predictive", "power", "progressive", "preview", "survey"),
                verdict=some("", "human", "unsure", "machine"), answered_at=answered,
                greeting_end_at=greeted, agent_on_at=on, message_at=message,
                ended_at=answered and some(None, answered + some(1, 1.9994, 1.9996, 2.0, 2.7, 9)),
                outcome=some("", "connected", "abandoned", "opted-out", "machine", "no-answer",
                             "machine-message", "lost"),
            )
        )  # fmt: skip
    session.flush()
    key = Ed25519PrivateKey.generate()
    lines = pack(session, "spring", MORNING - 3600, MORNING + 7200, key, "ann")
    summary = verify(lines).summary
    found = budget(session, load_campaign(session, "spring"), EVENING).window
    assert (found.answered, found.abandoned) == (
        summary["answered_by_people"], summary["abandoned"],
    )  # fmt: skip
    assert found.abandoned > 40


def test_the_window_begins_at_midnight_where_clocks_change() -> None:
    zone = ZoneInfo("America/New_York")
    noon = datetime(2026, 11, 1, 12, tzinfo=zone).timestamp()  # a day of 25 hours
    assert last_days_start(noon, 1, zone) == noon - 13 * 3600
    assert last_days_start(noon, 30, zone) == datetime(2026, 10, 3, tzinfo=zone).timestamp()
