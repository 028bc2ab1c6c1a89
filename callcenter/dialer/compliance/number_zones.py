"""Where a number may ring: E.164 and every time zone, by the number and by the lead's address.

A mobile phone may be away from where its number was given out, and so the address counts besides
the number, not instead of it: the hours must be open in all of them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers import timezone as number_zones
from phonenumbers.phonenumberutil import is_number_type_geographical

from callcenter.dialer.compliance.address_zones import address_zones
from callcenter.domain.errors import InvalidInput
from callcenter.domain.lead import LeadNumber

UNKNOWN = "Etc/Unknown"
WORLD = "001"  # the library's country of numbers that belong to none
LONGEST = 40
COUNTRY_LETTERS = 8  # countries that share a calling code differ within so many letters
_COUNTRIES: dict[str, str] = {}
_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
}


def e164(text: str, country: str) -> str:
    """`(212) 555-0100` in `US` → `+12125550100`. Raises InvalidInput for people."""
    return _e164(_parsed(text, country)[0])


def dialable(text: str, country: str, address: tuple[str, str, str] = ("", "", "")) -> LeadNumber:
    """The number with its zones; `address` is country, region and postal code."""
    parsed, kind = _parsed(text, country)
    zones = _distinct((*_zones(parsed, kind), *address_zones(*address)), datetime.now(UTC).year)
    return LeadNumber(_e164(parsed), zones, kind=_KINDS.get(kind, ""))


def country_of(number: str) -> str:
    """ISO code of the country an E.164 number belongs to; empty: of none, such as +800, or +0 of a
    list that was not loaded from a file. One such lead must not end the others' calls."""
    key = number[:COUNTRY_LETTERS]
    found = _COUNTRIES.get(key)
    if found is None:
        try:
            found = phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
        except phonenumbers.NumberParseException:
            found = WORLD
        found = "" if found == WORLD else found
        _COUNTRIES[key] = found
    return found


def known_country(code: str) -> bool:
    """Whether numbers can be read as those of this country: two capitals, such as US."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _parsed(text: str, country: str) -> tuple[phonenumbers.PhoneNumber, int]:
    """The number and the library's type of it, which is UNKNOWN when none such is given out."""
    shown = _unrounded(text.strip())
    if len(shown) > LONGEST:
        raise InvalidInput(f"{shown[:LONGEST]}… is too long for a phone number")
    try:
        parsed = phonenumbers.parse(shown, country or None)
    except phonenumbers.NumberParseException:
        if not country and not shown.startswith("+"):
            raise InvalidInput(
                f"{shown!r} has no country code: begin it with + or name a country"
            ) from None
        raise InvalidInput(f"{shown!r} is not a phone number") from None
    if not phonenumbers.is_possible_number(parsed):
        where = _read_in(shown, country)
        raise InvalidInput(f"{shown!r} has too few or too many digits for a phone number{where}")
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.UNKNOWN:
        raise InvalidInput(f"{shown!r}: no such number is given out{_read_in(shown, country)}")
    return parsed, kind


def _read_in(shown: str, country: str) -> str:
    return f" in {country}" if country and not shown.startswith("+") else ""


def _unrounded(shown: str) -> str:
    """What spreadsheets make of numbers: `2125550100.0`, and `1.21256E+10`, of which the last
    digits are lost."""
    if re.fullmatch(r"[0-9]{6,15}[.,]0+", shown):
        return re.split("[.,]", shown)[0]
    power = re.fullmatch(r"\+?([0-9])[.,]?([0-9]*)[eE]\+?([0-9]{1,2})", shown)
    if power is None:
        return shown
    first, more, places = power[1], power[2], int(power[3])
    if len(more) != places:
        raise InvalidInput(f"{shown!r} was shortened by a spreadsheet; save the column as text")
    return first + more


def _e164(parsed: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _zones(parsed: phonenumbers.PhoneNumber, kind: int) -> tuple[str, ...]:
    if is_number_type_geographical(kind, parsed.country_code or 0):
        found = number_zones.time_zones_for_geographical_number(parsed)
    else:
        found = number_zones.time_zones_for_number(parsed)  # those of the country
    return tuple(zone for zone in found if zone != UNKNOWN)


@lru_cache(maxsize=4096)
def _distinct(zones: tuple[str, ...], year: int) -> tuple[str, ...]:
    """One zone for all that keep the same time in this year and the next: a free-phone number of
    North America has forty zones, of which some fifteen differ."""
    if len(zones) == 1:
        return zones
    kept: dict[tuple[timedelta | None, ...], str] = {}
    begins = datetime(year, 1, 1, 12, tzinfo=UTC)
    weeks = [begins + timedelta(days=7 * week) for week in range(104)]
    for name in zones:
        try:
            zone = ZoneInfo(name)
        except (ValueError, LookupError, OSError):
            continue  # newer than this machine's tables
        kept.setdefault(tuple(week.astimezone(zone).utcoffset() for week in weeks), name)
    return tuple(kept.values())
