"""From a reserved lead to a settled attempt, on both databases, with CEL as Asterisk writes it."""

from __future__ import annotations

import csv
import dataclasses
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from datetime import time as clock

import pytest
from sqlalchemy import Engine, select

from callcenter.db.campaign_store import load_campaign, save_campaign
from callcenter.db.engine import sessions
from callcenter.db.models import (
    CampaignRow,
    ConsentRow,
    DialAttemptRow,
    DoNotCallRow,
    LeadRow,
)
from callcenter.dialer.budget import Counted, budget
from callcenter.dialer.leads.candidates import Hopper
from callcenter.dialer.leads.do_not_call import add
from callcenter.dialer.leads.reserve import reserve_leads
from callcenter.dialing import history, place, settle, store
from callcenter.dialing.place import Order
from callcenter.domain.campaign import EVERY_DAY, Campaign
from callcenter.domain.errors import Conflict
from callcenter.domain.site import OpeningRule
from callcenter.ledger.facts import CEL
from tests.campaigns import add_campaign
from tests.unit.dialer.books import books
from tests.unit.ledger.ledger_books import feed

NODE = "pbx1"
TRUNK = "PJSIP/trunk-town-00000001"
OUT = Campaign("out", "Out", "sales", mode="power", state="running", trunk="town")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with books(database_url) as made:
        yield made


def cel(call: str, at: float, event: str, extra: str = "") -> tuple[str, str]:
    row = [event, f"{at:.6f}", "", "", "+12025550100", "s", "cc-dialer", TRUNK, "", "", call, call]
    text = io.StringIO()
    user = event if event == "CC_STEP" else ""
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow([*row, "", user, extra])
    return CEL, text.getvalue().rstrip("\r\n")


def step(call: str, at: float, words: str) -> tuple[str, str]:
    return cel(call, at, "CC_STEP", f'{{"extra":"{words}"}}')


def ends(call: str, at: float, cause: int) -> list[tuple[str, str]]:
    said = f'{{"hangupcause":{cause},"hangupsource":"","dialstatus":""}}'
    return [cel(call, at, "HANGUP", said), cel(call, at, "CHAN_END"), cel(call, at, "LINKEDID_END")]


def taken(engine: Engine, numbers: list[str], now: float) -> tuple[Campaign, list[Order]]:
    made = sessions(engine)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, numbers)
    return campaign, place.take(made, campaign, 9, lambda: now, NODE, Hopper())


def test_settled_once_from_the_ledgers_facts_and_the_lead_goes_on(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    numbers = [f"+1202555010{digit}" for digit in range(3)]
    campaign, orders = taken(engine, numbers, now)
    busy, opted, silent = (order.placing for order in orders)
    feed(engine, [cel(busy.call, now, "CHAN_START"), *ends(busy.call, now + 2, 17)])
    answered = [cel(opted.call, now, "CHAN_START"), cel(opted.call, now + 5, "ANSWER")]
    told = [
        step(opted.call, now + 7, "campaign-message|sorry|abandoned"),
        step(opted.call, now + 9, f"opt-out|out|{opted.attempt}"),
    ]
    feed(engine, [*answered, *told, *ends(opted.call, now + 10, 16)])

    def settled(at: float) -> dict[str, str]:
        found = settle.settle_ended(made, NODE, at, lambda _call: False, lambda _attempt: {})
        return {each.attempt: each.became.outcome for each in found}

    assert settled(now + 20) == {busy.attempt: "busy", opted.attempt: "abandoned"}
    assert settled(now + 21) == {}
    assert settled(now + 1 + settle.LOST_SECONDS) == {silent.attempt: "lost"}
    with made() as session:
        leads = {lead.next_number: lead for lead in session.scalars(select(LeadRow))}
        listed = session.scalars(select(DoNotCallRow.number)).all()
        counts = budget(session, campaign, now + 60).window
    assert [leads[number].state for number in numbers] == ["open", "do-not-call", "open"]
    assert [leads[number].attempts for number in numbers] == [1, 1, 1]
    assert {lead.attempt for lead in leads.values()} == {""}
    assert listed == [opted.number]
    assert counts == Counted(1, 1)
    assert store.begin(made, campaign, now + 60).learned.answers.rate(now + 60)[0] > 0


def test_a_number_listed_between_reserving_and_dialing_is_not_dialed(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, ["+12025550100"])
    with made.begin() as session:
        reserved = reserve_leads(session, campaign, 1, now, node=NODE)
    with made.begin() as session:
        add(session, "+12025550100", now, source="page")
    assert place.clear(made, campaign, reserved, lambda: now, NODE) == []
    with made() as session:
        [attempt] = session.scalars(select(DialAttemptRow))
    assert (attempt.outcome, attempt.cause, attempt.placed_at) == ("blocked", "do-not-call", None)


def test_what_was_reserved_and_never_placed_is_given_back_by_the_next_start(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, ["+12025550100"])
    with made.begin() as session:
        reserve_leads(session, campaign, 1, now, node=NODE)
    assert settle.settle_never_sent(made, NODE, now) == 1
    assert settle.settle_never_sent(made, NODE, now) == 0
    [order] = place.take(made, campaign, 1, lambda: now + 60, NODE, Hopper())
    assert order.placing.call.startswith(f"{NODE}-{order.placing.attempt}-")
    assert settle.settle_never_sent(made, NODE, now) == 0  # placed: only the ledger may tell


def test_attempts_of_a_campaign_that_cannot_be_read_hold_nobody_up_and_wait(engine: Engine) -> None:
    """As when a newer version saved it. Who asked never to be called is listed all the same."""
    now, made = time.time(), sessions(engine)
    [order] = taken(engine, ["+12025550100"], now)[1]
    other = dataclasses.replace(OUT, name="other", title="Other")
    with made.begin() as session:
        add_campaign(session, other, ["+12025550101"])
        add_campaign(session, dataclasses.replace(OUT, name="new", title="New"), ["+12025550102"])
    for name in ("other", "new"):
        with made.begin() as session:
            wanted = load_campaign(session, name)
            reserve_leads(session, wanted, 1, now, node=NODE)
    opted = order.placing
    told = [
        cel(opted.call, now, "CHAN_START"),
        cel(opted.call, now + 5, "ANSWER"),
        step(opted.call, now + 9, f"opt-out|out|{opted.attempt}"),
    ]
    feed(engine, [*told, *ends(opted.call, now + 10, 16)])

    def settled(at: float) -> int:
        seen = settle.settle_ended(made, NODE, at, lambda _call: False, lambda _attempt: {})
        return settle.settle_never_sent(made, NODE, at) + len(seen)

    with made.begin() as session:
        rows = CampaignRow.__table__
        unread = rows.update().where(rows.c.name.in_(("out", "new")))
        columns = select(rows.c.name, rows.c.settings)
        sound = {row.name: row.settings for row in session.execute(columns)}
        session.execute(unread.values(settings={"mode_of_tomorrow": "mars"}))
    assert settled(now + 20) == 1, "the campaign that can be read"
    assert settled(now + 21) == 0
    with made() as session:
        leads = {lead.next_number: lead for lead in session.scalars(select(LeadRow))}
        assert session.scalars(select(DoNotCallRow.number)).all() == [opted.number]
    assert leads[opted.number].state == "do-not-call"
    assert leads["+12025550102"].attempt, "not given away as done"
    with made.begin() as session:
        for name in ("out", "new"):
            session.execute(rows.update().where(rows.c.name == name).values(settings=sound[name]))
    assert settled(now + 22) == 2
    with made() as session:
        assert {lead.attempt for lead in session.scalars(select(LeadRow))} == {""}
        assert session.get_one(DialAttemptRow, opted.attempt).outcome == "opted-out"


def test_a_campaign_paused_between_reserving_and_dialing_places_nothing(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, ["+12025550100"])
    with made.begin() as session:
        reserved = reserve_leads(session, campaign, 1, now, node=NODE)
    with made.begin() as session:
        save_campaign(session, dataclasses.replace(campaign, state="paused"), now)
    assert place.clear(made, campaign, reserved, lambda: now, NODE) == []


def test_hours_that_end_while_it_is_written_down_are_over(engine: Engine) -> None:
    """The database may take its time: what counts is the clock at the moment of dialing."""
    closes, made = datetime(2026, 11, 23, 20, tzinfo=UTC).timestamp(), sessions(engine)
    evening = (OpeningRule(EVERY_DAY, clock(9), clock(20)),)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, ["+12025550100", "+12025550101"])
        campaign = dataclasses.replace(campaign, hours=evening)
        save_campaign(session, campaign, closes)

    def dialed(*moments: float) -> int:
        left = iter(moments)
        return len(place.take(made, campaign, 1, lambda: next(left), NODE, Hopper()))

    assert dialed(closes - 2, closes - 1) == 1
    assert dialed(closes - 1, closes) == 0
    with made() as session:
        blocked = select(DialAttemptRow).where(DialAttemptRow.outcome == "blocked")
        [attempt] = session.scalars(blocked)
        lead = session.get_one(LeadRow, attempt.lead_id)
    assert (attempt.cause, attempt.placed_at) == ("calling-hours", None)
    assert (lead.state, lead.attempt, lead.attempts) == ("open", "", 0)


def test_a_lead_stranded_between_two_steps_is_given_back_and_then_never_placed(
    engine: Engine,
) -> None:
    now, made = time.time(), sessions(engine)
    with made.begin() as session:
        campaign = add_campaign(session, OUT, ["+12025550100", "+12025550101"])
    with made.begin() as session:
        reserved = reserve_leads(session, campaign, 2, now, node=NODE)
    shown = {reserved[1].attempt_id}
    stranded = {"older_seconds": 60.0, "kept": shown}
    assert settle.settle_never_sent(made, NODE, now + 59, **stranded) == 0
    assert settle.settle_never_sent(made, NODE, now + 61, **stranded) == 1
    # The one who was slow comes too late: the lead may be dialed by somebody else by now.
    assert [
        o.placing.number for o in place.clear(made, campaign, reserved, lambda: now + 62, NODE)
    ] == ["+12025550101"]


def test_while_the_ledger_does_not_read_no_call_is_lost(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    _, [order] = taken(engine, ["+12025550100"], now)

    def settled(told_until: float) -> list[str]:
        at = now + 10 * settle.LOST_SECONDS
        found = settle.settle_ended(made, NODE, at, lambda _: False, lambda _: {}, told_until)
        return [each.became.outcome for each in found]

    assert settled(now + 5) == []
    feed(engine, [cel(order.placing.call, now, "CHAN_START"), *ends(order.placing.call, now, 17)])
    assert settled(now + 5) == ["busy"]


def test_the_budget_counts_by_the_calls_own_times(engine: Engine) -> None:
    """Who gave up after the patience, and whom an agent heard too late, were abandoned."""
    now, made = time.time(), sessions(engine)
    campaign, orders = taken(engine, [f"+1202555010{digit}" for digit in range(4)], now)
    early, gave_up, late, in_time = (order.placing.call for order in orders)
    for call in (early, gave_up, late, in_time):
        feed(engine, [cel(call, now, "CHAN_START"), cel(call, now + 5, "ANSWER")])
    for call, on in ((late, 8.0), (in_time, 6.9)):
        feed(engine, [cel(call, now + on, "BRIDGE_ENTER", '{"bridge_id":"b"}')])
    for call, end in ((early, 6.5), (gave_up, 7.5), (late, 60), (in_time, 60)):
        feed(engine, ends(call, now + end, 16))
    found = settle.settle_ended(made, NODE, now + 70, lambda _: False, lambda _: {})
    outcomes = {each.became.outcome for each in found if each.attempt in gave_up}
    assert outcomes == {"abandoned"}
    with made() as session:
        counted = budget(session, campaign, now + 70).window
    one_by_one = [history.settled_people(each.became, each.mode, 2.0) for each in found]
    assert counted == Counted(3, 2)
    assert (sum(p for p, _ in one_by_one), sum(a for _, a in one_by_one)) == (3, 2)


def test_a_number_typed_by_hand_respects_a_consent_taken_back(engine: Engine) -> None:
    now, made = time.time(), sessions(engine)
    manual = dataclasses.replace(OUT, mode="manual")
    with made.begin() as session:
        campaign = add_campaign(session, manual, [])
        session.add(
            ConsentRow(
                number="+12125551234", source="web", given_at=now - 90, revoked_at=now - 60,
                expires_at=None,
            )
        )  # fmt: skip
    with pytest.raises(Conflict, match="consent was taken back"):
        place.number_by_hand(made, campaign, "+12125551234", "1001", now, NODE)
    placed = place.number_by_hand(made, campaign, "+12125551235", "1001", now, NODE)
    assert placed.placing.number == "+12125551235"
