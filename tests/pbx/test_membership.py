"""Queues of agents who are signed in follow the site, with no second sign-in and no lost pause."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

import pytest

from callcenter.db.engine import sessions
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.site import Agent, QueueMembership, Site
from callcenter.pbx import confgen
from tests.stack import Stack, eventually
from tests.stack_site import stack_site

pytestmark = pytest.mark.pbx

MEMBER = re.compile(r"^\s+(\d+) \(PJSIP/(\d+)\)(?: with penalty (\d+))?", re.MULTILINE)


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("members"), stack_site(), ("controller",)) as stack:
        for extension in ("201", "203"):
            stack.phone(extension)
        stack.sign_in("1001", "201")
        stack.sign_in("1003", "203")
        yield stack


def queues_of(stack: Stack, agent: str) -> dict[str, int]:
    """Queue → penalty, by Asterisk's own account."""
    found = {}
    for queue in stack.site.queues:
        for number, _, penalty in MEMBER.findall(stack.asterisk(f"queue show {queue.name}")):
            if number == agent:
                found[queue.name] = int(penalty or 0)
    return found


def change(stack: Stack, **changes: object) -> None:
    """Saves the changed site and puts it in force, as the Site page does."""
    with sessions(stack.engine).begin() as session:
        save_site(session, dataclasses.replace(load_site(session), **changes), "tests")  # type: ignore[arg-type]
    stack.control("config_apply", by="tests")


def with_queues(site: Site, queues: Mapping[str, tuple[QueueMembership, ...]]) -> tuple[Agent, ...]:
    return tuple(
        dataclasses.replace(agent, queues=queues.get(agent.number, agent.queues))
        for agent in site.agents
    )


def test_a_new_list_holds_at_once_and_a_pause_stays(own: Stack) -> None:
    own.control("pause", agent="1001", reason="Lunch")
    assert queues_of(own, "1001") == {"support": 0}
    both = (QueueMembership("support", 4), QueueMembership("sales", 2))
    change(own, agents=with_queues(own.site, {"1001": both, "1003": both[1:]}))
    eventually(lambda: queues_of(own, "1001") == {"support": 4, "sales": 2}, 10, "Ann's new list")
    eventually(lambda: queues_of(own, "1003") == {"sales": 2}, 5, "Cleo's shorter list")

    def on_the_floor() -> bool:
        ann, cleo = (own.floor()["agents"][number] for number in ("1001", "1003"))
        seen = (set(ann["queues"]), ann["state"], ann["pause_reason"], cleo["queues"])
        return seen == ({"support", "sales"}, "paused", "Lunch", ["sales"])

    eventually(on_the_floor, 5, "both on the floor")
    assert own.control("compare")["differences"] == []


def test_what_was_applied_while_no_controller_ran_holds_when_it_starts(own: Stack) -> None:
    own.kill9("controller")
    site = dataclasses.replace(
        own.site, agents=with_queues(own.site, {"1003": (QueueMembership("sales", 1),)})
    )
    with sessions(own.engine).begin() as session:
        save_site(session, site, "tests")
    confgen.apply(own.settings, site)
    assert queues_of(own, "1003") == {"support": 0, "sales": 0}
    own.start("controller")
    eventually(lambda: queues_of(own, "1003") == {"sales": 1}, 5, "Cleo's shorter list")
    eventually(lambda: own.floor()["agents"]["1003"]["queues"] == ["sales"], 5, "the floor")


def test_an_agent_or_queue_that_is_gone_leaves_nobody_signed_in(own: Stack) -> None:
    change(
        own,
        agents=with_queues(own.site, {"1001": ()})[:1],
        queues=tuple(queue for queue in own.site.queues if queue.name == "sales"),
        dids=(),
        menus=(),
        journeys=(),
    )
    eventually(
        lambda: "cc-agent" not in own.asterisk("database show"), 10, "nobody to be signed in"
    )
    eventually(lambda: "PJSIP/" not in own.asterisk("queue show"), 10, "no member to be left")
    eventually(
        lambda: all(a["state"] == "signed_out" for a in own.floor()["agents"].values()), 5, "floor"
    )


def test_signing_in_again_changes_nothing_and_is_no_complaint(own: Stack) -> None:
    before = own.settings.asterisk_log.joinpath("queue_log").read_text()
    own.originate("Local/1003*203@cc-sign-in-request")
    own.wait_no_channels()
    assert queues_of(own, "1003") == {"support": 0, "sales": 0}
    assert own.settings.asterisk_log.joinpath("queue_log").read_text() == before
    assert "Already there" not in own.settings.asterisk_log.joinpath("full").read_text()
