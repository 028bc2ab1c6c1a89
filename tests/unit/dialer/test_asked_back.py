"""A caller who asks to be called back becomes a lead whose callback is due, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import CallbackRow, LeadRow
from callcenter.db.models.leads import LeadNumberRow
from callcenter.dialer.leads import do_not_call
from callcenter.dialer.leads.asked_back import HANGS_UP_SECONDS, ask_back
from callcenter.domain.errors import CallcenterError, Conflict, InvalidInput, NotFound
from tests.unit.dialer.books import NOW, a_campaign, books, prepared

KNOWN = "+12125550001"


@pytest.fixture
def small(database_url: str) -> Iterator[sessionmaker[Session]]:
    with books(database_url) as engine:
        yield sessions(engine)


def open_callbacks(session: Session) -> list[CallbackRow]:
    return list(session.scalars(select(CallbackRow).where(CallbackRow.state == "open")))


def test_a_stranger_becomes_a_lead_and_asking_twice_is_one_promise(
    small: sessionmaker[Session],
) -> None:
    with small.begin() as session:
        prepared(session, 2)
        ask_back(session, "autumn", "(646) 555-0199", NOW, call="pbx1-7.1")
        ask_back(session, "autumn", "16465550199", NOW + 60, call="pbx1-7.2")
        (promised,) = open_callbacks(session)
        assert (promised.due_at, promised.agent) == (NOW + 60 + HANGS_UP_SECONDS, "")
        assert (promised.number, promised.note) == ("+16465550199", "asked for in call pbx1-7.2")
        query = select(LeadNumberRow.lead_id).where(LeadNumberRow.number == "+16465550199")
        assert session.scalars(query).all() == [promised.lead_id]
        assert len(session.scalars(select(LeadRow)).all()) == 3


def test_who_is_on_the_list_already_is_opened_again(small: sessionmaker[Session]) -> None:
    with small.begin() as session:
        _, known = prepared(session, 2)
        session.get_one(LeadRow, known).state = "done"
        assert ask_back(session, "autumn", KNOWN, NOW, call="c").lead_id == known
        assert session.get_one(LeadRow, known).state == "open"


@pytest.mark.parametrize(
    ("number", "campaign", "error"),
    [
        ("", "autumn", InvalidInput),
        ("911", "autumn", InvalidInput),
        ("+19005550100", "autumn", InvalidInput),  # premium
        ("+18005550100", "autumn", InvalidInput),  # free for the caller, not for us
        ("+442079460018", "autumn", InvalidInput),  # another country's
        ("+16465550111", "autumn", Conflict),  # do not call
        ("+12125550000", "autumn", Conflict),  # a lead of it, who asked this campaign to stop
        (KNOWN, "over", Conflict),  # finished: nobody would call
        (KNOWN, "winter", NotFound),
        (KNOWN, "bare", InvalidInput),
    ],
)
def test_what_cannot_be_promised(
    small: sessionmaker[Session], number: str, campaign: str, error: type[CallcenterError]
) -> None:
    with small.begin() as session:
        prepared(session, 2)
        save_campaign(session, a_campaign(name="bare", lists=()), NOW)
        save_campaign(session, a_campaign(name="over", state="finished"), NOW)
        do_not_call.add(session, "+16465550111", NOW, source="page")
        do_not_call.add(session, "+12125550000", NOW, source="key", campaign="autumn")
    with small.begin() as session, pytest.raises(error):
        ask_back(session, campaign, number, NOW, call="c")
    with small.begin() as session:
        assert open_callbacks(session) == []
