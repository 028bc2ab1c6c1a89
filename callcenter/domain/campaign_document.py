"""A campaign as plain data (text, numbers, lists, objects) and back: for the database, for YAML and
JSON. Reading is strict: what is unknown, missing or of the wrong kind is named with its place."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, time
from functools import cache
from typing import Any

from callcenter.domain.campaign import Campaign
from callcenter.domain.site_rules.problem import Problem, did_you_mean

# Settings of earlier versions: rows and files that still have them are read without.
RETIRED = ("wrap_up_seconds",)  # it was never in force: the queue's is


def to_plain(record: Any, *, defaults: bool = True) -> dict[str, Any]:
    """`defaults` False leaves out what is as it comes."""
    return {
        each.name: _plain(getattr(record, each.name), defaults)
        for each in dataclasses.fields(record)
        if defaults or _is_required(each) or getattr(record, each.name) != each.default
    }


def from_plain(data: Any) -> tuple[Campaign | None, list[Problem]]:
    """The campaign, or None and what is wrong with `data`."""
    problems: list[Problem] = []
    if isinstance(data, dict):
        data = {key: each for key, each in data.items() if key not in RETIRED}
    found = _record("", data, Campaign, problems)
    return (None, problems) if problems else (found, [])


def _plain(value: Any, defaults: bool) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_plain(value, defaults=defaults)
    if isinstance(value, tuple):
        return [_plain(item, defaults) for item in value]
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _record(place: str, data: Any, kind: type[Any], problems: list[Problem]) -> Any:
    if not isinstance(data, dict):
        problems.append(Problem(place or "campaign", "must be `key: value` lines"))
        return None
    hints, before = _hints(kind), len(problems)  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, item in data.items():
        here = f"{place}.{key}" if place else str(key)
        if key in hints:
            values[key] = _value(here, item, hints[key], problems)
        else:
            problems.append(Problem(here, f"unknown key{did_you_mean(str(key), hints)}"))
    for each in dataclasses.fields(kind):
        if _is_required(each) and each.name not in values:
            problems.append(Problem(f"{place}.{each.name}".lstrip("."), "is missing"))
    return kind(**values) if len(problems) == before else None


def _value(place: str, data: Any, hint: Any, problems: list[Problem]) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(place, data, hint, problems)
    if typing.get_origin(hint) is tuple:
        return _list(place, data, typing.get_args(hint)[0], problems)
    try:
        return _scalar(data, hint)
    except ValueError as error:
        problems.append(Problem(place, str(error)))
        return None


def _list(place: str, data: Any, hint: Any, problems: list[Problem]) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        problems.append(Problem(place, "must be a list"))
        return ()
    return tuple(_value(f"{place}[{i}]", item, hint, problems) for i, item in enumerate(data))


def _scalar(data: Any, hint: Any) -> Any:
    """Raises ValueError for people."""
    if typing.get_origin(hint) is typing.Literal:
        return _chosen(data, typing.get_args(hint))
    if hint is str:
        return _typed(data, (str,), "text")
    if hint is bool:
        return _typed(data, (bool,), "true or false")
    if isinstance(data, bool):
        raise ValueError("must be a number, is true or false")
    if hint is int:
        return _typed(data, (int,), "a whole number")
    if hint is float:
        return float(_typed(data, (int, float), "a number"))
    return _moment(data, hint)


def _chosen(data: Any, known: tuple[str, ...]) -> str:
    if data not in known:
        raise ValueError(f"must be one of {', '.join(known)}, is {data!r}")
    return str(data)


def _moment(data: Any, hint: Any) -> Any:
    if isinstance(data, hint):
        return data
    if hint is time and isinstance(data, int) and 0 <= data < 1440:
        return time(data // 60, data % 60)  # YAML reads 20:00 as a number of minutes
    example = "08:30" if hint is time else "2026-12-25"
    try:
        text = "00:00" if (hint, data) == (time, "24:00") else str(data)
        return hint.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be such as {example}, is {data!r}") from None


def _typed(data: Any, kinds: tuple[type[Any], ...], words: str) -> Any:
    if not isinstance(data, kinds):
        raise ValueError(f"must be {words}, is {data!r}")
    return data


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return {
        name: next(a for a in typing.get_args(hint) if a is not type(None))
        if isinstance(hint, types.UnionType)
        else hint
        for name, hint in typing.get_type_hints(kind).items()
    }


def _is_required(each: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return each.default is missing and each.default_factory is missing
