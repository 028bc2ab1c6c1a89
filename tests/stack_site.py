"""The site that tests of the whole stack use: small, quick to walk through, every kind of step."""

from __future__ import annotations

from callcenter.domain.site import (
    Agent,
    Did,
    Journey,
    Menu,
    MenuOption,
    Message,
    Phone,
    Prompt,
    Queue,
    QueueKey,
    QueueMembership,
    Site,
    Trunk,
    User,
)
from tests.stack import TRUNK_ADDRESS

SUPPORT = "5550100"  # straight to the queue
MENU = "5550101"  # 1 support, 2 sales, anything else: message, then the sales queue
CALLBACKS = "callbacks"  # the campaign that key 1 of the support queue asks for; key 2: a message
ORDERS = "5550102"  # the order-status journey, then support
SUPERVISOR_PHONE = "209"
AGENTS = {"1001": "201", "1002": "202", "1003": "203"}  # agent → the phone the tests seat them at


def stack_site() -> Site:
    everybody = (QueueMembership("support"), QueueMembership("sales"))
    return Site(
        name="Stack",
        phones=(
            *(Phone(number, f"Desk {number}") for number in ("201", "202", "203", "204", "300")),
            Phone(SUPERVISOR_PHONE, "Supervisor", auto_answer=True),
        ),
        agents=(
            Agent("1001", "Ann", "4711", everybody[:1]),
            Agent("1002", "Bob", "4712", everybody[1:]),
            Agent("1003", "Cleo", "4713", everybody),
        ),
        users=(User("admin", "Admin", "admin"),),
        trunks=(Trunk("carrier", "Carrier", TRUNK_ADDRESS),),
        dids=(
            Did(SUPPORT, "Support", "queue:support"),
            Did(MENU, "Menu", "menu:main"),
            Did(ORDERS, "Orders", "journey:order-status"),
        ),
        prompts=(Prompt("welcome", "Welcome"), Prompt("wrong", "That is not a choice")),
        menus=(
            Menu(
                "main",
                "Main",
                "welcome",
                (MenuOption("1", "queue:support"), MenuOption("2", "queue:sales")),
                wait_seconds=2,
                tries=2,
                invalid_prompt="wrong",
                on_invalid="queue:sales",
                on_timeout="message:wrong",
            ),
        ),
        messages=(Message("wrong", "wrong"),),
        queues=(
            Queue(
                "support",
                "Support",
                wrap_up_seconds=0,
                retry_seconds=1,
                keys=(QueueKey("1", "journey:call-me-back"), QueueKey("2", "message:wrong")),
            ),
            Queue("sales", "Sales", wrap_up_seconds=0, retry_seconds=1),
        ),
        journeys=(
            Journey("order-status", "order_status.py", then="queue:support"),
            Journey("call-me-back", "request_callback.py", argument=CALLBACKS),
        ),
    )
