"""One lead by hand: added with fields of its own, and put right under somebody else's eyes."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from callcenter.db.models import AuditEntryRow, LeadRow
from callcenter.jobs.load_leads import load_leads
from tests.web.test_campaigns import Visitor, a_list
from web.services import Services


@pytest.fixture
def ann(app: Flask) -> Visitor:
    return Visitor(app, "ann")


def mark(page: str) -> str:
    found = re.search(r'name="mark" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_lead_is_typed_and_put_right_and_nobodys_change_is_lost(
    ann: Visitor, services: Services
) -> None:
    a_list(services)
    typed = {
        "number": "2125550100",
        "priority": "7",
        "own_name": "Tariff (old)",
        "own_value": "gold",
    }
    assert "custom:tariff_old" not in ann.get("/dialer/leads/new")
    ann.post("/dialer/leads/new", form=typed, list="fresh")
    before = mark(ann.get("/dialer/leads/1/change"))
    right = {"number": "2125550100", "postal_code": "75001", "custom:tariff_old": "silver"}
    page = ann.post("/dialer/leads/1/change", form=right, mark=before)
    assert "America/Chicago" in page
    refused = ann.post("/dialer/leads/1/change", 400, form=right | {"city": "X"}, mark=before)
    assert "Somebody else changed this lead" in refused
    assert 'value="X"' in refused  # what was typed stays
    refused = ann.post("/dialer/leads/1/change", 400, form={"number": "12"}, mark="")
    assert "too few" in refused
    with services.sessions() as session:
        lead = session.get_one(LeadRow, 1)
        assert (lead.priority, lead.fields, lead.city) == (7, {"tariff_old": "silver"}, "")
        query = select(AuditEntryRow.detail).where(AuditEntryRow.action == "lead_changed")
        assert session.scalars(query).all() == ["postal_code, custom:tariff_old"]


def test_a_file_without_names_of_columns_loses_no_lead(ann: Visitor, services: Services) -> None:
    a_list(services)
    text = b"Bo,2125550100\nZoe,2125550101\n"
    page = ann.post("/dialer/imports/new", list="fresh", file=(io.BytesIO(text), "x.csv"))
    assert '<option value="no" selected>a lead already' in page
    assert 'name="column-1"' in page
    assert '<option value="number" selected>' in page
    ann.post("/dialer/imports/1/columns", header="no", form={"column-1": "number"})
    assert load_leads(services.settings) == "loaded 2 leads of 1 files"
