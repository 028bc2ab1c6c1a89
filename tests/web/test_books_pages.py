"""The page of what does not add up, the agents' day, and calls of two nodes with one id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcenter.db.models.calls import AgentInterval, Call
from callcenter.db.models.reconciliation import Judgement, UnreconciledRow
from tests.web.call_books import fill_books
from tests.web.conftest import running_app
from tests.web.test_access import PAGE, sign_in
from web.services import EXTENSION, Services


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with running_app(tmp_path_factory.mktemp("books")) as made:
        services: Services = made.extensions[EXTENSION]
        fill_books(services.settings)
        with services.sessions.begin() as session:
            call = session.scalars(select(Call).limit(1)).one()
            values = {key: getattr(call, key) for key in Call.__mapper__.columns.keys()}  # noqa: SIM118
            session.add(Call(**values | {"node": "far", "caller_name": "Somebody Else"}))
            now = services.clock()
            session.add(Judgement(node="far", judged_at=now - 900, since=0, before=now, calls=41))
            session.add(
                UnreconciledRow(
                    node="far",
                    kind="cdr-missing",
                    ref=call.id,
                    call_id=call.id,
                    at=now - 900,
                    why="CEL knows this call and the CDR does not",
                )
            )
            for state, start, end, of in (
                ("ready", 0, 60, ""),
                ("talking", 60, 90, call.id),
                ("wrap_up", 90, 100, call.id),
                ("paused", 100, 160, ""),
            ):
                session.add(AgentInterval(node="far", agent="1001", started_at=now - 500 + start,
                                          ended_at=now - 500 + end, state=state, reason="",
                                          queue="support" if of else "", call_id=of,
                                          signs_in=state == "ready"))  # fmt: skip
        yield made


@pytest.fixture(scope="module")
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, "ann") == 302
    return client


def test_what_does_not_add_up_is_listed_with_its_kind_and_node(admin: FlaskClient) -> None:
    text = " ".join(admin.get("/calls/unreconciled", headers=PAGE).text.split())
    assert "1 call does not add up" in text
    assert "CEL knows this call and the CDR does not" in text
    assert "?node=far" in text
    assert "The dialer placed a call that call events do not know" in text  # looked for, 0 found
    assert "41 calls of the last 7 days" in text
    assert "has not looked for more than 5 minutes" in text


def test_a_call_opens_by_its_node(app: Flask, admin: FlaskClient) -> None:
    with app.extensions[EXTENSION].sessions() as session:
        call_id = session.scalar(select(Call.id).where(Call.node == "far"))
    assert "Somebody Else" in admin.get(f"/calls/{call_id}?node=far", headers=PAGE).text
    assert "Somebody Else" not in admin.get(f"/calls/{call_id}?node=pbx1", headers=PAGE).text
    assert admin.get(f"/calls/{call_id}?node=none", headers=PAGE).status_code == 404


def test_the_agents_day_shows_wrap_up_and_opens_its_call(admin: FlaskClient) -> None:
    text = admin.get("/reports/agent-activity?period=last-7-days", headers=PAGE).text
    assert "Wrap-up" in text
    assert 'data-tone="calm"' in text
    assert "node=far" in text
