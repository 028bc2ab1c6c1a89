"""A lead file that cannot be read as it is: told before it is loaded, and after."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from callcenter.db.campaign_store import load_campaign
from callcenter.dialer.leads import manage
from callcenter.domain.campaign import ListShare
from callcenter.jobs.load_leads import load_leads
from tests.web.test_campaigns import NOW, Visitor
from web.services import Services

TEXT = "Phone,First name\n2125550100,Zoë\n12,Bad\n+12125550101,Bo\n"
COLUMNS = {"column-0": "number", "column-1": "given_name"}


@pytest.fixture
def ann(app: Flask) -> Visitor:
    return Visitor(app, "ann")


def columns_page(ann: Visitor, services: Services, text: str | bytes, country: str) -> str:
    with services.sessions.begin() as session:
        manage.make_list(session, "fresh", "Fresh", country, NOW)
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), "new.csv")
    return spaced(ann.post("/dialer/imports/new", list="fresh", file=file))


def spaced(page: str) -> str:
    """However the template is broken into lines."""
    return " ".join(page.split())


def test_the_columns_page_says_which_of_the_first_rows_can_be_loaded(
    ann: Visitor, services: Services
) -> None:
    page = columns_page(ann, services, TEXT, "US")
    assert "Read so, 2 of the first 3 rows can be loaded." in page
    assert re.search(r'<td class="number">3</td>\s*<td class="wrap">', page)
    assert "too few or too many digits" in page


def test_a_row_that_is_no_utf8_is_shown_with_question_marks(
    ann: Visitor, services: Services
) -> None:
    rows = "Telefon,Name\n+12125550100,Zoë\n+12125550101,".encode() + b"J\xfcrgen\n"
    page = columns_page(ann, services, rows, "US")
    assert "J?rgen" in page
    assert "Read so, 1 of the first 2 rows can be loaded." in page


def test_a_file_of_which_no_row_can_be_read_is_not_loaded(ann: Visitor, services: Services) -> None:
    text = TEXT.rpartition("+1212")[0] + ",\n \n,\n"  # empty rows are none
    page = columns_page(ann, services, text, "")
    assert "none of the first 2 rows can be loaded" in page
    assert "/dialer/lists/edit/fresh" in page
    assert "has no country code" in page
    refused = spaced(ann.post("/dialer/imports/1/columns", 400, header="yes", form=COLUMNS))
    assert "None of the first rows can be loaded so." in refused
    ann.post("/dialer/lists/edit/fresh", title="Fresh", country="US", active="1")
    assert "1 of the first 2 rows" in spaced(ann.get("/dialer/imports/1/columns"))
    ann.post("/dialer/imports/1/columns", header="yes", duplicates="list", form=COLUMNS)


def test_what_was_left_out_is_told_on_the_page(ann: Visitor, services: Services) -> None:
    columns_page(ann, services, TEXT, "US")
    ann.post("/dialer/imports/1/columns", header="yes", duplicates="list", form=COLUMNS)
    load_leads(services.settings)
    page = ann.get("/dialer/imports/1")
    assert re.search(r'<td class="number">3</td>\s*<td class="wrap">', page)
    assert "too few or too many digits" in page
    assert "Look at the leads" in page


def test_a_list_without_a_weight_counts_once_and_no_queue_asks_for_one(
    ann: Visitor, services: Services
) -> None:
    with services.sessions.begin() as session:
        manage.make_list(session, "fresh", "Fresh", "US", NOW)
    form = ann.form("/dialer/campaigns/new")
    form["name"], form["title"], form["lists-0-list"] = "autumn", "Autumn", "fresh"
    page = ann.post("/dialer/campaigns/new", 400, form=form)
    assert "Choose the queue whose members are its agents" in page
    form["queue"] = "sales"
    ann.post("/dialer/campaigns/new", form=form)
    with services.sessions() as session:
        assert load_campaign(session, "autumn").lists == (ListShare("fresh", 1),)
