"""Numbers of our own that are never to be called, by the file: told row by row, taken out again."""

from __future__ import annotations

import io

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from callcenter.db.models import AuditEntryRow, DoNotCallRow, LeadRow
from callcenter.dialer.leads import do_not_call
from callcenter.dialer.leads.read import listings_of
from tests.web.test_campaigns import NOW, Visitor, a_lead, a_list
from web.services import Services

LETTER, BOTH, REGISTER = "+12125550100", "+12125550101", "+12125550102"


def spreadsheet(*rows: list[object]) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    return data


def listed(services: Services) -> set[tuple[str, str]]:
    with services.sessions() as session:
        return {(each.number, each.scope_name) for each in session.scalars(select(DoNotCallRow))}


def test_a_file_of_our_own_stays_beside_all_else_and_is_taken_out_alone(
    app: Flask, services: Services
) -> None:
    a_list(services)
    lead = a_lead(services)
    with services.sessions.begin() as session:
        do_not_call.add(session, BOTH, NOW, source="key")
        session.get_one(LeadRow, lead).skip_until = NOW + 9e9
    ann = Visitor(app, "ann")

    def load(status: int, name: str, *rows: list[object], **typed: str) -> str:
        page = ann.post(
            "/dialer/do-not-call/own", status, name=name, country="us", reason="asked by letter",
            file=(spreadsheet(*rows), "letters.xlsx"), **({"scrubbed": "2026-11-20"} | typed),
        )  # fmt: skip
        return " ".join(page.split())

    page = load(200, "letters", ["Telephone"], [2125550100], ["(212) 555-0101"], ["12"], ["x"], [])
    assert "2 numbers are on the list" in page
    assert "2 rows were left out" in page
    assert '<td class="number">4</td>' in page
    assert "too few or too many digits" in page
    assert "letters.xlsx of 2026-11-20, loaded by ann" in page
    assert "all campaigns, file letters" not in page, "a file may have a million of them"
    found = " ".join(ann.get("/dialer/do-not-call?q=555-0101").split())
    assert "all campaigns, file letters" in found
    assert listed(services) == {(BOTH, ""), (LETTER, "letters"), (BOTH, "letters")}
    with services.sessions() as session:
        (found,) = listings_of(session, "", [LETTER])[LETTER]
        assert (found.scope, found.reason) == ("site", "asked by letter")
    for name, typed, said in (
        ("letters", {}, "here is a list letters already"),
        ("Letters!", {}, "ust start with a small letter"),
        ("others", {"scrubbed": "2099-01-01"}, "still to come"),
        ("others", {"scrubbed": "soon"}, "rite the day"),
    ):
        assert said in load(400, name, [2125550102], **typed)
    assert "no phone number in its first column" in load(400, "others", ["nobody"])
    assert REGISTER not in {number for number, _ in listed(services)}
    assert "2 numbers of letters are taken out" in ann.post("/dialer/do-not-call/own/letters/drop")
    assert listed(services) == {(BOTH, "")}, "who pressed the key stays on the list"
    with services.sessions() as session:
        assert session.get_one(LeadRow, lead).skip_until == 0
        audit = select(AuditEntryRow.action, AuditEntryRow.by, AuditEntryRow.detail)
        told = [tuple(each) for each in session.execute(audit.order_by(AuditEntryRow.id))][-2:]
    assert told == [
        ("do_not_call_file_loaded", "ann", "2 numbers of letters.xlsx"),
        ("do_not_call_file_dropped", "ann", "2 numbers"),
    ]
    ann.post("/dialer/do-not-call/own/letters/drop", 404)


def test_a_number_is_taken_out_of_whichever_file_it_came_in(services: Services) -> None:
    with services.sessions.begin() as session:
        for name in ("one", "two"):
            do_not_call.load_own_file(
                session, name, "x.csv", [LETTER], NOW, scrubbed_at=NOW, by="ann"
            )
        do_not_call.remove(session, LETTER, "site", "one")
        assert [each.name for each in listings_of(session, "", [LETTER])[LETTER]] == ["two"]
        do_not_call.remove(session, LETTER, "site", None)
        assert listings_of(session, "", [LETTER]) == {}
