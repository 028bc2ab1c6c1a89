"""Reports kept under names, sent by e-mail and cancelled, as the pages do it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.reports import ReportDeliveryRow, ReportScheduleRow, ReportTemplateRow
from callcenter.db.site_store import load_site, save_site
from callcenter.reports import queue as queue_report
from tests.web.test_access import sign_in, token_of
from web.reports.blueprint import DESK
from web.services import EXTENSION


@pytest.fixture
def sue(app: Flask) -> FlaskClient:
    return signed_in(app, "sue")


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, username) == 302
    return client


def posted(client: FlaskClient, address: str, **form: Any) -> Any:
    with client.session_transaction() as session:
        token = session.get("csrf")
    token = token or token_of(client)
    return client.post(address, data=form | {"csrf_token": token})


def rows(app: Flask, kind: type[Any]) -> list[Any]:
    with app.extensions[EXTENSION].sessions() as session:
        return list(session.scalars(select(kind)))


def keep(client: FlaskClient, name: str = "Mine", **more: Any) -> Any:
    form = {
        "template_name": name,
        "report": "queue",
        "asked_period": "last-week",
        "hidden": ["hold"],
    }
    return posted(client, "/reports/templates", **form | more)


def test_columns_are_remembered_for_the_person_not_the_browser(
    app: Flask, sue: FlaskClient
) -> None:
    header = {"X-CSRF-Token": token_of(sue)}
    address = "/reports/queue/columns"
    assert sue.post(address, json={"hidden": ["hold", "nothing"]}, headers=header).json == {
        "hidden": ["hold"]
    }
    every = ["queue", "offered", "answered", "abandoned", "short_abandoned", "abandonment_rate",
             "service_level", "asa", "longest_wait", "talks", "talk", "hold", "aht"]  # fmt: skip
    assert sue.post(address, json={"hidden": "hold"}, headers=header).status_code == 400
    assert "Hold" not in sue.get("/reports/queue/download.csv").text
    assert "Hold" in sue.get("/reports/interval/download.csv").text
    assert "Hold" not in signed_in(app, "sue").get("/reports/queue/download.csv").text
    ann = signed_in(app, "ann")
    titles = ann.get("/reports/queue/download.csv").text
    assert "Hold" in titles
    assert len(titles.split(",")) >= len(every)


def test_a_template_keeps_question_and_columns_and_is_shared(app: Flask, sue: FlaskClient) -> None:
    ann = signed_in(app, "ann")
    assert keep(sue).status_code == 302
    assert "Mine" not in ann.get("/reports/saved").text
    assert keep(sue, shared_with="admin").status_code == 302  # the same name again changes it
    (row,) = rows(app, ReportTemplateRow)
    assert (row.question, row.hidden) == ({"period": "last-week"}, ["hold"])
    assert "Mine" in ann.get("/reports/saved").text
    page = ann.get(f"/reports/queue?period=last-week&template={row.id}").text
    assert "<h1>Mine</h1>" in page
    assert re.search(r'data-hidden-column="hold"\s*>', page)
    assert re.search(r'data-hidden-column="talk"\s+disabled>', page)
    found = ann.get(f"/reports/queue/download.csv?period=last-week&template={row.id}").text
    assert "Hold" not in found
    for wrong in ({"template_name": " "}, {"report": "nothing"}, {"shared_with": "the press"}):
        assert keep(sue, **wrong).status_code in (400, 404), wrong


def test_a_template_of_somebody_else_is_closed(app: Flask, sue: FlaskClient) -> None:
    ann = signed_in(app, "ann")
    keep(ann, "Private")
    (row,) = rows(app, ReportTemplateRow)
    assert sue.get(f"/reports/queue?template={row.id}").status_code == 404
    assert posted(sue, f"/reports/templates/{row.id}/delete").status_code == 404
    keep(ann, "Private", shared_with="everyone")
    assert sue.get(f"/reports/queue?template={row.id}").status_code == 200
    assert posted(sue, f"/reports/templates/{row.id}/delete").status_code == 403
    assert posted(ann, f"/reports/templates/{row.id}/delete").status_code == 302
    assert rows(app, ReportTemplateRow) == []


SCHEDULE = {"recipients": "boss@acme.example; team@acme.example", "rhythm": "monthly",
            "weekday": "0", "month_day": "31", "time": "06:30", "format": "pdf"}  # fmt: skip


def test_a_template_is_scheduled_paused_sent_and_deleted(app: Flask, sue: FlaskClient) -> None:
    keep(sue)
    (template,) = rows(app, ReportTemplateRow)
    address = f"/reports/templates/{template.id}/schedules"
    for wrong in ({"recipients": "boss"}, {"recipients": "a@b.example\r\nBcc: c@d.example x"},
                  {"time": "25:00"}, {"time": "soon"}, {"rhythm": "hourly"}, {"format": "exe"},
                  {"month_day": "32"}):  # fmt: skip
        assert posted(sue, address, **SCHEDULE | wrong).status_code == 400, wrong
    services = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(
        services, settings=replace(services.settings, mail_from="callcenter@acme.example")
    )
    outside = posted(sue, address, **SCHEDULE | {"recipients": "boss@acme.example x@mail.example"})
    assert outside.status_code == 400
    assert "only to @acme.example, not to x@mail.example" in outside.text
    assert "Only to @acme.example." in sue.get("/reports/saved").text
    assert posted(sue, address, **SCHEDULE).status_code == 302
    (row,) = rows(app, ReportScheduleRow)
    assert row.recipients == ["boss@acme.example", "team@acme.example"]
    page = sue.get("/reports/saved").text
    assert "Every month on day 31 at 06:30" in page
    assert "set smtp_host" in page
    change = f"/reports/schedules/{row.id}"
    assert posted(sue, f"{change}/pause").status_code == 302
    assert not rows(app, ReportScheduleRow)[0].active
    assert posted(sue, f"{change}/resume").status_code == 302
    assert posted(sue, f"{change}/send").status_code == 302
    mail = rows(app, ReportDeliveryRow)[0]
    again = {"due_at": str(mail.due_at), "recipient": mail.recipient}
    assert posted(sue, f"{change}/again", **again).status_code == 409
    assert posted(signed_in(app, "al"), f"{change}/delete").status_code == 403
    assert posted(sue, f"{change}/delete").status_code == 302
    assert rows(app, ReportDeliveryRow) == []
    actions = [each.action for each in rows(app, AuditEntryRow)]
    assert {"report_template_saved", "report_scheduled", "report_schedule_send",
            "report_schedule_delete"} <= set(actions)  # fmt: skip


@pytest.fixture
def gate(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The report `queue` waits for it, and no page waits for the report."""
    opened = threading.Event()
    quick = queue_report.run

    def slow(session: Any, asked: Any) -> Any:
        assert opened.wait(60)
        return quick(session, asked)

    monkeypatch.setattr(queue_report, "run", slow)
    app.extensions[DESK]._patience_seconds = 0.0
    yield opened
    opened.set()


def run_of(answer: Any) -> str:
    assert answer.status_code == 302
    found = re.fullmatch(r"/reports/runs/([0-9a-f]{32})(\?kind=\w+)?", answer.headers["Location"])
    assert found
    return found[1]


def test_a_long_run_shows_progress_and_is_shared(
    app: Flask, sue: FlaskClient, gate: threading.Event
) -> None:
    run = run_of(sue.get("/reports/queue?period=last-year"))
    assert run_of(signed_in(app, "ann").get("/reports/queue?period=last-year")) == run
    assert run_of(sue.get("/reports/queue/download.pdf?period=last-year")) == run
    assert "Cancel" in sue.get(f"/reports/runs/{run}").text
    gate.set()
    done = wait_for(sue, run, "done")
    assert sue.get(f"/reports/runs/{run}").status_code == 302
    assert "As the books were at" in sue.get(done["address"]).text
    file = sue.get(f"/reports/runs/{run}/progress?kind=csv").json["address"]
    assert sue.get(file).text.startswith("Queue,")
    assert run in sue.get("/reports/runs").text


def test_a_long_run_is_cancelled(app: Flask, sue: FlaskClient, gate: threading.Event) -> None:
    run = run_of(sue.get("/reports/queue?period=last-year"))
    assert posted(sue, f"/reports/runs/{run}/cancel").status_code == 302
    gate.set()
    assert wait_for(sue, run, "cancelled")["cancelled_by"] == "sue"
    assert "sue stopped it" in sue.get(f"/reports/runs/{run}").text
    assert posted(sue, f"/reports/runs/{run}/cancel").status_code == 409
    assert sue.get("/reports/runs/" + "0" * 32).status_code == 404


def wait_for(client: FlaskClient, run: str, state: str) -> Any:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = json.loads(client.get(f"/reports/runs/{run}/progress").text)
        if found["state"] == state:
            return found
        time.sleep(0.05)
    raise AssertionError(f"it never was {state}")


def test_a_run_of_somebody_with_more_sight_is_not_there(app: Flask, gate: threading.Event) -> None:
    ann, sue = signed_in(app, "ann"), signed_in(app, "sue")
    with app.extensions[EXTENSION].sessions.begin() as session:
        site = load_site(session)
        save_site(session, replace(site, supervisors_see_numbers="masked"), by="test")
    run = run_of(ann.get("/reports/queue?period=last-year"))
    for path in ("", "/progress"):
        assert sue.get(f"/reports/runs/{run}{path}").status_code == 404
        assert ann.get(f"/reports/runs/{run}{path}").status_code == 200
    assert posted(sue, f"/reports/runs/{run}/cancel").status_code == 404
    own = run_of(sue.get("/reports/queue?period=last-year"))
    assert own != run
    assert ann.get(f"/reports/runs/{own}").status_code == 200, "an administrator sees all of them"
    gate.set()
    wait_for(sue, own, "done")
    # Neither does the address of what it found give more than one's own answer.
    answer = sue.get(f"/reports/queue?period=last-year&run={run}")
    assert answer.status_code in (200, 302)
    assert run not in answer.headers.get("Location", "")
