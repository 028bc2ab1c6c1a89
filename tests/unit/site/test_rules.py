"""Every rule refuses what it is for, at the place it is about, and passes a sound site."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time
from typing import Any

import pytest

from callcenter.demo.site import demo_site
from callcenter.domain.site import (
    Agent,
    Did,
    Menu,
    MenuOption,
    Message,
    OpeningRule,
    Phone,
    Prompt,
    Queue,
    QueueMembership,
    Site,
    Voicemail,
)
from callcenter.domain.site_parts import COLLECTIONS, NESTED, REFERENCES, pointing_at
from callcenter.domain.site_rules import problems
from callcenter.domain.site_rules.fields import CHECKS
from tests.unit.site.small import SMALL, changed, with_records


def told(site: Site) -> dict[str, str]:
    return {problem.place: problem.message for problem in problems(site)}


@pytest.mark.parametrize("site", [Site(), SMALL, demo_site()], ids=["empty", "small", "demo"])
def test_sound_sites_have_no_problems(site: Site) -> None:
    assert problems(site) == ()


@pytest.mark.parametrize(
    ("site", "place", "words"),
    [
        (changed("dids", 0, destination="menu:mian"), "dids.+39021234.destination", "menu:main?"),
        (changed("dids", 0, destination="qeue:x"), "dids.+39021234.destination", "not a dest"),
        (changed("dids", 0, destination=""), "dids.+39021234.destination", "choose where"),
        (changed("menus", 0, prompt="welcom"), "menus.main.prompt", "did you mean welcome?"),
        (
            changed("menus", 0, options=(MenuOption("1", "queue:suport"),)),
            "menus.main.options[0].destination",
            "did you mean queue:support?",
        ),
        (
            changed("agents", 0, queues=(QueueMembership("suport"),)),
            "agents.1001.queues[0].queue",
            "did you mean support?",
        ),
        (changed("users", 0, phone="209"), "users.ann.phone", "there is no phone 209"),
        (changed("ring_groups", 0, phones=("201", "299")), "ring_groups.600.phones[1]", "299"),
        (changed("messages", 0, then="voicemail:202"), "messages.closed.then", "no mailbox"),
        (
            changed("journeys", 0, results=(("found", "queue:x"),)),
            "journeys.status.results[0]",
            "no queue:x",
        ),
    ],
)
def test_a_dangling_reference_is_told_with_its_place(site: Site, place: str, words: str) -> None:
    assert words in told(site)[place]


@pytest.mark.parametrize(
    ("site", "place"),
    [
        (with_records("queues", *SMALL.queues, Queue("support", "Again")), "queues.support"),
        (with_records("phones", *SMALL.phones, Phone("600", "X")), "ring_groups.600.extension"),
        (
            with_records("voicemail", *SMALL.voicemail, Voicemail("202", "X", "739204")),
            "voicemail.202.number",
        ),
        (with_records("dids", *SMALL.dids, Did("+39025555", "Twice", "hangup")), "dids.+39025555"),
        (
            changed("menus", 0, options=(MenuOption("1", "hangup"), MenuOption("1", "hangup"))),
            "menus.main.options[1]",
        ),
        (changed("users", 1, agent="1001"), "users.bo.agent"),
        (replace(SMALL, pause_reasons=("Lunch", "lunch")), "pause_reasons[1]"),
        (replace(SMALL, working_pause_reasons=("Lunch", "Golf")), "working_pause_reasons[1]"),
        (changed("ring_groups", 0, phones=("201", "201")), "ring_groups.600.phones[1]"),
    ],
)
def test_what_is_there_twice_is_refused(site: Site, place: str) -> None:
    assert place in told(site)


@pytest.mark.parametrize(
    ("collection", "field", "value"),
    [
        ("phones", "extension", "2"),
        ("phones", "extension", "2a1"),
        ("phones", "voicemail_pin", "201"),
        ("phones", "voicemail_pin", "1111"),
        ("phones", "voicemail_pin", "1234"),
        ("phones", "secret", "short"),
        ("phones", "secret", "long-enough;but"),
        ("phones", "voicemail_email", "a@b\nc"),
        ("phones", "ring_seconds", 4),
        ("phones", "kind", "fax"),
        ("agents", "number", "12"),
        ("agents", "pin", "1001"),
        ("users", "role", "root"),
        ("users", "username", "a b"),
        ("trunks", "name", "Carrier"),
        ("trunks", "host", "sip.example.org;x=y"),
        ("trunks", "host", "sip.example.org\n[x]"),
        ("trunks", "host", "999.1.1.1"),
        ("trunks", "port", 0),
        ("trunks", "caller_number", "1;2"),
        ("outbound_routes", "pattern", "."),
        ("outbound_routes", "pattern", "X."),
        ("outbound_routes", "pattern", "_9X."),
        ("outbound_routes", "pattern", "9X!"),
        ("outbound_routes", "pattern", "9X,1,System(x)"),
        ("outbound_routes", "prepend", "1,x"),
        ("dids", "number", "12a4"),
        ("prompts", "language", "en;x"),
        ("menus", "tries", 0),
        ("menus", "tries", 11),
        ("menus", "wait_seconds", 0),
        ("queues", "name", "a" * 41),
        ("queues", "strategy", "roulette"),
        ("queues", "music", "../x"),
        ("queues", "weight", -1),
        ("journeys", "script", "../../bin/sh"),
        ("journeys", "script", "a.sh"),
    ],
)
def test_a_value_outside_its_allow_list_is_refused_at_its_field(
    collection: str, field: str, value: Any
) -> None:
    site = changed(collection, 0, **{field: value})
    assert any(place.endswith(f".{field}") for place in told(site)), told(site)


NAMES = [
    (collection, field)
    for collection, kind in COLLECTIONS.items()
    for field in ("name", "title")
    if field in {each.name for each in fields(kind)}
]


@pytest.mark.parametrize("text", ["a\nexten => x", "a;b", "a${SHELL(id)}", "a]b", 'a"b', "a,b",
                                  "a\x07b", "\u202eevil", "x" * 81, "  "])  # fmt: skip
def test_no_name_can_break_out_of_a_rendered_file(text: str) -> None:
    for collection, field in NAMES:
        found = told(changed(collection, 0, **{field: text}))
        assert any(place.endswith(f".{field}") for place in found), (collection, field)


@pytest.mark.parametrize(
    ("site", "place"),
    [
        (replace(SMALL, timezone="Mars/Base"), "timezone"),
        (replace(SMALL, timezone="../etc/passwd"), "timezone"),
        (changed("trunks", 0, match=("0.0.0.0/0",)), "trunks.carrier.match[0]"),
        (changed("trunks", 0, codecs=("ulaw", "mp3")), "trunks.carrier.codecs[1]"),
        (changed("trunks", 0, codecs=()), "trunks.carrier.codecs"),
        (changed("trunks", 0, register=True), "trunks.carrier.username"),
        (changed("prompts", 0, text="  "), "prompts.welcome.text"),
        (changed("ring_groups", 0, phones=()), "ring_groups.600.phones"),
        (changed("menus", 0, options=()), "menus.main.options"),
        (changed("teams", 0, agents=()), "teams.back.agents"),
        (changed("users", 1, teams=("back",)), "users.bo.teams"),
        (replace(SMALL, keep_calls_days=30, keep_recordings_days=31), "keep_recordings_days"),
        (replace(SMALL, keep_voicemail_days=-1), "keep_voicemail_days"),
        (
            changed("hours", 0, rules=(OpeningRule((0,), time(17), time(9)),)),
            "hours.office.rules[0].closes",
        ),
        (
            changed("hours", 0, rules=(OpeningRule((), time(9), time(17)),)),
            "hours.office.rules[0].weekdays",
        ),
    ],
)
def test_what_takes_more_than_one_value_to_judge(site: Site, place: str) -> None:
    assert place in told(site)


def test_an_upload_needs_no_text() -> None:
    site = with_records("prompts", Prompt("welcome", uploaded=True), SMALL.prompts[1])
    assert problems(site) == ()


def test_a_menu_that_only_leads_round_traps_every_caller() -> None:
    loop = Menu("main", "M", "welcome", (MenuOption("1", "message:closed"),),
                on_invalid="menu:main", on_timeout="menu:main")  # fmt: skip
    site = replace(SMALL, menus=(loop,), messages=(Message("closed", "closed", "menu:main"),))
    found = told(site)
    assert "no caller can leave" in found["menus.main.on_timeout"]
    assert "no caller can leave" in found["messages.closed.then"]


def test_a_caller_who_presses_nothing_must_get_out() -> None:
    site = changed("menus", 0, on_timeout="menu:main")
    assert "does nothing" in told(site)["menus.main.on_timeout"]


def test_hours_that_lead_round_while_closed_are_refused() -> None:
    site = replace(SMALL, messages=(Message("closed", "closed", "hours:office"),))
    assert "does nothing" in told(site)["hours.office"]


def test_two_phones_that_pass_a_call_to_each_other_are_refused() -> None:
    found = told(changed("phones", 0, no_answer="phone:202"))
    assert {"phones.201.no_answer", "phones.202.no_answer"} <= set(found)


def test_a_long_way_out_is_a_way_out() -> None:
    menus = tuple(
        Menu(f"m{i}", "M", "welcome", (MenuOption("1", f"menu:m{(i + 1) % 50}"),),
             on_timeout=f"menu:m{i + 1}" if i < 49 else "queue:support")
        for i in range(50)
    )  # fmt: skip
    assert problems(replace(SMALL, menus=(*SMALL.menus, *menus))) == ()


def test_every_text_field_of_every_record_is_checked_or_refers_or_is_judged_together() -> None:
    """A new field cannot be forgotten: a str field has a check, a reference, or a reason."""
    judged_together = {("Agent", "pin"), ("QueueMembership", "queue")}
    kinds = [
        *COLLECTIONS.values(),
        *(kind for nested in NESTED.values() for kind in nested.values()),
    ]
    for kind in kinds:
        for each in fields(kind):
            known = {*CHECKS.get(kind, {}), *REFERENCES.get(kind, {})}
            if str(each.type) in ("str", "int"):
                assert each.name in known or (kind.__name__, each.name) in judged_together, (
                    each.name
                )


def test_what_points_at_a_record_is_found() -> None:
    assert set(pointing_at(SMALL, "queues", "support")) == {
        "agents.1001.queues[0].queue",
        "dids.39025555.destination",
        "menus.main.on_timeout",
        "menus.main.options[0].destination",
        "journeys.status.then",
    }
    assert "messages.closed.then" in pointing_at(SMALL, "phones", "201")
    assert pointing_at(SMALL, "queues", "sales") == ()
    assert pointing_at(SMALL, "agents", "1001") == ("teams.back.agents[0]", "users.ann.agent")


def test_a_number_that_is_its_own_pin_is_refused() -> None:
    site = with_records("agents", Agent("4829", "A", pin="4829"))
    assert "agents.4829.pin" in told(site)
