"""A site with every kind of branch, for tests that walk the dialplan with no Python process up."""

from __future__ import annotations

from datetime import time

from callcenter.domain.site import (
    Agent,
    Did,
    Holiday,
    Hours,
    Journey,
    Menu,
    MenuOption,
    Message,
    OpeningRule,
    OutboundRoute,
    Phone,
    Prompt,
    Queue,
    QueueMembership,
    RingGroup,
    Site,
    Trunk,
    Voicemail,
)
from tests.pbx.dialplan.clock import christmas_two_years_ahead
from tests.stack import TRUNK_ADDRESS

OFFICE, CLOSED, MENU, GROUP, TINY, EMPTY, ORDERS, HASTY = (f"55502{n:02}" for n in range(8))
BUSY_TRUNK_ADDRESS = "127.0.0.3"
WORKDAYS = (0, 1, 2, 3, 4)


def dialplan_site() -> Site:
    both = (QueueMembership("tiny"), QueueMembership("empty", 3))
    return Site(
        timezone="Europe/Rome",
        phones=(
            *(Phone(number, f"Desk {number}", ring_seconds=5) for number in ("201", "202")),
            Phone("203", "Away", ring_seconds=5, voicemail_pin="8361"),
        ),
        agents=(Agent("1001", "Ann", "4711", both), Agent("1002", "Bob", "4712", both)),
        trunks=(
            Trunk("carrier", "Carrier", TRUNK_ADDRESS),
            Trunk("narrow", "Narrow", BUSY_TRUNK_ADDRESS, max_calls=1),
        ),
        outbound_routes=(
            OutboundRoute("out", "9X.", "carrier", 1),
            OutboundRoute("narrow", "8X.", "narrow", 1),
        ),
        dids=(
            Did(OFFICE, "Office", "hours:office"),
            Did(CLOSED, "Closed", "hours:never"),
            Did(MENU, "Menu", "menu:main"),
            Did(GROUP, "Group", "ring-group:600"),
            Did(TINY, "Tiny queue", "queue:tiny"),
            Did(EMPTY, "Empty queue", "queue:empty"),
            Did(ORDERS, "Orders", "journey:orders"),
            Did(HASTY, "Hasty menu", "menu:hasty"),
        ),
        hours=(
            Hours(
                "office",
                "Office",
                "message:open",
                "message:closed",
                (
                    OpeningRule(WORKDAYS, time(9), time(18)),
                    OpeningRule((4,), time(22), time(0)),
                    OpeningRule((5,), time(0), time(2)),
                ),
                (Holiday(christmas_two_years_ahead(), "Far", every_year=False),),
            ),
            Hours("never", "Never", "message:open", "voicemail:800"),
        ),
        prompts=(Prompt("short", "Short"),),
        messages=(Message("open", "short"), Message("closed", "short")),
        menus=(
            Menu(
                "main",
                "Main",
                "short",
                (MenuOption("1", "menu:inner"), MenuOption("#", "message:open")),
                wait_seconds=15,
                tries=2,
                on_invalid="message:closed",
                on_timeout="message:open",
                direct_dial=True,
            ),
            Menu("inner", "Inner", "short", (MenuOption("1", "message:open"),), wait_seconds=15),
            Menu(
                "hasty",
                "Hasty",
                "short",
                (MenuOption("1", "menu:inner"),),
                wait_seconds=1,
                tries=2,
                on_timeout="message:open",
            ),
        ),
        queues=(
            Queue("tiny", "Tiny", max_waiting=1, max_wait_seconds=8, on_full="message:closed",
                  on_timeout="message:open", wrap_up_seconds=0),
            Queue("empty", "Empty", on_no_agents="voicemail:800", wrap_up_seconds=0),
        ),
        ring_groups=(RingGroup("600", "All", ("201", "202"), no_answer="message:closed"),),
        voicemail=(Voicemail("800", "Shared", "7248"),),
        journeys=(Journey("orders", "order_status.py", "message:open"),),
    )  # fmt: skip
