"""Time zones of an address: country, part of the country, postal code.

A part with two zones gives both. Countries with one zone are read from the tz database's own table;
for large ones that are not listed here every zone of the country is given, which is the safe side.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

EASTERN, CENTRAL = "America/New_York", "America/Chicago"
MOUNTAIN, PACIFIC = "America/Denver", "America/Los_Angeles"

_US_STATES = (
    ("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV", (EASTERN,)),
    ("AL AR IA IL LA MN MO MS OK WI", (CENTRAL,)),
    ("CO MT NM UT WY", (MOUNTAIN,)),
    ("CA WA", (PACIFIC,)),
    ("FL IN KY MI TN", (EASTERN, CENTRAL)),
    ("KS ND NE SD TX", (CENTRAL, MOUNTAIN)),
    ("ID OR", (MOUNTAIN, PACIFIC)),
)
_US: dict[str, tuple[str, ...]] = {
    **{state: zones for states, zones in _US_STATES for state in states.split()},
    "NV": (PACIFIC, MOUNTAIN),
    "AZ": ("America/Phoenix", MOUNTAIN),  # the Navajo Nation keeps summer time
    "AK": ("America/Anchorage", "America/Adak"),
    "HI": ("Pacific/Honolulu",),
    "PR": ("America/Puerto_Rico",),
    "VI": ("America/St_Thomas",),
    "GU": ("Pacific/Guam",),
    "AS": ("Pacific/Pago_Pago",),
    "MP": ("Pacific/Saipan",),
}
_CA: dict[str, tuple[str, ...]] = {
    "NL": ("America/St_Johns", "America/Goose_Bay"),
    "NS": ("America/Halifax",),
    "PE": ("America/Halifax",),
    "NB": ("America/Moncton",),
    "QC": ("America/Toronto", "America/Blanc-Sablon", "America/Halifax"),
    "ON": ("America/Toronto", "America/Winnipeg", "America/Atikokan"),
    "MB": ("America/Winnipeg",),
    "SK": ("America/Regina", "America/Edmonton"),
    "AB": ("America/Edmonton",),
    "BC": ("America/Vancouver", "America/Edmonton", "America/Dawson_Creek"),
    "YT": ("America/Whitehorse",),
    "NT": ("America/Edmonton",),
    "NU": ("America/Iqaluit", "America/Winnipeg", "America/Cambridge_Bay", "America/Atikokan"),
}
_AU: dict[str, tuple[str, ...]] = {
    "NSW": ("Australia/Sydney", "Australia/Broken_Hill"),
    "ACT": ("Australia/Sydney",),
    "VIC": ("Australia/Melbourne",),
    "TAS": ("Australia/Hobart",),
    "QLD": ("Australia/Brisbane",),
    "SA": ("Australia/Adelaide",),
    "NT": ("Australia/Darwin",),
    "WA": ("Australia/Perth", "Australia/Eucla"),
}
_REGIONS = {"US": _US, "CA": _CA, "AU": _AU}

# First three digits of a ZIP code, up to and including which it is the state's. 0: none.
_ZIP_STATES = (
    (4, ""), (5, "NY"), (9, "PR"), (27, "MA"), (29, "RI"), (38, "NH"), (49, "ME"), (54, "VT"),
    (55, "MA"), (59, "VT"), (69, "CT"), (89, "NJ"), (99, ""), (149, "NY"), (196, "PA"),
    (199, "DE"), (200, "DC"), (201, "VA"), (205, "DC"), (219, "MD"), (246, "VA"), (268, "WV"),
    (289, "NC"), (299, "SC"), (319, "GA"), (349, "FL"), (369, "AL"), (385, "TN"), (397, "MS"),
    (399, "GA"), (427, "KY"), (459, "OH"), (479, "IN"), (499, "MI"), (528, "IA"), (549, "WI"),
    (567, "MN"), (569, "DC"), (577, "SD"), (588, "ND"), (599, "MT"), (629, "IL"), (658, "MO"),
    (679, "KS"), (693, "NE"), (714, "LA"), (729, "AR"), (749, "OK"), (799, "TX"), (816, "CO"),
    (831, "WY"), (838, "ID"), (847, "UT"), (865, "AZ"), (884, "NM"), (885, "TX"), (898, "NV"),
    (961, "CA"), (966, ""), (968, "HI"), (969, "GU"), (979, "OR"), (994, "WA"), (999, "AK"),
)  # fmt: skip
_FIRST_LETTERS_CA = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON",
    "L": "ON", "M": "ON", "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC",
    "Y": "YT",
}  # fmt: skip
_FIRST_DIGITS_AU = {"2": "NSW", "3": "VIC", "4": "QLD", "5": "SA", "6": "WA", "7": "TAS"}


@lru_cache(maxsize=50_000)
def address_zones(country: str, region: str, postal_code: str) -> tuple[str, ...]:
    """Empty when nothing is given, or nothing is known."""
    country, region = country.strip().upper(), region.strip().upper()
    if not country or not (region or postal_code.strip()):
        return ()
    part = region or region_of(country, postal_code)
    known = _REGIONS.get(country)
    if known is None:
        return _zones_of_country(country)
    return known.get(part.removeprefix(f"{country}-")) or _zones_of_country(country)


def region_of(country: str, postal_code: str) -> str:
    """The part of the country a postal code lies in; empty: unknown."""
    code = postal_code.strip().upper()
    if country == "US" and code[:3].isdigit() and len(code) >= 3:
        return next((state for last, state in _ZIP_STATES if int(code[:3]) <= last), "")
    if country == "CA":
        if code[:1] == "X":  # two territories share it
            return "NU" if code[:3] in ("X0A", "X0B", "X0C") else "NT"
        return _FIRST_LETTERS_CA.get(code[:1], "")
    if country == "AU":
        if code.startswith("08"):
            return "NT"
        return _FIRST_DIGITS_AU.get(code[:1], "")
    return ""


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Country → zones, from the tz database's zone.tab."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found


def _zones_of_country(country: str) -> tuple[str, ...]:
    return _table().get(country, ())
