"""`Texas` and `United States` in a file are TX and US. Names as people write them, codes as the
rules ask for them."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_US = (
    "Alabama AL, Alaska AK, American Samoa AS, Arizona AZ, Arkansas AR, California CA, Colorado CO,"
    "Connecticut CT, Delaware DE, District of Columbia DC, Washington DC DC, Florida FL,"
    "Georgia GA, Guam GU, Hawaii HI, Idaho ID, Illinois IL, Indiana IN, Iowa IA, Kansas KS,"
    "Kentucky KY, Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN,"
    "Mississippi MS, Missouri MO, Montana MT, Nebraska NE, Nevada NV, New Hampshire NH,"
    "New Jersey NJ, New Mexico NM, New York NY, North Carolina NC, North Dakota ND,"
    "Northern Mariana Islands MP, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, Puerto Rico PR,"
    "Rhode Island RI, South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, Utah UT,"
    "Vermont VT, Virgin Islands VI, Virginia VA, Washington WA, West Virginia WV, Wisconsin WI,"
    "Wyoming WY"
)
_CA = (
    "Alberta AB, British Columbia BC, Manitoba MB, New Brunswick NB, Newfoundland NL,"
    "Newfoundland and Labrador NL, Northwest Territories NT, Nova Scotia NS, Nunavut NU,"
    "Ontario ON, Prince Edward Island PE, Quebec QC, Québec QC, Saskatchewan SK, Yukon YT"
)
_AU = (
    "Australian Capital Territory ACT, New South Wales NSW, Northern Territory NT, Queensland QLD,"
    "South Australia SA, Tasmania TAS, Victoria VIC, Western Australia WA"
)
_COUNTRIES = (
    "UK GB, Great Britain GB, United Kingdom GB, England GB, Scotland GB, Wales GB,"
    "Northern Ireland GB, USA US, United States of America US, America US, Deutschland DE,"
    "Österreich AT, Schweiz CH, Suisse CH, España ES, Italia IT, Nederland NL, Holland NL,"
    "The Netherlands NL, Czech Republic CZ, Russian Federation RU, South Korea KR, Turkey TR"
)


def _plain(name: str) -> str:
    return re.sub(r"[^\w]", "", name).casefold()


def _table(text: str) -> dict[str, str]:
    pairs = (each.strip().rpartition(" ") for each in text.split(","))
    return {_plain(name): code for name, _, code in pairs}


_REGIONS = {"US": _table(_US), "CA": _table(_CA), "AU": _table(_AU)}


def region_code(country: str, text: str) -> str:
    """`texas`, `US-TX` and `tx` are TX in US; what is not known comes back as it is."""
    found = _REGIONS.get(country, {}).get(_plain(text))
    return found or text.strip().upper().removeprefix(f"{country}-")


def country_code(text: str) -> str:
    """`United States` is US, `UK` is GB; empty: no such country is known."""
    return _countries().get(_plain(text), "")


@cache
def _countries() -> dict[str, str]:
    """By name and by code, from the tz database's own table."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    found = {_plain(name): code for code, name in rows}
    return found | {code.lower(): code for code, _ in rows} | _table(_COUNTRIES)
