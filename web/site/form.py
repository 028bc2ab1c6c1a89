"""A form's texts ↔ one record. Pure: Flask's multi-dict in, a record or problems out.

A control is named after its field; in a row, `options-0-destination`. Places of problems are
relative to the record (`options[0].destination`), the way the site rules write them.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable
from datetime import time
from typing import Any

from werkzeug.datastructures import MultiDict

from callcenter.domain.site_rules import Problem
from callcenter.domain.site_secrets import KEEP
from callcenter.site_file.values import calendar_day, clock_time, whole_number
from web.site.ask import Ask, Subject

Texts = MultiDict[str, str]
# What a control shows is the field's value times this: 0.03 as 3 %.
SCALES: dict[str, float] = {"decimal": 1.0, "percent": 100.0}
DELAYS = {"d": 86400, "h": 3600, "min": 60}  # seconds; the longest that fits is shown
_PLACE = re.compile(r"(\w+)\[(\d+)\](?:\.(\w+))?")


def texts_of(subject: Subject, record: Any) -> Texts:
    """What the controls show for a record."""
    texts: Texts = MultiDict()
    for ask in subject.asks:
        value = getattr(record, ask.name)
        if ask.widget != "rows":
            _put(texts, ask.name, ask, value)
            continue
        for index, item in enumerate(value):
            for column, cell in zip(ask.rows, _cells(ask, item), strict=True):
                _put(texts, f"{ask.name}-{index}-{column.name}", column, cell)
    return texts


def row_numbers(texts: Texts, ask: Ask) -> list[int]:
    prefix = f"{ask.name}-"
    found = {
        int(name[len(prefix) :].partition("-")[0])
        for name in texts
        if re.fullmatch(re.escape(prefix) + r"\d{1,4}-\w*", name)
    }
    return sorted(found)


def compacted(subject: Subject, texts: Texts) -> Texts:
    """Without the rows people left blank, the others renumbered from 0."""
    kept: Texts = MultiDict(
        (name, text) for name, text in texts.items(multi=True) if "-" not in name
    )
    for ask in (ask for ask in subject.asks if ask.widget == "rows"):
        filled = [n for n in row_numbers(texts, ask) if not _is_blank(texts, ask, n)]
        for index, number in enumerate(filled):
            for column in ask.rows:
                for text in texts.getlist(f"{ask.name}-{number}-{column.name}"):
                    kept.add(f"{ask.name}-{index}-{column.name}", text)
    for name, text in texts.items(multi=True):
        if name.endswith("-on"):
            kept.add(name, text)
    return kept


def values_of(
    subject: Subject, kind: type[Any], texts: Texts
) -> tuple[dict[str, Any], list[Problem]]:
    """Field values of a compacted form, and what could not be read."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for ask in subject.asks:
        if ask.widget == "rows":
            values[ask.name] = _rows(ask, kind, texts, problems)
        else:
            values[ask.name] = _read(ask, ask.name, ask.name, texts, problems)
    return values, problems


def control_name(subject: Subject, place: str) -> str:
    """The control that a place relative to the record belongs to."""
    found = _PLACE.fullmatch(place)
    if not found:
        return place
    field, index, inner = found.groups()
    ask = next((ask for ask in subject.asks if ask.name == field), None)
    if ask is None or ask.widget != "rows":
        return field
    return f"{field}-{index}-{inner or ask.rows[0].name}"


def _put(texts: Texts, name: str, ask: Ask, value: Any) -> None:
    if ask.widget == "check":
        if value:
            texts.add(name, "1")
    elif ask.widget == "pin_box":
        if value:
            texts.add(f"{name}-on", "1")
    elif ask.widget == "weekdays":
        for day in value:
            texts.add(name, str(day))
    elif ask.widget == "secret":
        pass  # never put into a page
    elif ask.widget == "words":
        texts.add(name, ", ".join(value))
    elif ask.widget == "delay":
        texts.add(name, _delay_text(value))
    elif ask.widget in SCALES:
        texts.add(name, f"{value * SCALES[ask.widget]:.10g}")
    else:
        texts.add(name, value.strftime("%H:%M") if isinstance(value, time) else str(value))


def _cells(ask: Ask, item: Any) -> list[Any]:
    if isinstance(item, str):
        return [item]
    if isinstance(item, tuple):
        return list(item)
    return [getattr(item, column.name) for column in ask.rows]


def _is_blank(texts: Texts, ask: Ask, number: int) -> bool:
    # A number or a tick alone says nothing about a row; a choice, a text or a day does.
    silent = ("number", "check", "delay", *SCALES)
    telling = [column for column in ask.rows if column.widget not in silent]
    return not any(
        text.strip()
        for column in telling
        for text in texts.getlist(f"{ask.name}-{number}-{column.name}")
    )


def _rows(ask: Ask, kind: type[Any], texts: Texts, problems: list[Problem]) -> tuple[Any, ...]:
    found = []
    for number in row_numbers(texts, ask):
        before = len(problems)
        cells = {
            column.name: _read(
                column,
                f"{ask.name}-{number}-{column.name}",
                f"{ask.name}[{number}].{column.name}",
                texts,
                problems,
            )
            for column in ask.rows
        }
        if len(problems) == before:
            found.append(_row(kind, ask, cells))
    return tuple(found)


def _row(kind: type[Any], ask: Ask, cells: dict[str, Any]) -> Any:
    nested = _record_of_rows(kind, ask.name)
    if nested is not None:
        return nested(**cells)
    values = tuple(cells.values())
    return values[0] if len(values) == 1 else values


def _record_of_rows(kind: type[Any], name: str) -> type[Any] | None:
    """The record a row of this field is, if it is one."""
    inner = typing.get_args(typing.get_type_hints(kind).get(name))
    found: type[Any] | None = inner[0] if inner else None
    return found if dataclasses.is_dataclass(found) else None


def _read(ask: Ask, name: str, place: str, texts: Texts, problems: list[Problem]) -> Any:
    try:
        return _READERS.get(ask.widget, _text)(name, texts)
    except ValueError as error:
        problems.append(Problem(place, str(error)))
        return None


def _text(name: str, texts: Texts) -> str:
    return texts.get(name, "").strip()


def _prose(name: str, texts: Texts) -> str:
    return texts.get(name, "").strip().replace("\r\n", "\n")


def _number(name: str, texts: Texts) -> int:
    return whole_number(_text(name, texts) or "0")


def _scaled(scale: float) -> Callable[[str, Texts], Any]:
    def read(name: str, texts: Texts) -> float:
        text = _text(name, texts) or "0"
        if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,6})?", text):
            raise ValueError(f"must be a number such as 2.5, is {text!r}")
        return round(float(text.replace(",", ".")) / scale, 9)

    return read


def _delay(name: str, texts: Texts) -> int:
    """Seconds of `15 min`, `4 h`, `1.5 d`; a number alone is minutes."""
    text = _text(name, texts) or "0"
    found = re.fullmatch(r"([0-9]{1,6}(?:[.,][0-9]{1,6})?) ?(min|h|d)?", text)
    if not found:
        raise ValueError(f"must be a time such as 15 min, 4 h or 1 d, is {text!r}")
    return round(float(found[1].replace(",", ".")) * DELAYS[found[2] or "min"])


def _delay_text(seconds: int) -> str:
    if not seconds:
        return "0"
    unit = next((name for name, long in DELAYS.items() if seconds % long == 0), "min")
    return f"{seconds / DELAYS[unit]:.10g} {unit}"


def _check(name: str, texts: Texts) -> bool:
    return name in texts


def _words(name: str, texts: Texts) -> tuple[str, ...]:
    return tuple(texts.get(name, "").replace(",", " ").split())


def _secret(name: str, texts: Texts) -> str:
    return _text(name, texts) or KEEP


def _pin_box(name: str, texts: Texts) -> str:
    return _secret(name, texts) if f"{name}-on" in texts else ""


def _weekdays(name: str, texts: Texts) -> tuple[int, ...]:
    return tuple(sorted({int(text) for text in texts.getlist(name) if text in "0123456"}))


def _time(name: str, texts: Texts) -> time:
    return clock_time(_text(name, texts)[:5])


def _date(name: str, texts: Texts) -> Any:
    return calendar_day(_text(name, texts))


_READERS: dict[str, Callable[[str, Texts], Any]] = {
    "prose": _prose,
    "number": _number,
    "decimal": _scaled(SCALES["decimal"]),
    "percent": _scaled(SCALES["percent"]),
    "delay": _delay,
    "check": _check,
    "words": _words,
    "secret": _secret,
    "pin_box": _pin_box,
    "weekdays": _weekdays,
    "time": _time,
    "date": _date,
}
