"""No lead is taken twice, and what is taken is written down."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import (
    CallbackRow,
    DialAttemptRow,
    DoNotCallRow,
    LeadRow,
)
from callcenter.dialer.leads.candidates import Hopper
from callcenter.dialer.leads.reserve import Reservation, reserve_leads
from callcenter.dialer.leads.settle import set_disposition, settle_attempt
from callcenter.domain.campaign import CallerId, LeadRule, ListShare
from tests.unit.dialer.books import NOW, a_campaign, add_leads, add_list, books, prepared


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with books(database_url) as made:
        yield made


@pytest.fixture
def small() -> Iterator[sessionmaker[Session]]:
    with books() as engine:
        yield sessions(engine)


def take(session: Session, count: int, **changes: Any) -> list[Reservation]:
    campaign = load_campaign(session, "autumn")
    return reserve_leads(session, campaign, count, changes.pop("now", NOW), node="pbx1", **changes)


def test_processes_at_once_share_the_leads_without_a_double(engine: Engine) -> None:
    makers = sessions(engine)
    with makers.begin() as session:
        prepared(session, 200)
    found: list[Reservation] = []
    failures: list[BaseException] = []

    def dialer() -> None:
        hopper = Hopper(random.Random(1))
        try:
            for _ in range(30):
                with makers.begin() as session:
                    mine = take(session, 3, hopper=hopper)
                found.extend(mine)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=dialer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with makers.begin() as session:  # what a thread that was done early still had at hand
        while rest := take(session, 50, hopper=Hopper()):
            found.extend(rest)
    assert len({each.lead_id for each in found}) == len(found) == 200
    with makers() as session:
        written = set(session.scalars(select(DialAttemptRow.id)))
    assert written == {each.attempt_id for each in found}


def test_what_is_not_committed_is_not_reserved(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        prepared(session, 2)
    with small() as session:
        assert len(take(session, 2)) == 2
        session.rollback()
    with small.begin() as session:
        assert session.scalar(select(func.count()).select_from(DialAttemptRow)) == 0
        assert len(take(session, 5)) == 2
        assert take(session, 5) == []


def test_two_leads_with_one_number_are_not_dialed_at_once(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        list_id = add_list(session)
        add_leads(session, list_id, ("+12125550000",), ("+12125550000",))
        save_campaign(session, a_campaign(), NOW)
        hopper = Hopper()
        first = take(session, 5, hopper=hopper)
        assert len(first) == 1
        assert take(session, 5, hopper=hopper, now=NOW + 60) == []


def test_a_listed_number_gives_way_to_the_leads_other_number(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        list_id = add_list(session)
        add_leads(session, list_id, ("+12125550000", "+12125550001"))
        session.add(DoNotCallRow(number="+12125550000", scope="site", source="page", added_at=NOW))
        save_campaign(session, a_campaign(caller_ids=(CallerId("+12125559999"),)), NOW)
        (taken,) = take(session, 1)
        assert (taken.number, taken.caller_id) == ("+12125550001", "+12125559999")


def test_a_lead_that_cannot_be_dialed_is_put_aside_for_a_while(
    small: sessionmaker[Session],
) -> None:
    with small.begin() as session:
        (lead_id,) = prepared(session, 1)
        session.execute(update(LeadRow).values(due_at=0))
        evening = NOW + 12 * 3600  # ten at night in New York
        assert take(session, 1, now=evening) == []
        assert take(session, 1, now=evening + 12 * 3600)[0].lead_id == lead_id


def test_a_callback_that_is_due_comes_first_and_only_to_its_agent(
    small: sessionmaker[Session],
) -> None:
    with small.begin() as session:
        ids = prepared(session, 3)
        promised = CallbackRow(
            lead_id=ids[2], campaign="autumn", agent="1001", due_at=NOW - 5, made_at=NOW - 900
        )
        session.add(promised)
        session.flush()
        hopper = Hopper()
        hopper.put_back("fresh", [ids[2]])  # looked at before it was promised
        others = take(session, 3, agent="1002", hopper=hopper)
        assert [each.lead_id for each in others] == ids[:2]
        (kept,) = take(session, 1, agent="1001", hopper=hopper)
        assert kept.lead_id == ids[2]
        settle_attempt(session, load_campaign(session, "autumn"), kept.attempt_id, "connected", NOW)
        session.refresh(promised)
        assert (promised.state, promised.attempt) == ("done", kept.attempt_id)


def test_rules_say_who_is_called_first_and_who_comes_meanwhile_has_a_turn(
    small: sessionmaker[Session],
) -> None:
    with small.begin() as session:
        first = (LeadRule("region", "is", "TX"), LeadRule("custom:plan", "one-of", "gold, silver"))
        ids = prepared(session, 6, a_campaign(first=first))
        for index, values in {
            1: {"fields": {"plan": "gold"}}, 2: {"region": "TX"}, 3: {"priority": 1},
            4: {"region": "TX", "fields": {"plan": "gold"}},
        }.items():  # fmt: skip
            for name, value in values.items():
                setattr(session.get_one(LeadRow, ids[index]), name, value)
        session.flush()
        hopper = Hopper()
        order = [each.lead_id for each in take(session, 3, hopper=hopper)]
        assert order == [ids[3], ids[2], ids[4]]
        session.get_one(LeadRow, ids[5]).priority = 9
        session.flush()
        assert [e.lead_id for e in take(session, 1, hopper=hopper, now=NOW + 5)] == [ids[1]]
        assert [e.lead_id for e in take(session, 1, hopper=hopper, now=NOW + 61)] == [ids[5]]


def test_a_list_that_takes_long_to_ask_is_asked_less_often(small: sessionmaker[Session]) -> None:
    for took_seconds, asked_again in ((0.01, 5), (2.0, 40)):
        with small() as session:
            list_id = add_list(session)
            save_campaign(session, a_campaign(), NOW)
            hopper = Hopper(stopwatch=iter([0.0, took_seconds] * 2).__next__)
            assert take(session, 1, hopper=hopper) == []
            add_leads(session, list_id, ("+12125550000",))
            assert take(session, 1, hopper=hopper, now=NOW + asked_again - 1) == []
            assert len(take(session, 1, hopper=hopper, now=NOW + asked_again)) == 1


def test_lists_give_by_their_weights(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        for name, area in (("fresh", "212"), ("old", "646")):
            list_id = add_list(session, name)
            add_leads(session, list_id, *((f"+1{area}555{n:04d}",) for n in range(200)))
        lists = (ListShare("fresh", 3), ListShare("old", 1))
        save_campaign(session, a_campaign(lists=lists), NOW)
        taken = take(session, 120, hopper=Hopper(random.Random(5)))
        fresh = sum(each.lead.list == "fresh" for each in taken)
    assert len(taken) == 120
    assert 78 <= fresh <= 102


def test_an_outcome_counts_once_and_the_lead_goes_on_by_the_rules(
    small: sessionmaker[Session],
) -> None:
    with small.begin() as session:
        prepared(session, 1)
        campaign = load_campaign(session, "autumn")
        (taken,) = take(session, 1)
        assert settle_attempt(session, campaign, taken.attempt_id, "busy", NOW + 9, {"cause": "17"})
        assert not settle_attempt(session, campaign, taken.attempt_id, "connected", NOW + 10)
        lead = session.get(LeadRow, taken.lead_id)
        assert lead is not None
        assert (lead.attempt, lead.attempts, lead.outcome) == ("", 1, "busy")
        assert (lead.state, lead.due_at) == ("open", NOW + 9 + 15 * 60)
        assert take(session, 1, now=NOW + 60) == []
        assert len(take(session, 1, now=NOW + 9 + 15 * 60)) == 1


def test_what_the_agent_said_weighs_more_than_the_outcome(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        prepared(session, 1)
        campaign = load_campaign(session, "autumn")
        (taken,) = take(session, 1)
        set_disposition(session, campaign, taken.attempt_id, "retry", NOW + 50)
        settle_attempt(session, campaign, taken.attempt_id, "connected", NOW + 60)
        lead = session.get(LeadRow, taken.lead_id)
        assert lead is not None
        assert (lead.state, lead.due_at) == ("open", NOW + 50 + 24 * 3600)
