"""No value can end its line, open a comment, or be expanded by the dialplan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callcenter.domain.errors import InvalidInput
from callcenter.pbx.confgen.text import CHECKS, UnsafeText, display_name, goto, label

HOSTILE = (
    "a\nexten => s,1,System(id)",
    "a\r\n[cc-queue]",
    "a;b",
    "${SHELL(id)}",
    "$[1+1]",
    "a,1)\nb",
    "a)&System(id",
    "#include /etc/passwd",
    "300&PJSIP/trunk-x",
    "a\\b",
    "a|b",
    "'\"<>",
)


@pytest.mark.parametrize("place", sorted(CHECKS))
@pytest.mark.parametrize("value", HOSTILE)
def test_every_place_refuses_what_could_break_out(place: str, value: str) -> None:
    with pytest.raises(UnsafeText):
        CHECKS[place](value)


@pytest.mark.parametrize("value", HOSTILE)
def test_names_people_choose_lose_what_could_break_out(value: str) -> None:
    assert not set(label(value)) & set('\n\r;${}[](),&|\\<>"=')


def test_names_keep_accents_and_apostrophes() -> None:
    assert display_name("Nicolò D’Amico-Rossi") == '"Nicolò D’Amico-Rossi"'


@pytest.mark.parametrize(
    ("destination", "step"),
    [
        ("queue:support", "Goto(cc-queue,support,1)"),
        ("phone:201", "Goto(cc-phone,201,1)"),
        ("ring-group:600", "Goto(cc-ring-group,600,1)"),
        ("hangup", "Hangup()"),
    ],
)
def test_destinations_become_a_step(destination: str, step: str) -> None:
    assert goto(destination) == step


@pytest.mark.parametrize("bad", ["queue:a,1)", "queue:../x", "phone:201&202", "moon:x", "queue"])
def test_a_destination_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput):
        goto(bad)


TEMPLATES = Path(__file__).resolve().parents[3] / "asterisk-conf" / "templates"
OTHER_FILTERS = {
    "label", "display_name", "goto", "prompt", "pin_hash", "max", "map", "join", "length",
}  # fmt: skip
FILTERED = re.compile(r"\|\s*(\w+)")
LITERAL = r"'[^']*'|\d+"
# Made by us: ports from typed settings, counters, dates, names set through a filter, literals.
OURS = re.compile(
    rf"settings\.\w+_port(_min|_max)?|loop\.index|name|number|span|day|holiday\.day\.strftime.*"
    rf"|{LITERAL}|({LITERAL}) if [^|]* else ({LITERAL})"
)


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.stem)
def test_every_value_in_a_template_passes_a_filter(template: Path) -> None:
    """Nothing is escaped by itself there (autoescape is HTML's), so a bare value is a hole."""
    text = template.read_text(encoding="utf-8")
    values = re.findall(r"\{\{(.*?)\}\}", text, re.DOTALL)
    bare = [each.strip() for each in values if not FILTERED.search(each)]
    assert [each for each in bare if not OURS.fullmatch(each)] == []
    used = {name for each in values for name in FILTERED.findall(each)}
    assert used <= {*CHECKS, *OTHER_FILTERS}


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.stem)
def test_no_hyphen_is_dropped_by_the_dialplans_filter(template: Path) -> None:
    """`FILTER(a-z-,…)` lets it through, `FILTER(:-,…)` is a range without end."""
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"FILTER\((?:[^,]*[^-,])?[^-,]-,", text) == []
