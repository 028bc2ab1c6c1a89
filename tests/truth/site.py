"""The call centre that the truth is known of: queues for every way out, agents, experts."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.site import (
    Agent,
    Did,
    Hours,
    Menu,
    MenuOption,
    Message,
    Phone,
    Prompt,
    Queue,
    QueueMembership,
    Site,
    Trunk,
    User,
)
from tests.stack import TRUNK_ADDRESS

MENU, SUPPORT, SALES, PATIENT = "5550100", "5550101", "5550102", "5550103"
NARROW, NOBODY, CLOSED, IN_TURN = "5550104", "5550105", "5550106", "5550107"
GOLDEN = "5550108"
QUEUE_OF = {SUPPORT: "support", SALES: "sales", PATIENT: "patient", NARROW: "narrow",
            NOBODY: "nobody", IN_TURN: "in-turn", GOLDEN: "golden"}  # fmt: skip
MENU_CHOICES = {"1": "support", "2": "sales"}
PATIENT_SECONDS = 3  # the longest wait in `patient` and `in-turn`
WITHIN_SECONDS = 3
SHORT_SECONDS = 2
GOLDEN_WITHIN_SECONDS, GOLDEN_SHORT_SECONDS = 20, 5
RING_SECONDS = 5
MESSAGE_SECONDS = 0.5  # what plays before the PBX hangs up


@dataclass(frozen=True)
class Desks:
    """Agent number → extension. Experts take transfers and no calls of the callers' queues."""

    agents: dict[str, str]
    experts: dict[str, str]

    @property
    def all(self) -> dict[str, str]:
        return self.agents | self.experts


def desks(agents: int, experts: int) -> Desks:
    return Desks(
        {str(1100 + each): str(200 + each) for each in range(agents)},
        {str(1500 + each): str(600 + each) for each in range(experts)},
    )


def direct_did(extension: str) -> str:
    return f"5559{extension}"


def divides(queue: str) -> tuple[int, int]:
    """The waits at which a queue's service level and its short abandons divide, in seconds."""
    golden = queue == QUEUE_OF[GOLDEN]
    if golden:
        return GOLDEN_WITHIN_SECONDS, GOLDEN_SHORT_SECONDS
    return WITHIN_SECONDS, SHORT_SECONDS


def truth_site(seats: Desks, timezone: str = "UTC") -> Site:
    return Site(
        name="Truth",
        timezone=timezone,
        phones=tuple(Phone(each, f"Desk {each}") for each in seats.all.values()),
        agents=_agents(seats),
        users=(User("admin", "Admin", "admin"),),
        trunks=(Trunk("carrier", "Carrier", TRUNK_ADDRESS, max_calls=500),),
        dids=_dids(seats),
        hours=(Hours("never", "Never open", "queue:support", "message:sorry"),),
        prompts=(Prompt("welcome", "Welcome"), Prompt("sorry", "Sorry")),
        menus=(_menu(),),
        messages=(Message("sorry", "sorry"),),
        queues=_queues(),
    )


def _agents(seats: Desks) -> tuple[Agent, ...]:
    names = ("support", "sales", "patient", "in-turn", "golden")
    served = tuple(QueueMembership(each) for each in names)
    behind = (QueueMembership("backoffice"),)
    return tuple(
        Agent(number, f"Agent {number}", "4711", served if number in seats.agents else behind)
        for number in seats.all
    )


def _dids(seats: Desks) -> tuple[Did, ...]:
    return (
        Did(MENU, "Menu", "menu:main"),
        *(Did(number, name.title(), f"queue:{name}") for number, name in QUEUE_OF.items()),
        Did(CLOSED, "Closed", "hours:never"),
        *(Did(direct_did(each), f"To {each}", f"phone:{each}") for each in seats.experts.values()),
    )


def _menu() -> Menu:
    options = tuple(MenuOption(key, f"queue:{name}") for key, name in MENU_CHOICES.items())
    return Menu("main", "Main", "welcome", options, wait_seconds=2, tries=1,
                invalid_prompt="sorry", on_invalid="message:sorry",
                on_timeout="message:sorry")  # fmt: skip


def _queues() -> tuple[Queue, ...]:
    def queue(name: str, **more: object) -> Queue:
        return Queue(
            name, name.title(), ring_seconds=RING_SECONDS, retry_seconds=1, wrap_up_seconds=0,
            service_level_seconds=divides(name)[0], short_abandon_seconds=divides(name)[1],
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    return (
        queue("support"),
        queue("sales"),
        queue("golden"),
        queue("backoffice"),
        queue("patient", max_wait_seconds=PATIENT_SECONDS, on_timeout="message:sorry"),
        queue("in-turn", max_wait_seconds=PATIENT_SECONDS, on_timeout="queue:sales"),
        queue("narrow", max_waiting=1, on_full="message:sorry"),
        queue("nobody", on_no_agents="message:sorry"),
    )
