"""The table of call rates, and its CSV form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.db.models.rates import CallRateRow
from callcenter.domain.errors import InvalidInput
from callcenter.domain.rates import DIRECTIONS, MICRO, Rate, digits_of

COLUMNS = (
    "trunk", "direction", "prefix", "title", "price_per_minute", "connection_fee",
    "minimum_seconds", "increment_seconds", "currency", "valid_from",
)  # fmt: skip
NEEDED = ("prefix", "price_per_minute", "currency")
FIELDS = ("trunk", "direction", "prefix", "title", "minute_micro", "connection_micro",
          "minimum_seconds", "increment_seconds", "currency", "valid_from")  # fmt: skip
DEAREST = Decimal(100_000)
MOST_ERRORS = 50
MOST_ROWS = 200_000


class BadRows(InvalidInput):
    """`errors`: (line of the file, what is wrong), the first MOST_ERRORS of them."""

    def __init__(self, errors: list[tuple[int, str]]) -> None:
        more = " and more" if len(errors) >= MOST_ERRORS else ""
        said = "; ".join(f"line {line}: {what}" for line, what in errors[:3])
        super().__init__(f"{len(errors)} lines{more} are not in order, nothing was taken: {said}")
        self.errors = errors


def load_rates(session: Session) -> list[Rate]:
    row = CallRateRow
    query = select(*(getattr(row, name) for name in FIELDS)).order_by(
        row.direction, row.trunk, row.prefix, row.valid_from.desc()
    )
    return [Rate(**dict(values)) for values in session.execute(query).mappings()]


def save_rates(session: Session, rates: Iterable[Rate], *, replace_all: bool) -> int:
    """Those of the same trunk, direction, prefix and day are changed; with `replace_all` all
    others go. How many were taken."""
    row = CallRateRow
    taken = {_key(rate): rate for rate in rates}
    if replace_all:
        session.execute(delete(row))
    else:
        present = {
            (trunk, direction, prefix, day): number
            for number, trunk, direction, prefix, day in session.execute(
                select(row.id, row.trunk, row.direction, row.prefix, row.valid_from)
            )
        }
        old = [number for key, number in present.items() if key in taken]
        for start in range(0, len(old), 500):
            session.execute(delete(row).where(row.id.in_(old[start : start + 500])))
    session.add_all(
        row(**{name: getattr(rate, name) for name in FIELDS}) for rate in taken.values()
    )
    return len(taken)


def read_csv(text: str) -> list[Rate]:
    """Raises BadRows with every line that is wrong, InvalidInput for what is no such table."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown:
        what = f"no column {', '.join(missing)}" if missing else f"columns {', '.join(unknown)}"
        raise InvalidInput(f"the first line names {what}; known are {', '.join(COLUMNS)}")
    reader.fieldnames = names
    return _rates(reader)


def _rates(reader: csv.DictReader[str]) -> list[Rate]:
    found: list[Rate] = []
    seen: dict[tuple[str, str, str, date], int] = {}
    errors: list[tuple[int, str]] = []
    try:
        for values in reader:
            line = reader.line_num
            try:
                rate = _rate(values)
                if _key(rate) in seen:
                    raise ValueError(f"the same prefix and day as line {seen[_key(rate)]}")
                seen[_key(rate)] = line
                found.append(rate)
            except ValueError as error:
                errors.append((line, str(error)))
            if len(errors) >= MOST_ERRORS:
                break
            if len(found) > MOST_ROWS:
                raise InvalidInput(f"at most {MOST_ROWS:,} rates")
    except csv.Error as error:
        errors.append((reader.line_num, str(error)))
    if errors:
        raise BadRows(errors)
    if not found:
        raise InvalidInput("there is no line under the names of the columns")
    return found


def _rate(values: Mapping[str | None, object]) -> Rate:
    """Raises ValueError that names the column."""
    if None in values:
        raise ValueError("more values than columns")
    text = {str(name): str(value or "").strip() for name, value in values.items()}
    direction = text.get("direction") or DIRECTIONS[0]
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is {' or '.join(DIRECTIONS)}")
    currency = text["currency"].upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise ValueError("currency is three letters, such as EUR")
    prefix = text["prefix"].removesuffix("*").strip()
    digits = digits_of(prefix)
    if len(digits) > 15 or (prefix and not set(prefix) <= set("+0123456789 -./()")):
        raise ValueError("prefix is at most 15 digits")
    return Rate(
        prefix=digits,
        minute_micro=_micro(text["price_per_minute"], "price_per_minute"),
        currency=currency,
        trunk=_short(text.get("trunk", ""), 40, "trunk"),
        direction=direction,
        title=_short(text.get("title", ""), 120, "title"),
        connection_micro=_micro(text.get("connection_fee") or "0", "connection_fee"),
        minimum_seconds=_whole(text.get("minimum_seconds") or "0", "minimum_seconds", 0),
        increment_seconds=_whole(text.get("increment_seconds") or "1", "increment_seconds", 1),
        valid_from=_day(text.get("valid_from") or "2000-01-01"),
    )


def _micro(text: str, column: str) -> int:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{column} is a number such as 0.0125, not {text[:20]!r}") from None
    if not value.is_finite() or not 0 <= value <= DEAREST:
        raise ValueError(f"{column} is between 0 and {DEAREST:,}")
    micro = value * MICRO
    if micro != micro.to_integral_value():
        raise ValueError(f"{column} has more than six decimals")
    return int(micro)


def _whole(text: str, column: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) < least:
        raise ValueError(f"{column} is a whole number from {least}")
    return int(text)


def _short(text: str, most: int, column: str) -> str:
    if len(text) > most or not text.isprintable():
        raise ValueError(f"{column} is at most {most} letters")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("valid_from is a day such as 2026-11-23") from None


def as_csv(rates: Iterable[Rate]) -> str:
    """What `read_csv` reads back."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_line(rate) for rate in rates)
    return out.getvalue()


def _line(rate: Rate) -> Iterator[object]:
    yield from (rate.trunk, rate.direction, rate.prefix, rate.title)
    yield money(rate.minute_micro)
    yield money(rate.connection_micro)
    yield from (rate.minimum_seconds, rate.increment_seconds, rate.currency, rate.valid_from)


def money(micro: int) -> str:
    """12500 → `0.0125`; at least two decimals."""
    whole, rest = divmod(micro, MICRO)
    decimals = f"{rest:06}".rstrip("0").ljust(2, "0")
    return f"{whole}.{decimals}"


def _key(rate: Rate) -> tuple[str, str, str, date]:
    return rate.trunk, rate.direction, rate.prefix, rate.valid_from
