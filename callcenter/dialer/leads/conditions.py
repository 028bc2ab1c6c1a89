"""Conditions on leads that people put together in a page: no SQL from anybody.

A condition is JSON: `{"field": "region", "op": "is", "value": "TX"}`, or several of them as
`{"all": […]}` or `{"any": […]}`, nested at most DEEPEST deep. Fields are those of FIELDS and
`custom:<name>`. Everything typed becomes a bound parameter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Numeric, String, and_, case, cast, func, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from callcenter.db.models.leads import LeadRow
from callcenter.domain.campaign import LeadRule
from callcenter.domain.errors import InvalidInput

DEEPEST = 4
MOST_PARTS = 50
LONGEST_VALUE = 2000
DAY_SECONDS = 86400.0
Kind = Literal["text", "number", "days", "custom"]


@dataclass(frozen=True)
class Field:
    title: str
    column: InstrumentedAttribute[Any]
    kind: Kind = "text"


FIELDS: dict[str, Field] = {
    "external_id": Field("External id", LeadRow.external_id),
    "given_name": Field("Given name", LeadRow.given_name),
    "family_name": Field("Family name", LeadRow.family_name),
    "company": Field("Company", LeadRow.company),
    "email": Field("E-mail", LeadRow.email),
    "city": Field("City", LeadRow.city),
    "postal_code": Field("Postal code", LeadRow.postal_code),
    "region": Field("Region", LeadRow.region),
    "country": Field("Country", LeadRow.country),
    "language": Field("Language", LeadRow.language),
    "number": Field("Next number", LeadRow.next_number),
    "state": Field("State", LeadRow.state),
    "outcome": Field("Last outcome", LeadRow.outcome),
    "disposition": Field("Last disposition", LeadRow.disposition),
    "agent": Field("Last agent", LeadRow.agent),
    "priority": Field("Priority", LeadRow.priority, "number"),
    "attempts": Field("Tries so far", LeadRow.attempts, "number"),
    "age_days": Field("Days since it was loaded", LeadRow.made_at, "days"),
    "idle_days": Field("Days since the last try", LeadRow.attempted_at, "days"),
}
OPS: dict[str, str] = {
    "is": "is",
    "is-not": "is not",
    "contains": "contains",
    "starts-with": "starts with",
    "one-of": "is one of (comma between)",
    "empty": "is empty",
    "not-empty": "is not empty",
    "at-least": "is at least",
    "at-most": "is at most",
}
_OF_TEXT = ("is", "is-not", "contains", "starts-with", "one-of", "empty", "not-empty")
OPS_OF: dict[Kind, tuple[str, ...]] = {
    "text": _OF_TEXT,
    "custom": (*_OF_TEXT, "at-least", "at-most"),  # of a number or a day
    "number": ("is", "is-not", "at-least", "at-most"),
    "days": ("at-least", "at-most"),
}
CUSTOM = "custom:"
# What a custom field has to look like, or it is neither more nor less than anything.
A_NUMBER = r"^-?[0-9]{1,15}([.][0-9]{1,9})?$"
A_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"  # a spreadsheet's has a time behind it


def parse(text: str) -> Mapping[str, Any] | None:
    """The condition in `text`, checked; None when the text is empty. Raises InvalidInput."""
    if not text.strip():
        return None
    try:
        condition = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("the filter is no valid JSON; build it in the page") from None
    clause_of(condition, now=0.0)
    return dict(condition)


def clause(text: str, now: float) -> ColumnElement[bool]:
    """The condition as SQL; an empty text lets every lead through."""
    condition = parse(text)
    return true() if condition is None else clause_of(condition, now)


def clause_of(condition: Any, now: float) -> ColumnElement[bool]:
    parts = [0]
    return _clause(condition, now, DEEPEST, parts)


def _clause(condition: Any, now: float, depth: int, parts: list[int]) -> ColumnElement[bool]:
    parts[0] += 1
    if depth == 0 or parts[0] > MOST_PARTS:
        raise InvalidInput(f"the filter has too many parts; {MOST_PARTS} in {DEEPEST} levels fit")
    if not isinstance(condition, dict):
        raise InvalidInput("each part of a filter is an object with field, op and value")
    for word, join in (("all", and_), ("any", or_)):
        if set(condition) == {word} and isinstance(condition[word], list):
            found = [_clause(part, now, depth - 1, parts) for part in condition[word]]
            return join(*found) if found else true()
    return _single(condition, now)


def condition_text(rule: LeadRule) -> str:
    """A rule of a campaign as the JSON of a condition."""
    return json.dumps(asdict(rule))


def _single(condition: dict[str, Any], now: float) -> ColumnElement[bool]:
    name, op = str(condition.get("field", "")), str(condition.get("op", ""))
    value = str(condition.get("value", "")).strip()
    if len(value) > LONGEST_VALUE or "\0" in value:
        raise InvalidInput(f"the value of {name} is too long or has a NUL")
    kind, column = _column(name)
    if op not in OPS_OF[kind]:
        title = FIELDS[name].title if name in FIELDS else name
        may = ", ".join(f"“{OPS[each]}” ({each})" for each in OPS_OF[kind])
        raise InvalidInput(f"{title} cannot be asked for {OPS.get(op, op)!r}; choose one of {may}")
    if op in _TEXT and kind in ("text", "custom"):
        return _TEXT[op](column, value)
    if kind == "custom":
        return _in_order(name, column, op, value)
    number = _number(name, value)
    if kind == "days":
        # “at least 3 days ago” means an earlier instant.
        instant = now - number * DAY_SECONDS
        column = func.coalesce(column, 0.0)  # never: longer ago than any day
        return _NUMBER["at-most" if op == "at-least" else "at-least"](column, instant)
    return _NUMBER[op](column, number)


def _column(name: str) -> tuple[Kind, Any]:
    if name.startswith(CUSTOM) and name != CUSTOM:
        # Files and forms keep names in small letters: `Sum` of a heading is `sum`.
        stored = LeadRow.fields[name.removeprefix(CUSTOM).casefold()].as_string()
        return "custom", func.coalesce(cast(stored, String), "")
    if name not in FIELDS:
        known = ", ".join(FIELDS)
        raise InvalidInput(f"there is no field {name!r}; there are {known} and custom:<name>")
    return FIELDS[name].kind, FIELDS[name].column


def _in_order(name: str, column: Any, op: str, value: str) -> ColumnElement[bool]:
    """Texts that are no number, or no day, are left out. A cast is made of those alone that are."""
    if _is_day(value):
        return _ORDER[op](case((column.regexp_match(A_DAY), func.substr(column, 1, 10))), value)
    try:
        number = _number(name, value)
    except InvalidInput:
        raise InvalidInput(
            f"{name} is compared with a number such as 1250.5 or a day such as 2026-11-23, "
            f"not with {value!r}"
        ) from None
    return _ORDER[op](case((column.regexp_match(A_NUMBER), cast(column, Numeric))), number)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise InvalidInput(f"{name} is compared with a number, not with {value!r}") from None
    if not -1e9 <= number <= 1e9:
        raise InvalidInput(f"{name}: {value} is out of range")
    return number


_TEXT: dict[str, Callable[[Any, str], ColumnElement[bool]]] = {
    "is": lambda column, value: func.lower(column) == value.lower(),
    "is-not": lambda column, value: func.lower(column) != value.lower(),
    "contains": lambda column, value: column.icontains(value, autoescape=True),
    "starts-with": lambda column, value: column.istartswith(value, autoescape=True),
    "one-of": lambda column, value: func.lower(column).in_(
        [word.strip().lower() for word in value.split(",")]
    ),
    "empty": lambda column, value: column == "",
    "not-empty": lambda column, value: column != "",
}
_ORDER: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "at-least": lambda column, value: column >= value,
    "at-most": lambda column, value: column <= value,
}
_NUMBER: dict[str, Callable[[Any, float], ColumnElement[bool]]] = {
    "is": lambda column, number: column == number,
    "is-not": lambda column, number: column != number,
    **_ORDER,
}
