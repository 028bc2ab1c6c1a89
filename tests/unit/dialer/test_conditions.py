"""Conditions put together in a page become SQL without a word of theirs in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.engine import sessions
from callcenter.db.models import LeadRow
from callcenter.dialer.leads.conditions import clause, parse
from callcenter.domain.errors import InvalidInput
from tests.unit.dialer.books import NOW, add_leads, add_list, books

DAY = 86400.0


@pytest.fixture(scope="module")
def session(module_database_url: str) -> Iterator[Session]:
    with books(module_database_url) as engine, sessions(engine)() as opened:
        list_id = add_list(opened)
        ids = add_leads(opened, list_id, *((f"+1212555000{n}",) for n in range(4)))
        told: list[dict[str, Any]] = [
            {
                "region": "TX",
                "fields": {"plan": "Gold", "sum": "9", "ends": "2026-11-30"},
                "attempts": 0,
                "made_at": NOW - 9 * DAY,
            },
            {
                "region": "NY",
                "fields": {"plan": "silver", "sum": "10.50", "ends": "2026-12-01T00:00:00"},
                "attempts": 2,
            },
            {"region": "ny", "fields": {}, "attempts": 5, "attempted_at": NOW - 2 * DAY},
            {
                "region": "50%",
                "fields": {"plan": "it's", "sum": "-3", "ends": "soon"},
                "attempts": 1,
            },
        ]
        for lead_id, values in zip(ids, told, strict=True):
            lead = opened.get_one(LeadRow, lead_id)
            for name, value in values.items():
                setattr(lead, name, value)
        opened.flush()
        yield opened


def matching(session: Session, condition: Any) -> list[int]:
    text = condition if isinstance(condition, str) else json.dumps(condition)
    query = select(LeadRow.id).where(clause(text, NOW)).order_by(LeadRow.id)
    return list(session.scalars(query))


@pytest.mark.parametrize(
    ("field", "op", "value", "found"),
    [
        ("region", "is", "ny", [2, 3]),
        ("region", "is-not", "NY", [1, 4]),
        ("region", "contains", "%", [4]),
        ("region", "starts-with", "t", [1]),
        ("region", "one-of", "tx, NY", [1, 2, 3]),
        ("custom:plan", "is", "gold", [1]),
        ("custom:plan", "empty", "", [3]),
        ("custom:plan", "is", "it's", [4]),
        ("custom:sum", "at-least", "9.5", [2]),  # and not as texts: "9" > "10"
        ("custom:Sum", "at-most", "9", [1, 4]),
        ("custom:plan", "at-least", "0", []),  # no numbers: neither more nor less
        ("custom:plan", "at-most", "0", []),
        ("custom:none", "at-most", "0", []),
        ("custom:ends", "at-least", "2026-12-01", [2]),
        ("custom:ends", "at-most", "2026-12-01", [1, 2]),
        ("custom:plan", "is", "' OR 1=1 --", []),
        ("attempts", "at-least", "2", [2, 3]),
        ("attempts", "at-most", "1", [1, 4]),
        ("age_days", "at-least", "7", [1]),
        ("idle_days", "at-least", "1", [1, 2, 3, 4]),  # also those never tried
        ("idle_days", "at-most", "3", [3]),
        ("number", "starts-with", "+1212", [1, 2, 3, 4]),
    ],
)
def test_each_comparison(
    session: Session, field: str, op: str, value: str, found: list[int]
) -> None:
    assert matching(session, {"field": field, "op": op, "value": value}) == found


def test_parts_are_joined(session: Session) -> None:
    texas = {"field": "region", "op": "is", "value": "TX"}
    tried = {"field": "attempts", "op": "at-least", "value": "5"}
    assert matching(session, {"any": [texas, tried]}) == [1, 3]
    assert matching(session, {"all": [texas, tried]}) == []
    assert matching(session, {"all": []}) == [1, 2, 3, 4]
    assert matching(session, "") == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no valid JSON"),
        ("[]", "object"),
        ('{"field": "region; DROP TABLE leads", "op": "is"}', "there is no field"),
        ('{"field": "region", "op": "="}', "cannot be asked"),
        ('{"field": "attempts", "op": "is", "value": "many"}', "with a number"),
        ('{"field": "attempts", "op": "is", "value": "nan"}', "out of range"),
        ('{"field": "region", "op": "is", "value": "\\u0000"}', "NUL"),
        ('{"field": "custom:sum", "op": "at-least", "value": "many"}', "1250.5 or a day such as"),
        (
            '{"field": "custom:sum", "op": "at-least", "value": "2026-02-30"}',
            "not with '2026-02-30'",
        ),
        ('{"field": "custom:sum", "op": "at-most", "value": ""}', "not with ''"),
        ('{"all": [' * 9 + "{}" + "]}" * 9, "too many parts"),
        ('{"all": [' + ",".join(['{"all": []}'] * 60) + "]}", "too many parts"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse(text)
