"""The site file: exact round trips, errors with place and line, and docs that name every key."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import date, time
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain import site as parts
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, NESTED
from callcenter.domain.site_rules import UnsoundSite
from callcenter.domain.site_secrets import KEEP, settled, withheld
from callcenter.site_file import read_site_file, write_site_file
from tests.unit.site.small import SMALL

DOCS = Path(__file__).parents[3] / "docs" / "site-file.md"

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
by_type = {
    str: text,
    int: st.integers(-999_999_999, 999_999_999),
    bool: st.booleans(),
    date: st.dates(),
    time: st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60)),
    tuple[str, ...]: st.lists(text, max_size=3).map(tuple),
    tuple[int, ...]: st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    tuple[tuple[str, str], ...]: st.dictionaries(text, text, max_size=3).map(
        lambda found: tuple(found.items())
    ),
}


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    nested = NESTED.get(kind, {})
    return st.builds(
        kind,
        **{
            name: st.lists(records(nested[name]), max_size=2).map(tuple)
            if name in nested
            else by_type.get(hint, text)
            for name, hint in get_type_hints(kind).items()
        },
    )


sites = st.builds(
    Site,
    name=text,
    timezone=text,
    language=text,
    recognise_callers=st.booleans(),
    pause_reasons=st.lists(text, max_size=3).map(tuple),
    working_pause_reasons=st.lists(text, max_size=3).map(tuple),
    agents_see_numbers=st.sampled_from(["full", "masked", "hidden"]),
    keep_calls_days=st.integers(0, 400),
    **{name: st.lists(records(kind), max_size=2).map(tuple) for name, kind in COLLECTIONS.items()},
)


@settings(max_examples=60, deadline=None)
@given(sites)
def test_what_is_written_with_secrets_is_read_back_exactly(site: Site) -> None:
    assert read_site_file(write_site_file(site, with_secrets=True)).site == site


def test_without_secrets_an_import_over_the_same_site_changes_nothing() -> None:
    file = write_site_file(SMALL)
    assert settled(read_site_file(file).site, SMALL, secrets.choice) == SMALL


def test_an_export_without_secrets_has_none() -> None:
    file = write_site_file(SMALL)
    for phone in SMALL.phones:
        assert phone.secret not in file
    for secret in ("583920", "739201", "4829"):
        assert secret not in file
    assert withheld(SMALL).phones[0].secret == KEEP


def test_secrets_are_made_for_new_records_and_are_strong() -> None:
    file = "phones:\n  - {extension: 201, name: A, voicemail_pin: keep}\n"
    file += "agents:\n  - {number: 1001, name: A}\n"
    site = settled(read_site_file(file).site, Site(), secrets.choice)
    assert len(site.phones[0].secret) == 24
    assert site.phones[0].voicemail_pin.isdigit()
    assert len(site.agents[0].pin) == 6


def problems_of(file: str) -> dict[str, str]:
    def judge() -> None:
        read = read_site_file(file)
        read.refuse_unsound(read.site)

    with pytest.raises(UnsoundSite) as refused:
        judge()
    return {problem.place: problem.message for problem in refused.value.problems}


def test_every_problem_is_told_at_once_with_place_and_line() -> None:
    found = problems_of(
        "queue: []\n"
        "phones:\n"
        "  - extension: 0201\n"
        "    ring_secnds: 3\n"
        "  - extension: 202\n"
        "    name: B\n"
        "    ring_seconds: soon\n"
        "hours:\n"
        "  - {name: a, title: A, open: hangup, closed: hangup,\n"
        "     rules: [{weekdays: mon-fry, opens: 25:00, closes: 17:00}]}\n"
    )
    assert found == {
        "queue": "line 1: unknown key; did you mean queues?",
        "phones.0201.ring_secnds": "line 4: unknown key; did you mean ring_seconds?",
        "phones.0201": "line 3: name is missing",
        "phones.202.ring_seconds": "line 7: must be a whole number, is 'soon'",
        "hours.a.rules[0].weekdays": "line 10: 'mon-fry' is not a weekday; "
        "write mon-fri or sat, sun",
        "hours.a.rules[0].opens": "line 10: must be a time such as 08:30, is '25:00'",
    }


def test_a_broken_rule_is_told_with_its_line() -> None:
    found = problems_of(
        "dids:\n  - number: 123\n    title: T\n    destination: queue:nobody\n"
        "menus:\n  - name: main\n    title: M\n    prompt: gone\n    options:\n"
        "      - digit: 1\n        destination: menu:main\n    on_timeout: menu:main\n"
    )
    assert found["dids.123.destination"].startswith("line 4: there is no queue:nobody")
    assert found["menus.main.prompt"].startswith("line 8:")
    assert found["menus.main.on_timeout"].startswith("line 12:")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("a: &x [1]\nb: *x\n", "line 2: a site file may not use anchors"),
        ("[" * 5000, "nested too deep"),
        ("a: b: c", "line 1: not valid YAML"),
        ("", "empty"),
        ("- a", "line 1"),
        ("name: !!python/object/apply:os.system [id]", "must be one value"),
        ("name: a\nname: b\n", "is there twice"),
        ("#" * 3_000_000, "larger than"),
        ("phones: {201: x}", "must be a list"),
    ],
)
def test_what_is_no_site_file_is_refused(file: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_site_file(file)


def test_digits_stay_as_they_are_written_and_words_stay_words() -> None:
    read = read_site_file("phones:\n  - {extension: 0201, name: no}\n")
    assert read.site.phones[0].extension == "0201"
    assert read.site.phones[0].name == "no"


def test_the_documentation_names_every_key() -> None:
    docs = DOCS.read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0].strip("` "): part for part in docs.split("\n## ")}
    for collection, kind in COLLECTIONS.items():
        section = sections[collection]
        for record in (kind, *NESTED.get(kind, {}).values()):
            for each in dataclasses.fields(record):
                assert f"| `{each.name}` |" in section, f"{collection}: {each.name}"
    for each in dataclasses.fields(parts.Site):
        assert f"`{each.name}`" in docs, each.name


def test_the_example_in_the_documentation_is_a_sound_site() -> None:
    example = DOCS.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    read = read_site_file(example)
    read.refuse_unsound(settled(read.site, Site(), secrets.choice))
