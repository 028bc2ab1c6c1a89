"""A campaign ends by itself when its target is reached or nobody is left to call."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import CallbackRow, DialAttemptRow, LeadRow, PacingDecisionRow
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.site_menus import SiteJourneyRow
from callcenter.dialer.leads.do_not_call import add
from callcenter.dialing import finish as finish_module
from callcenter.dialing.finish import Looked, finish
from callcenter.domain.campaign import CallerId, Campaign
from tests.campaigns import add_campaign, add_lead
from tests.unit.dialer.books import books

NOW = time.time()
NUMBERS = ("+12025550100", "+12025550101")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    with books() as engine:
        made = sessions(engine)
        with made.begin() as session:
            wanted = Campaign("out", "Out", "sales", state="running", trunk="town")
            add_campaign(session, wanted, NUMBERS)
        yield made


def change(made: sessionmaker[Session], **settings: Any) -> None:
    with made.begin() as session:
        campaign = dataclasses.replace(load_campaign(session, "out"), **settings)
        save_campaign(session, campaign, NOW)


def close_leads(made: sessionmaker[Session], *numbers: str) -> None:
    with made.begin() as session:
        closed = update(LeadRow).where(LeadRow.next_number.in_(numbers))
        session.execute(closed.values(state="done"))


def test_one_that_callers_may_ask_for_waits_for_the_next_of_them(
    made: sessionmaker[Session],
) -> None:
    close_leads(made, *NUMBERS)
    journey = SiteJourneyRow(
        name="call-me", position=0, script="request_callback.py", then="hangup", results=[],
        argument="out",
    )  # fmt: skip
    with made.begin() as session:
        session.add(journey)
    assert finish(made, "out", NOW).why == ""
    with made.begin() as session:
        session.delete(session.get_one(SiteJourneyRow, "call-me"))
    assert finish(made, "out", NOW).why == "every lead is done"


def attempt(session: Session, name: str, **values: Any) -> None:
    session.add(
        DialAttemptRow(id=name, campaign="out", number=NUMBERS[0], mode="power", reserved_at=NOW,
                       **values)
    )  # fmt: skip


def test_used_up_leads_end_it_once_in_the_audit_log_and_on_its_board(
    made: sessionmaker[Session],
) -> None:
    close_leads(made, NUMBERS[0])
    assert finish(made, "out", NOW).why == ""
    close_leads(made, NUMBERS[1])
    assert finish(made, "out", NOW).why == "every lead is done"
    assert finish(made, "out", NOW).why == ""
    with made() as session:
        assert load_campaign(session, "out").state == "finished"
        [entry] = session.scalars(select(AuditEntryRow))
        [reason] = session.scalars(select(PacingDecisionRow.reason))
    assert (entry.by, entry.action, entry.subject) == ("dialer", "campaign_finished", "out")
    assert entry.detail == "every lead is done"
    assert reason == "finished: every lead is done"


def test_calls_that_are_up_are_waited_for(made: sessionmaker[Session]) -> None:
    close_leads(made, *NUMBERS)
    with made.begin() as session:
        attempt(session, "a" * 32, outcome="")
    assert finish(made, "out", NOW).why == ""


def test_open_leads_nobody_may_ever_call_do_not_keep_it_running(
    made: sessionmaker[Session],
) -> None:
    """Waiting does not help against do-not-call; it does against hours and retry delays."""
    close_leads(made, NUMBERS[0])
    with made.begin() as session:
        add(session, NUMBERS[1], NOW, source="page")
        session.execute(update(LeadRow).values(due_at=NOW + 9999))
    assert finish(made, "out", NOW).why == "every lead is done"


def test_the_target_ends_it_with_leads_left(made: sessionmaker[Session]) -> None:
    change(made, target_successes=2)
    with made.begin() as session:
        attempt(session, "a" * 32, outcome="connected", disposition="success")
        attempt(session, "b" * 32, outcome="connected", disposition="not-interested")
    assert finish(made, "out", NOW).why == ""
    with made.begin() as session:
        attempt(session, "c" * 32, outcome="connected", disposition="success")
    assert finish(made, "out", NOW).why == "the target of 2 successes is reached"


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "manual"},
        {"state": "paused"},
        {"lists": ()},  # its leads are still to come
        {"filter": '{"field": "idle_days", "op": "at-least", "value": "7"}'},
    ],
)
def test_what_goes_on_goes_on(made: sessionmaker[Session], settings: dict[str, Any]) -> None:
    """A filter that lets more in as days go by has nobody used up."""
    change(made, caller_ids=(CallerId("+12025550199"),), **settings)
    if "filter" not in settings:
        close_leads(made, *NUMBERS)
    assert finish(made, "out", NOW).why == ""


def test_leads_the_filter_leaves_out_are_none_of_its(made: sessionmaker[Session]) -> None:
    change(made, filter='{"field": "region", "op": "is", "value": "TX"}')
    assert finish(made, "out", NOW).why == "every lead is done"


def test_a_long_list_that_is_used_up_is_looked_through_in_parts(
    made: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a register of do-not-call numbers was loaded: open, and nobody may be called."""
    monkeypatch.setattr(finish_module, "LOOKED_AT", 2)
    with made.begin() as session:
        list_id = session.scalars(select(LeadRow.list_id)).first() or 0
        for digit in range(2, 5):
            add_lead(session, list_id, f"+1202555010{digit}", NOW)
        for digit in range(5):
            add(session, f"+1202555010{digit}", NOW, source="page")
    first = finish(made, "out", NOW)
    second = finish(made, "out", NOW, first.after)
    assert 0 < first.after < second.after
    assert (first.why, second.why) == ("", "")
    assert finish(made, "out", NOW, second.after) == Looked("every lead is done")


def test_done_leads_that_a_promise_keeps_are_looked_at_in_their_turn(
    made: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish_module, "LOOKED_AT", 1)
    close_leads(made, NUMBERS[0])
    with made.begin() as session:
        leads = session.scalars(select(LeadRow.id).order_by(LeadRow.id)).all()
        for lead in leads:
            session.add(CallbackRow(lead_id=lead, campaign="out", due_at=NOW, made_at=NOW))
        for number in NUMBERS:
            add(session, number, NOW, source="page")
    assert finish(made, "out", NOW) == Looked(after=leads[0])
    assert finish(made, "out", NOW, leads[0]) == Looked(after=leads[1])
    assert finish(made, "out", NOW, leads[1]) == Looked("every lead is done")
