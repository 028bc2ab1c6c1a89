"""What makes a campaign sound, and that it is kept and written whole."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from typing import Any

import pytest
import yaml
from sqlalchemy import event, text

from callcenter.cli.campaign import read_campaign
from callcenter.db.campaign_store import load_versioned, read_campaigns, save_campaign
from callcenter.db.engine import sessions
from callcenter.dialer.leads.campaigns import judge_and_set_state
from callcenter.domain.campaign import (
    CallerId,
    Campaign,
    Disposition,
    KeyAction,
    LeadRule,
    ListShare,
    MachineDetection,
    RegionRule,
    RetryRule,
    SurveyQuestion,
)
from callcenter.domain.campaign_document import from_plain, to_plain
from callcenter.domain.campaign_rules import UnsoundCampaign, problems
from callcenter.domain.errors import Conflict
from callcenter.domain.site import Holiday, OpeningRule, Prompt, Queue, Site, Trunk
from tests.unit.dialer.books import NOW, a_campaign, add_list, books

SITE = Site(
    queues=(Queue("sales", "Sales"),),
    trunks=(Trunk("carrier", "Carrier", "sip.example.org"),),
    prompts=(Prompt("sorry"),),
)
READY: dict[str, Any] = {
    "trunk": "carrier", "caller_ids": (CallerId("+12125559999"),), "abandoned_prompt": "sorry",
}  # fmt: skip


def places(**changes: Any) -> list[str]:
    campaign = a_campaign(**(READY | changes))
    return [problem.place for problem in problems(campaign, SITE, ["fresh"])]


def test_a_sound_campaign_has_no_problem() -> None:
    assert places() == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "Autumn!"}, "name"),
        ({"queue": "nobody"}, "queue"),
        ({"trunk": "nobody"}, "trunk"),
        ({"lists": (ListShare("nobody"),)}, "lists[0].list"),
        ({"lists": (ListShare("fresh"), ListShare("fresh"))}, "lists[1].list"),
        ({"caller_ids": (CallerId("2125559999"),)}, "caller_ids[0].number"),
        ({"caller_ids": (CallerId("+12125559999", ("1212",)),)}, "caller_ids[0].prefixes"),
        ({"abandoned_prompt": "nobody"}, "abandoned_prompt"),
        ({"ring_seconds": 14}, "ring_seconds"),
        ({"patience_seconds": 2.5}, "patience_seconds"),
        ({"abandon_limit": 0.031}, "abandon_limit"),
        ({"abandon_window_days": 31}, "abandon_window_days"),
        ({"rules": "uk"}, "abandon_window_days"),  # a day there
        ({"hours": (OpeningRule((), time(9), time(10)),)}, "hours[0].weekdays"),
        ({"hours": (OpeningRule((0,), time(22), time(2)),)}, "hours[0].closes"),
        ({"hours": (OpeningRule((0,), time(9), time(9)),)}, "hours[0].closes"),
        ({"regions": (RegionRule("US-TX", (0,), time(22), time(2)),)}, "regions[0].closes"),
        ({"regions": (RegionRule("US-TX", (7,), time(9), time(10)),)}, "regions[0].weekdays"),
        ({"lists": (ListShare("fresh", -1),)}, "lists[0].weight"),
        ({"regions": (RegionRule("Texas", (0,), time(9), time(10)),)}, "regions[0].region"),
        ({"retries": (RetryRule("busy"), RetryRule("busy"))}, "retries[1].outcome"),
        ({"dispositions": (Disposition("a b", "A"),)}, "dispositions[0].code"),
        ({"detection": MachineDetection(total_ms=10)}, "detection.total_ms"),
        ({"questions": (SurveyQuestion("q", "nobody"),)}, "questions[0].prompt"),
        ({"max_calls_per_second": 0}, "max_calls_per_second"),
        ({"mode": "broadcast", "machine_action": "agent"}, "machine_action"),
    ],
)
def test_each_problem_is_named_at_its_place(changes: dict[str, Any], place: str) -> None:
    assert place in places(**changes)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"lists": ()}, "lists"),
        ({"trunk": ""}, "trunk"),
        ({"caller_ids": ()}, "caller_ids"),
        ({"abandoned_prompt": ""}, "abandoned_prompt"),
        ({"machine_action": "message"}, "machine_prompt"),
        ({"mode": "survey"}, "questions"),
        ({"mode": "broadcast"}, "greeting_prompt"),
        ({"lists": (ListShare("fresh", 0),)}, "lists"),
        ({"hours": ()}, "hours"),
        ({"hours": (OpeningRule((0,), time(5), time(8)),)}, "hours"),  # the preset begins at 8
    ],
)
def test_a_draft_may_be_unfinished_but_not_run(changes: dict[str, Any], place: str) -> None:
    assert place in places(**changes)
    assert place not in places(**changes, state="draft")


FULL = a_campaign(
    **READY,
    lists=(ListShare("fresh", 3),),
    first=(LeadRule("region", "is", "TX"),),
    holidays=(Holiday(date(2026, 12, 25), "Christmas", every_year=True),),
    regions=(RegionRule("US-TX", (0, 1), time(9, 30), time(20)),),
    detection=MachineDetection(total_ms=4000),
    keys=(KeyAction("1", "agent"),),
    questions=(SurveyQuestion("happy", "sorry"),),
    patience_seconds=1.5,
    script="Hello {given_name}\nñ ☺",
)


def test_a_campaign_is_the_same_after_the_database() -> None:
    with books() as engine, sessions(engine).begin() as session:
        add_list(session)
        save_campaign(session, FULL, NOW, expected_version=0)
        assert load_versioned(session, "autumn") == (FULL, 1)
        judge_and_set_state(session, "autumn", "paused", NOW)
        assert load_versioned(session, "autumn") == (dataclasses.replace(FULL, state="paused"), 2)
        with pytest.raises(Conflict, match="somebody else"):
            save_campaign(session, FULL, NOW, expected_version=1)


@pytest.mark.parametrize("defaults", [True, False])
def test_a_campaign_is_the_same_after_yaml(defaults: bool) -> None:
    text = yaml.safe_dump(to_plain(FULL, defaults=defaults), allow_unicode=True)
    assert read_campaign(text) == FULL


def test_a_file_written_by_hand_is_read() -> None:
    text = (
        "{name: autumn, title: Autumn, queue: sales, "
        "hours: [{weekdays: [0], opens: 09:00, closes: 20:00}]}"
    )
    assert read_campaign(text).hours == (OpeningRule((0,), time(9), time(20)),)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"name": "a", "title": "A"}, "queue: is missing"),
        ({"name": "a", "title": "A", "queue": "q", "maxlines": 3}, "did you mean max_lines?"),
        ({"name": "a", "title": "A", "queue": "q", "max_lines": "3"}, "must be a whole number"),
        ({"name": "a", "title": "A", "queue": "q", "record": 1}, "must be true or false"),
        ({"name": "a", "title": "A", "queue": "q", "lists": [{"list": 3}]}, "lists[0].list"),
        ({"name": "a", "title": "A", "queue": "q", "hours": "always"}, "hours: must be a list"),
        ([], "must be `key: value` lines"),
    ],
)
def test_plain_data_that_is_no_campaign_is_told_why(data: Any, problem: str) -> None:
    campaign, found = from_plain(data)
    assert campaign is None
    assert problem in "\n".join(str(each) for each in found)


def test_a_file_that_is_no_campaign_is_refused() -> None:
    with pytest.raises(UnsoundCampaign):
        read_campaign("- a\n- b\n")


def test_the_newest_settings_come_as_they_are_by_themselves() -> None:
    """A campaign kept before a setting was added reads with that setting's default."""
    kept = to_plain(FULL)
    del kept["ratio"]
    campaign, _ = from_plain(kept)
    assert campaign == dataclasses.replace(FULL, ratio=Campaign("a", "A", "q").ratio)


def test_a_setting_of_an_earlier_version_is_read_without() -> None:
    plain = to_plain(Campaign("autumn", "Autumn", "sales"))
    found, problems = from_plain(plain | {"wrap_up_seconds": 20})
    assert (found, problems) == (Campaign("autumn", "Autumn", "sales"), [])
    assert "wrap_up_seconds" not in plain


def test_all_campaigns_are_read_by_one_question_unless_one_of_them_cannot_be_read() -> None:
    asked: list[str] = []
    with books() as engine, sessions(engine)() as session:
        add_list(session)
        for name in ("summer", "autumn", "winter"):
            save_campaign(session, a_campaign(name=name), NOW)
        session.flush()
        event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
        found, unreadable = read_campaigns(session)
        assert ([each.name for each in found], unreadable) == (["autumn", "summer", "winter"], ())
        assert len(asked) == 1
        session.execute(text("update campaigns set settings = '{' where name = 'summer'"))
        found, unreadable = read_campaigns(session)
        assert [each.name for each in found] == ["autumn", "winter"]
        assert [each.name for each in unreadable] == ["summer"]
