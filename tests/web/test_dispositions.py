"""Agents say what their calls came to, and nobody else's; rates are taken from a file."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcenter.db.models import CallbackRow, DialAttemptRow, DoNotCallRow, LeadRow
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call, CallTalk
from callcenter.db.models.ledger import LedgerChannel
from callcenter.db.rate_store import load_rates
from callcenter.db.site_store import load_site, save_site
from callcenter.reports.table import REPORTS
from tests.unit.dialer.books import a_campaign, prepared
from tests.web.test_access import token_of
from tests.web.test_report_delivery import posted, signed_in
from web.services import EXTENSION

NODE = "pbx1"


@pytest.fixture
def books(app: Flask) -> Flask:
    """Al talked in two calls of support just now and in one of sales, Bo in another one."""
    now = time.time()
    with app.extensions[EXTENSION].sessions.begin() as session:
        site = load_site(session)
        queues = tuple(
            replace(each, dispositions=("Solved", "Call back")) if each.name == "support" else each
            for each in site.queues
        )
        save_site(session, replace(site, queues=queues), by="test")
        for number, (agent, queue) in enumerate(
            (("1001", "support"), ("1001", "support"), ("1001", "sales"), ("1002", "support"))
        ):
            mine: dict[str, Any] = {
                "node": NODE, "started_at": now - 60 + number, "ended_at": now,
                "talk_seconds": 1.0, "hold_seconds": 0.0, "queue": queue, "agent": agent,
            }  # fmt: skip
            session.add(CallTalk(**mine, call_id=f"c{number}", number=1, phone="201"))
            session.add(Call(
                **mine, id=f"c{number}", direction="inbound", caller_number="0151234567",
                caller_name="", dialed="5000", trunk="carrier", answered_at=now, outcome="answered",
                ended_by="caller", wait_seconds=1.0, recording=""))  # fmt: skip
    return app


def asked(client: Any) -> list[tuple[str, str]]:
    found = client.get("/api/me/dispositions").json["calls"]
    return [(each["call"], each["chosen"]) for each in found]


def say(client: Any, call: str, word: str, **more: str) -> int:
    header = {"X-CSRF-Token": token_of(client)}
    body = {"node": NODE, "call": call, "disposition": word, **more}
    return int(client.post("/api/me/dispositions", json=body, headers=header).status_code)


def test_an_agent_answers_for_the_own_calls_only(books: Flask) -> None:
    al = signed_in(books, "al")
    assert asked(al) == [("c1", ""), ("c0", "")]
    assert al.get("/api/me/dispositions").json["calls"][0]["choices"] == [
        {"value": word, "title": word} for word in ("Solved", "Call back")
    ]
    assert say(al, "c1", "Solved") == 200
    assert say(al, "c1", "Nonsense") == 400
    assert say(al, "c2", "Solved") == 400  # that queue asks nothing
    assert say(al, "c3", "Solved") == 404  # Bo's
    assert say(signed_in(books, "sue"), "c1", "Solved") == 409  # no agent at all
    assert asked(al) == [("c1", "Solved"), ("c0", "")]
    assert say(al, "c1", "Call back") == 200
    with books.extensions[EXTENSION].sessions() as session:
        changed = select(AuditEntryRow).where(AuditEntryRow.action == "disposition_changed")
        assert [each.detail for each in session.scalars(changed)] == ["Solved → Call back"]


def test_a_word_follows_its_call_when_a_transfer_joins_it(books: Flask) -> None:
    al = signed_in(books, "al")
    assert say(al, "c0", "Solved") == 200
    with books.extensions[EXTENSION].sessions.begin() as session:
        # c0 turns out to be a part of c3.
        session.add(LedgerChannel(node=NODE, uniqueid="c0", call_id="c3"))
        session.delete(session.get_one(Call, (NODE, "c0")))
    sue = signed_in(books, "sue")
    found = sue.get("/reports/dispositions/download.json?period=last-7-days").json
    assert [(row["disposition"], row["calls"]) for row in found] == [("Solved", 1)]
    page = sue.get("/reports/dispositions?period=last-7-days").text
    assert "counted=dispositions" in page


def test_rates_come_from_a_file_whole_or_not_at_all(app: Flask) -> None:
    ann = signed_in(app, "ann")
    good = b"prefix,price_per_minute,currency,title\n49,0.01,EUR,<b>Germany\n"
    wrong = good + b"50,much,EUR,\n"
    answer = posted(ann, "/reports/rates", file=(io.BytesIO(wrong), "rates.csv"))
    assert answer.status_code == 400
    assert "Line 3: price_per_minute is a number" in answer.text
    assert posted(ann, "/reports/rates", file=(io.BytesIO(good), "rates.csv")).status_code == 302
    assert posted(ann, "/reports/rates", text="prefix,price_per_minute,currency\n49,0.02,EUR\n"
                  ).status_code == 302  # fmt: skip
    with app.extensions[EXTENSION].sessions() as session:
        assert [(each.prefix, each.minute_micro) for each in load_rates(session)] == [("49", 20000)]
    assert "0.02" in ann.get("/reports/rates").text
    assert ann.get("/reports/rates.csv").text.splitlines()[1].startswith(",outbound,49,,0.02")
    assert posted(ann, "/reports/rates", file=(io.BytesIO(b"\xff\xfe"), "x")).status_code == 400
    assert signed_in(app, "sue").get("/reports/rates").status_code == 403
    assert REPORTS["cost"].title in ann.get("/reports/cost").text


def test_a_call_of_a_campaign_takes_the_campaigns_words_and_what_follows(books: Flask) -> None:
    now = time.time()
    with books.extensions[EXTENSION].sessions.begin() as session:
        lead, other = prepared(session, 2, a_campaign(queue="sales"))
        for number, (call, of) in enumerate((("c2", lead), ("c1", other))):
            session.add(DialAttemptRow(
                id=f"a{number}", campaign="autumn", lead_id=of, number=f"+1212555000{number}",
                mode="power", agent="1001", node=NODE, reserved_at=now, placed_at=now,
                answered_at=now, call_id=call))  # fmt: skip
    al = signed_in(books, "al")
    found = al.get("/api/me/dispositions").json["calls"][0]
    assert (found["call"], found["queue"], found["number"]) == ("c2", "Autumn", "+12125550000")
    assert found["name"] == ""  # the caller is a phone of ours
    titles = {each["value"]: each["asks_time"] for each in found["choices"]}
    assert titles["callback"]
    assert not titles["success"]
    assert say(al, "c2", "Solved") == 400
    assert say(al, "c2", "callback") == 400  # no time
    assert say(al, "c2", "callback", when=f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}"
               ) == 200  # fmt: skip
    assert say(al, "c1", "do-not-call") == 200
    assert say(signed_in(books, "bo"), "c2", "success") == 404
    with books.extensions[EXTENSION].sessions() as session:
        attempts = select(DialAttemptRow.disposition).order_by(DialAttemptRow.id)
        assert list(session.scalars(attempts)) == ["callback", "do-not-call"]
        (promise,) = session.scalars(select(CallbackRow))
        assert (promise.lead_id, promise.agent) == (lead, "1001")
        assert [each.number for each in session.scalars(select(DoNotCallRow))] == ["+12125550001"]
        assert session.get_one(LeadRow, other).state == "do-not-call"
    report = signed_in(books, "sue").get("/reports/dispositions/download.json?period=last-7-days")
    assert [(row["campaign"], row["disposition"]) for row in report.json] == [
        ("autumn", "callback"), ("autumn", "do-not-call"),
    ]  # fmt: skip
