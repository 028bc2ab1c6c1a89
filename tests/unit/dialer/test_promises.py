"""A promise to call back outlives what ends the lead in its list, and is listed until its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import CallbackRow, DialAttemptRow, LeadRow
from callcenter.dialer.leads import callbacks, do_not_call
from callcenter.dialer.leads.asked_back import ask_back
from callcenter.dialer.leads.manage import set_lead_state
from callcenter.dialer.leads.reserve import Reservation, reserve_leads
from callcenter.dialer.leads.said import Word, note_down
from callcenter.dialer.leads.settle import good_numbers, set_disposition, settle_attempt
from callcenter.dialer.leads.why import why, why_promises_wait
from callcenter.dialing import by_hand
from callcenter.dialing.finish import look
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput
from tests.unit.dialer.books import NOW, a_campaign, books, prepared

HOUR = 3600.0
TOMORROW = "2026-11-24T10:00"
CAMPAIGN = a_campaign(mode="preview", retries=(), attempts_per_number=2, attempts_per_lead=2)


@pytest.fixture
def made() -> Iterator[sessionmaker[Session]]:
    """One lead, promised a call by campaign autumn a minute ago."""
    with books() as engine:
        opened = sessions(engine)
        with opened.begin() as session:
            prepared(session, 1, CAMPAIGN)
            session.add(
                CallbackRow(lead_id=1, campaign="autumn", due_at=NOW - 60, made_at=NOW - 900)
            )
        yield opened


@pytest.fixture
def session(made: sessionmaker[Session]) -> Iterator[Session]:
    with made.begin() as opened:
        yield opened


def take(session: Session, now: float = NOW, campaign: Campaign = CAMPAIGN) -> list[Reservation]:
    return reserve_leads(session, campaign, 1, now, node="pbx1", agent="1001")


def state(session: Session) -> str:
    return session.get_one(CallbackRow, 1, populate_existing=True).state


def listed(session: Session) -> bool:
    return bool(callbacks.promised(session, ["autumn"], 9))


def test_a_try_that_ends_the_lead_ends_no_promise_before_the_tries_are_used_up(
    session: Session,
) -> None:
    now = NOW
    for _ in range(2):
        (taken,) = take(session, now)
        settle_attempt(session, CAMPAIGN, taken.attempt_id, "no-answer", now)
        assert session.get_one(LeadRow, 1, populate_existing=True).state == "done"
        assert (state(session), listed(session)) == ("open", True)
        assert take(session, now + HOUR / 2) == []
        assert look(session, CAMPAIGN, now).why == ("" if now == NOW else "every lead is done")
        now += HOUR
    assert take(session, now) == []
    (row, _lead), *_ = callbacks.promised(session, ["autumn"], 9)
    (words,) = why_promises_wait(session, [row], [CAMPAIGN], now).values()
    assert "tried 2 times" in words


def test_another_campaign_s_word_ends_no_promise_and_opens_no_lead(session: Session) -> None:
    other = a_campaign(name="spring", mode="preview")
    save_campaign(session, other, NOW)
    (taken,) = take(session, campaign=other)
    set_disposition(session, other, taken.attempt_id, "not-interested", NOW)
    settle_attempt(session, other, taken.attempt_id, "connected", NOW)
    assert (state(session), listed(session)) == ("open", True)
    answers = {each.campaign.name: each.allowed for each in why(session, 1, NOW + 1).campaigns}
    assert answers == {"autumn": True, "spring": False}
    (taken,) = take(session, NOW + 1)
    settle_attempt(session, CAMPAIGN, taken.attempt_id, "unplaced", NOW + 1)
    assert session.get_one(LeadRow, 1, populate_existing=True).state == "done"
    assert take(session, NOW + 2) == []
    assert take(session, NOW + 40, other) == []
    (taken,) = take(session, NOW + 40)
    settle_attempt(session, CAMPAIGN, taken.attempt_id, "connected", NOW + 60)
    assert (state(session), listed(session)) == ("done", False)


def test_who_skips_a_promised_lead_that_is_done_does_not_open_it(
    made: sessionmaker[Session],
) -> None:
    with made.begin() as session:
        session.get_one(LeadRow, 1).state = "done"
        (taken,) = take(session)
    by_hand.skip(made, taken, "later", NOW)
    with made() as session:
        lead = session.get_one(LeadRow, 1)
        assert (lead.state, lead.due_at) == ("done", NOW + HOUR)


@pytest.mark.parametrize(
    ("code", "due_at", "becomes"),
    [
        ("not-interested", NOW - 60, "done"),  # that call kept it
        ("not-interested", NOW + HOUR, "cancelled"),  # spoken to before it was due
        ("retry", NOW + HOUR, "cancelled"),
    ],
)
def test_the_own_campaign_s_word_ends_it(
    session: Session, code: str, due_at: float, becomes: str
) -> None:
    (taken,) = take(session)
    session.get_one(CallbackRow, 1).due_at = due_at
    session.flush()
    set_disposition(session, CAMPAIGN, taken.attempt_id, code, NOW)
    assert (state(session), listed(session)) == (becomes, False)
    settle_attempt(session, CAMPAIGN, taken.attempt_id, "connected", NOW + 1)
    assert state(session) == becomes


def _two_calls(session: Session) -> tuple[DialAttemptRow, DialAttemptRow]:
    """Of one was nothing said yet; in the other, an hour later, a call tomorrow was agreed."""
    (first,) = take(session)
    settle_attempt(session, CAMPAIGN, first.attempt_id, "connected", NOW)
    callbacks.promise(session, 1, "autumn", datetime.fromisoformat(TOMORROW), NOW, by="ann")
    session.get_one(CallbackRow, 2).due_at = NOW + HOUR
    session.flush()
    (second,) = take(session, NOW + HOUR)
    settle_attempt(session, CAMPAIGN, second.attempt_id, "connected", NOW + HOUR)
    attempt = session.get_one(DialAttemptRow, second.attempt_id)
    note_down(session, attempt, Word("callback", TOMORROW), "1002", NOW + HOUR, "bo")
    return session.get_one(DialAttemptRow, first.attempt_id), attempt


@pytest.mark.parametrize("code", ["not-interested", "retry", "wrong-number"])
def test_the_word_of_an_older_call_said_late_ends_no_later_promise(
    session: Session, code: str
) -> None:
    first, second = _two_calls(session)
    note_down(session, first, Word(code), "1001", NOW + 2 * HOUR, "al")
    ((row, lead),) = callbacks.promised(session, ["autumn"], 9)
    assert (row.agent, first.disposition, second.disposition) == ("1002", code, "callback")
    session.refresh(lead)
    assert (lead.state, lead.disposition) == ("open", "callback")
    assert good_numbers(session, 1) == ("+12125550000",), "the later call reached the person there"


def test_no_callback_is_promised_over_the_one_of_a_later_call(session: Session) -> None:
    first, _second = _two_calls(session)
    with pytest.raises(InvalidInput, match="what was agreed then stands"):
        note_down(session, first, Word("callback", TOMORROW), "1001", NOW + 2 * HOUR, "al")
    ((row, _lead),) = callbacks.promised(session, ["autumn"], 9)
    assert row.agent == "1002"


def test_who_asks_not_to_be_called_is_heard_also_of_an_older_call(session: Session) -> None:
    first, _second = _two_calls(session)
    note_down(session, first, Word("do-not-call"), "1001", NOW + 2 * HOUR, "al")
    assert not listed(session)
    assert session.get_one(LeadRow, 1, populate_existing=True).state == "do-not-call"


def test_a_word_put_right_takes_back_what_the_same_call_promised(session: Session) -> None:
    _first, second = _two_calls(session)
    note_down(session, second, Word("not-interested"), "1002", NOW + 2 * HOUR, "bo")
    assert not listed(session)


def test_who_called_after_the_call_and_asked_for_it_is_called_back(session: Session) -> None:
    (taken,) = take(session)
    settle_attempt(session, CAMPAIGN, taken.attempt_id, "connected", NOW)
    ask_back(session, "autumn", "+12125550000", NOW + 60, call="pbx1-7")
    attempt = session.get_one(DialAttemptRow, taken.attempt_id)
    note_down(session, attempt, Word("not-interested"), "1001", NOW + 120, "al")
    assert listed(session)
    (taken,) = take(session, NOW + 180)
    assert taken.lead.id == 1


@pytest.mark.parametrize("how", ["done", "removed", "opted out", "key", "wrong number"])
def test_who_is_not_to_be_called_has_no_promise_left(session: Session, how: str) -> None:
    if how in ("done", "removed"):
        set_lead_state(session, 1, how, NOW)
    else:
        (taken,) = take(session)
        if how == "opted out":
            do_not_call.opt_out(session, taken.attempt_id, NOW, source="agent")
        elif how == "key":
            settle_attempt(session, CAMPAIGN, taken.attempt_id, "opted-out", NOW)
        else:
            set_disposition(session, CAMPAIGN, taken.attempt_id, "wrong-number", NOW)
    assert not listed(session)
    assert state(session) in ("cancelled", "done")
    assert take(session, NOW + 9 * HOUR) == []


def test_a_number_on_a_list_is_said_beside_the_promise(session: Session) -> None:
    do_not_call.add(session, "+12125550000", NOW, source="page")
    campaign = load_campaign(session, "autumn")
    ((row, _lead),) = callbacks.promised(session, ["autumn"], 9)
    assert "do-not-call list" in why_promises_wait(session, [row], [campaign], NOW)[row.id]
