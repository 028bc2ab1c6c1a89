"""A file's columns ↔ a lead's fields, and one row → one lead. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callcenter.dialer.compliance.number_zones import country_of, dialable
from callcenter.dialer.compliance.place_names import country_code, region_code
from callcenter.dialer.leads.table_file import bad_text
from callcenter.domain.errors import InvalidInput
from callcenter.domain.lead import LeadNumber

NUMBERS = ("number", "number_2", "number_3", "number_4", "number_5")
CUSTOM = "custom:"
LONGEST_CUSTOM = 2000
MOST_CUSTOM = 100

# field → (title, most letters). Numbers, priority and consent are read by themselves.
TEXTS: dict[str, tuple[str, int]] = {
    "external_id": ("External id", 80),
    "given_name": ("Given name", 120),
    "family_name": ("Family name", 120),
    "company": ("Company", 160),
    "email": ("E-mail", 254),
    "address": ("Address", 200),
    "city": ("City", 120),
    "postal_code": ("Postal code", 20),
    "region": ("Region (state, province)", 10),
    "country": ("Country (two letters)", 2),
    "language": ("Language", 10),
    "note": ("Note", 4000),
}
TITLES: dict[str, str] = {
    "number": "Phone number",
    "number_2": "Second number",
    "number_3": "Third number",
    "number_4": "Fourth number",
    "number_5": "Fifth number",
    **{name: title for name, (title, _) in TEXTS.items()},
    "priority": "Priority (higher first)",
    "consent": "Consent (where it was given)",
}
# What columns are called in the wild, without spaces and signs.
_ALIASES: dict[str, str] = {
    "phone": "number", "phonenumber": "number", "telephone": "number", "tel": "number",
    "mobile": "number", "cell": "number", "cellphone": "number", "msisdn": "number",
    "homephone": "number", "phone1": "number", "phone2": "number_2", "altphone": "number_2",
    "mobilephone": "number_2", "workphone": "number_2", "alternatephone": "number_2",
    "telefon": "number", "telefonnummer": "number", "rufnummer": "number", "handy": "number",
    "phone3": "number_3", "phone4": "number_4", "phone5": "number_5",
    "firstname": "given_name", "forename": "given_name", "vorname": "given_name",
    "first": "given_name", "name": "family_name", "lastname": "family_name",
    "surname": "family_name", "nachname": "family_name", "last": "family_name",
    "fullname": "family_name", "organisation": "company", "organization": "company",
    "firm": "company", "mail": "email", "emailaddress": "email", "street": "address",
    "address1": "address", "town": "city", "zip": "postal_code", "zipcode": "postal_code",
    "postcode": "postal_code", "plz": "postal_code", "state": "region", "province": "region",
    "id": "external_id", "vendorleadcode": "external_id", "customerid": "external_id",
    "reference": "external_id", "lang": "language", "comments": "note", "comment": "note",
    "notes": "note", "rank": "priority", "optin": "consent",
}  # fmt: skip


@dataclass(frozen=True)
class ParsedLead:
    numbers: tuple[LeadNumber, ...]
    texts: Mapping[str, str]
    custom: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0
    consent: str = ""


def guessed(header: Sequence[str]) -> dict[int, str]:
    """Column → field, from the names of the columns; what is not known becomes a custom field."""
    found: dict[int, str] = {}
    own = 0
    for index, title in enumerate(header):
        plain = re.sub(r"[^a-z0-9]", "", title.casefold())
        known = {name.replace("_", ""): name for name in TITLES}
        name = known.get(plain) or _ALIASES.get(plain)
        if name is None and title.strip() and own < MOST_CUSTOM:
            name = CUSTOM + custom_name(title)
            own += name not in found.values()
        if name in NUMBERS and name in found.values():
            name = next((each for each in NUMBERS if each not in found.values()), None)
        if name and name not in found.values():
            found[index] = name
    return found


def looks_like_lead(cells: Sequence[str], country: str) -> int | None:
    """The first column that holds a phone number, in a row that was taken for names of columns."""
    for index, cell in enumerate(cells):
        try:
            dialable(cell, country)
        except InvalidInput:
            continue
        return index
    return None


def number_column(
    rows: Sequence[Sequence[str]], mapped: Mapping[int, str], country: str
) -> int | None:
    """Where no name said it: the column, of those not known by name, whose first cell that is
    filled is a phone number."""
    for index in range(max(map(len, rows), default=0)):
        cell = next((row[index] for row in rows if row[index : index + 1] not in ([], [""])), "")
        if mapped.get(index, CUSTOM).startswith(CUSTOM) and looks_like_lead([cell], country) == 0:
            return index
    return None


def custom_name(title: str) -> str:
    """`Plan (old)` → `plan_old`: what a script or a filter calls it."""
    return re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:40] or "field"


def checked(columns: Mapping[int, str]) -> dict[int, str]:
    """The mapping, or InvalidInput: a number is needed, nothing twice."""
    seen: set[str] = set()
    for name in columns.values():
        custom = name.startswith(CUSTOM) and re.fullmatch(r"[a-z0-9_]{1,40}", name[len(CUSTOM) :])
        if name not in TITLES and not custom:
            raise InvalidInput(f"there is no field {name!r}; custom ones are called custom:<name>")
        if name in seen:
            raise InvalidInput(f"two columns are {TITLES.get(name, name)}; choose one")
        seen.add(name)
    if not seen & set(NUMBERS):
        raise InvalidInput("choose the column that has the phone number")
    if sum(name.startswith(CUSTOM) for name in seen) > MOST_CUSTOM:
        raise InvalidInput(f"at most {MOST_CUSTOM} custom fields fit")
    return dict(columns)


def read_row(cells: list[str], columns: Mapping[int, str], country: str) -> ParsedLead:
    """Raises InvalidInput with why the row cannot be loaded."""
    broken = bad_text(cells)
    if broken:
        raise InvalidInput(broken)
    values = {name: cells[index].strip() for index, name in columns.items() if index < len(cells)}
    values |= _place(values, country)
    texts = {name: _fitting(name, values[name]) for name in TEXTS if values.get(name)}
    numbers = _numbers(values, texts, country)
    texts.setdefault("country", country_of(numbers[0].number) or country)
    custom = {
        name[len(CUSTOM) :]: value for name, value in values.items() if _is_custom(name, value)
    }
    return ParsedLead(
        numbers, texts, custom, _priority(values.get("priority", "")), values.get("consent", "")
    )


def _place(values: Mapping[str, str], home: str) -> dict[str, str]:
    """Country and region as the rules ask for them: US and TX for `United States` and `Texas`. A
    region that no rule can know (a German state) becomes a field of its own."""
    found: dict[str, str] = {}
    if values.get("country"):
        home = found["country"] = country_code(values["country"])
        if not home:
            wrong = values["country"][:40]
            raise InvalidInput(f"there is no country {wrong!r}; write two letters such as US")
    if values.get("region"):
        found["region"] = region_code(home, values["region"])
        if len(found["region"]) > TEXTS["region"][1]:
            found |= {"region": "", CUSTOM + "region": values["region"]}
    return found


def _numbers(
    values: Mapping[str, str], texts: Mapping[str, str], country: str
) -> tuple[LeadNumber, ...]:
    """The good ones, without doubles. A bad second number does not refuse a lead with a first."""
    home = texts.get("country", "") or country
    address = (home, texts.get("region", ""), texts.get("postal_code", ""))
    found: dict[str, LeadNumber] = {}
    problems: list[str] = []
    for name in NUMBERS:
        if not values.get(name):
            continue
        try:
            number = dialable(values[name], home, address)
            found.setdefault(number.number, number)
        except InvalidInput as error:
            problems.append(str(error))
    if not found:
        raise InvalidInput(problems[0] if problems else "has no phone number")
    return tuple(found.values())


def _fitting(name: str, value: str) -> str:
    title, longest = TEXTS[name]
    if len(value) > longest:
        raise InvalidInput(f"{title} has {len(value)} letters; {longest} fit")
    return value


def _is_custom(name: str, value: str) -> bool:
    if not name.startswith(CUSTOM) or not value:
        return False
    if len(value) > LONGEST_CUSTOM:
        raise InvalidInput(f"{name} has {len(value)} letters; {LONGEST_CUSTOM} fit")
    return True


def _priority(text: str) -> int:
    if not text:
        return 0
    text = re.sub(r"[.,]0+$", "", text)  # as spreadsheets write it
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise InvalidInput(f"priority {text!r} is not a whole number")
    return int(text)
