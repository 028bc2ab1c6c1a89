"""A lead put right by hand, while it may be reserved, and opened again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import load_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import LeadRow
from callcenter.dialer.leads import do_not_call, manage
from callcenter.dialer.leads.change import change_lead, mark_of, values_of_lead
from callcenter.dialer.leads.read import lead_of
from callcenter.dialer.leads.reserve import reserve_leads
from callcenter.dialer.leads.settle import settle_attempt
from callcenter.domain.errors import Conflict, InvalidInput, NotFound
from tests.unit.dialer.books import NOW, books, prepared

NUMBER, OTHER = "+12125550000", "+13105550100"


@pytest.fixture
def session() -> Iterator[Session]:
    with books() as engine, sessions(engine).begin() as opened:
        prepared(opened, 2)
        yield opened


def test_an_address_gives_a_lead_its_zones_and_what_is_not_named_stays(session: Session) -> None:
    changes = {"region": "California", "custom:plan": "gold", "priority": "5"}
    assert change_lead(session, 1, changes, NOW) == ["region", "priority", "custom:plan"]
    assert change_lead(session, 1, {"custom:plan": ""}, NOW) == ["custom:plan"]
    lead = lead_of(session, 1)
    assert (lead.region, lead.next_number, dict(lead.values)["country"]) == ("CA", NUMBER, "US")
    assert set(lead.numbers[0].zones) == {"America/New_York", "America/Los_Angeles"}


def test_a_lead_whose_numbers_were_all_wrong_is_open_with_a_new_one(session: Session) -> None:
    row = session.get_one(LeadRow, 1)
    row.state = "bad-number"
    change_lead(session, 1, {"number_2": "(310) 555-0100"}, NOW)
    assert (row.state, [each.number for each in lead_of(session, 1).numbers]) == (
        "open", [NUMBER, OTHER],
    )  # fmt: skip


def test_a_reserved_lead_may_be_changed_and_settles_all_the_same(session: Session) -> None:
    campaign = load_campaign(session, "autumn")
    (taken,) = reserve_leads(session, campaign, 1, NOW, node="pbx1")
    change_lead(session, taken.lead_id, {"number": "3105550100"}, NOW)
    assert settle_attempt(session, campaign, taken.attempt_id, "no-answer", NOW + 30)
    lead = session.get_one(LeadRow, taken.lead_id, populate_existing=True)
    assert (lead.attempt, lead.state, lead.next_number) == ("", "open", OTHER)


def test_what_cannot_be_changed(session: Session) -> None:
    mark = mark_of(values_of_lead(session, 1))
    change_lead(session, 1, {"city": "Bonn"}, NOW, mark)
    with pytest.raises(Conflict, match="somebody else"):
        change_lead(session, 1, {"city": "Ulm"}, NOW, mark)
    with pytest.raises(Conflict, match="lead 2"):
        change_lead(session, 1, {"number_2": "+12125550001"}, NOW)
    with pytest.raises(InvalidInput, match="no phone number"):
        change_lead(session, 1, {"number": ""}, NOW)
    with pytest.raises(InvalidInput, match="no field 'zodiac'"):
        change_lead(session, 1, {"zodiac": "ram"}, NOW)
    with pytest.raises(NotFound):
        change_lead(session, 99, {}, NOW)
    assert session.scalars(select(LeadRow.city).order_by(LeadRow.id)).all() == ["Bonn", ""]


def test_who_is_taken_off_the_list_may_be_opened_again(session: Session) -> None:
    session.get_one(LeadRow, 1).state = "do-not-call"
    do_not_call.add(session, NUMBER, NOW, source="page")
    with pytest.raises(Conflict, match="off the list first"):
        manage.set_lead_state(session, 1, "open", NOW)
    do_not_call.remove(session, NUMBER, "site")
    manage.set_lead_state(session, 1, "open", NOW)
    assert lead_of(session, 1).state == "open"
