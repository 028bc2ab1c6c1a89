"""Opting out, callbacks at the lead's clock, and why a lead is not dialed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import delete_campaign, load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import (
    CallbackRow,
    ConsentRow,
    DialAttemptRow,
    LeadRow,
    OutsideListRow,
)
from callcenter.dialer.leads import callbacks, do_not_call
from callcenter.dialer.leads.reserve import reserve_leads
from callcenter.dialer.leads.settle import settle_attempt
from callcenter.dialer.leads.why import why
from callcenter.domain.errors import InvalidInput, NotFound
from tests.unit.dialer.books import NOW, ZONE, a_campaign, books, prepared

NUMBER, OTHER = "+12125550000", "+19175550000"
DAY = 86400.0


@pytest.fixture
def session() -> Iterator[Session]:
    with books() as engine, sessions(engine).begin() as opened:
        prepared(opened, 1)
        yield opened


def test_a_key_press_closes_the_lead_lists_the_number_and_takes_consents_back(
    session: Session,
) -> None:
    session.add(ConsentRow(number=NUMBER, source="web form", given_at=NOW - 9))
    campaign = load_campaign(session, "autumn")
    (taken,) = reserve_leads(session, campaign, 1, NOW, node="pbx1")
    assert do_not_call.opt_out(session, taken.attempt_id, NOW, source="key")
    assert not do_not_call.opt_out(session, taken.attempt_id, NOW + 1, source="key")
    settle_attempt(session, campaign, taken.attempt_id, "connected", NOW + 2)
    lead = session.get_one(LeadRow, taken.lead_id, populate_existing=True)
    assert lead.state == "do-not-call"
    revoked = session.execute(select(ConsentRow.revoked_at, ConsentRow.revoked_source)).one()
    assert tuple(revoked) == (NOW, "key")
    assert reserve_leads(session, campaign, 1, NOW + 9 * 86400, node="pbx1") == []


def test_an_entry_for_one_campaign_stops_that_one_only(session: Session) -> None:
    do_not_call.add(session, NUMBER, NOW, source="page", campaign="other")
    assert why(session, 1, NOW).campaigns[0].allowed
    do_not_call.add(session, NUMBER, NOW, source="page", campaign="autumn")
    assert not why(session, 1, NOW).campaigns[0].allowed
    do_not_call.remove(session, NUMBER, "campaign", "autumn")
    assert why(session, 1, NOW).campaigns[0].allowed
    with pytest.raises(NotFound):
        do_not_call.remove(session, NUMBER, "site")
    with pytest.raises(InvalidInput, match="newer file"):
        do_not_call.remove(session, NUMBER, "outside", "register")


def test_an_outside_list_that_is_too_old_stops_everything(session: Session) -> None:
    do_not_call.replace_outside_list(
        session, "register", "Register", ["+19175550000"], NOW,
        scrubbed_at=NOW - 40 * 86400, expires_at=NOW - 1, by="ann",
    )  # fmt: skip
    answer = why(session, 1, NOW).campaigns[0].numbers[0]
    assert [v.rule for v in answer.verdicts if not v.passes] == ["outside-lists"]
    campaign = load_campaign(session, "autumn")
    assert reserve_leads(session, campaign, 1, NOW, node="pbx1") == []
    do_not_call.drop_outside_list(session, "register")
    assert why(session, 1, NOW).campaigns[0].allowed
    assert len(reserve_leads(session, campaign, 1, NOW, node="pbx1")) == 1


def test_a_presets_days_hold_whatever_a_file_is_said_to_be_good_for(session: Session) -> None:
    def load(fetched: float, days: int, *numbers: str) -> None:
        do_not_call.replace_outside_list(
            session, "register", "Register", numbers or [OTHER], NOW,
            scrubbed_at=fetched, expires_at=fetched + days * DAY, by="ann",
        )  # fmt: skip

    load(NOW - 32 * DAY, 366)
    answer = why(session, 1, NOW).campaigns[0].numbers[0]
    assert [v.rule for v in answer.verdicts if not v.passes] == ["outside-lists"]
    row, campaign = session.get_one(OutsideListRow, "register"), load_campaign(session, "autumn")
    assert do_not_call.good_until(row, [campaign]) == NOW - DAY
    assert do_not_call.good_until(row, [replace(campaign, state="finished")]) == row.expires_at
    for fetched, days in ((NOW + 2 * DAY, 31), (NOW, 0), (NOW, 367)):
        with pytest.raises(InvalidInput):
            load(fetched, days)
    with pytest.raises(InvalidInput, match="no phone number"):
        do_not_call.replace_outside_list(
            session, "register", "", [], NOW, scrubbed_at=NOW, expires_at=NOW + DAY, by="ann"
        )


def test_a_callback_is_due_by_the_lead_s_clock_and_replaces_the_one_before(
    session: Session,
) -> None:
    wall = datetime(2026, 12, 1, 10, 30)  # noqa: DTZ001 - the clock on the lead's wall
    callbacks.promise(session, 1, "autumn", datetime(2026, 11, 30, 9), NOW)  # noqa: DTZ001
    kept = callbacks.promise(session, 1, "autumn", wall, NOW, agent="1001", note="contract")
    assert (kept.zone, kept.due_at) == (ZONE, wall.replace(tzinfo=ZoneInfo(ZONE)).timestamp())
    assert session.scalars(select(CallbackRow.state).order_by(CallbackRow.id)).all() == [
        "cancelled", "open",
    ]  # fmt: skip
    answer = why(session, 1, NOW).campaigns[0].numbers[0]
    assert answer.due_at == kept.due_at
    words = {verdict.rule: verdict.words for verdict in answer.verdicts}
    assert (words["retry"], words["callback"]) == (
        "a callback was promised", "a callback by agent 1001",
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="past"):
        callbacks.promise(session, 1, "autumn", datetime(2026, 11, 1, 9), NOW)  # noqa: DTZ001


def test_a_callback_opens_a_lead_that_was_done_but_none_that_opted_out(session: Session) -> None:
    lead = session.get_one(LeadRow, 1)
    lead.state = "done"
    later = datetime(2026, 12, 1, 10, 30)  # noqa: DTZ001
    callbacks.promise(session, 1, "autumn", later, NOW)
    assert lead.state == "open"
    for state, refusal in (("do-not-call", "asked not to be called"), ("removed", "taken out")):
        lead.state = state
        with pytest.raises(InvalidInput, match=refusal):
            callbacks.promise(session, 1, "autumn", later, NOW)


def test_a_deleted_campaign_leaves_no_promise_to_the_next_of_its_name(session: Session) -> None:
    later = datetime(2026, 12, 1, 10, 30)  # noqa: DTZ001
    made = callbacks.promise(session, 1, "autumn", later, NOW)
    save_campaign(session, a_campaign(state="paused"), NOW)
    delete_campaign(session, "autumn")
    save_campaign(session, a_campaign(), NOW)
    session.refresh(made)
    assert made.state == "cancelled"
    assert callbacks.promised(session, ["autumn"], 9) == []


def test_why_a_lead_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound, match="no lead 99"):
        why(session, 99, NOW)


@pytest.mark.parametrize(("mode", "stopped"), [("progressive", False), ("predictive", True)])
def test_why_knows_in_which_modes_an_agent_is_guaranteed(
    session: Session, mode: Any, stopped: bool
) -> None:
    session.add(
        DialAttemptRow(
            id="before", campaign="autumn", lead_id=1, number=NUMBER, mode=mode,
            reserved_at=NOW - 7200, ended_at=NOW - 7100, outcome="abandoned",
        )
    )  # fmt: skip
    session.flush()
    save_campaign(session, a_campaign(mode=mode, rules="uk"), NOW)
    answer = why(session, 1, NOW).campaigns[0].numbers[0]
    assert ("rest-abandoned" in {v.rule for v in answer.verdicts if not v.passes}) == stopped
