"""A small sound site, and changes to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

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
    Team,
    Trunk,
    User,
    Voicemail,
)

SMALL = Site(
    name="Small & Sons",
    timezone="Europe/Rome",
    phones=(
        Phone("201", "Anna", secret="a-long-secret-201", voicemail_pin="4829"),
        Phone("202", "O'Brien (Support)", secret="a-long-secret-202", no_answer="phone:201"),
    ),
    agents=(
        Agent("1001", "Anna", pin="583920", queues=(QueueMembership("support", 2),)),
        Agent("1002", "Bo", pin="583921"),
    ),
    teams=(Team("back", "Back office", agents=("1001",)),),
    users=(
        User("ann", "Ann", "admin", agent="1001", phone="201"),
        User("bo", "Bo", "agent"),
        User("sue", "Sue", "supervisor", teams=("back",)),
    ),
    trunks=(Trunk("carrier", "Carrier", "sip.example.org", match=("192.0.2.0/24",)),),
    outbound_routes=(OutboundRoute("national", "9NXXXXXX", "carrier", strip_digits=1),),
    dids=(Did("+39021234", "Main", "hours:office"), Did("39025555", "Direct", "queue:support")),
    hours=(
        Hours(
            "office",
            "Office",
            "menu:main",
            "message:closed",
            rules=(OpeningRule((0, 1, 2, 3, 4), time(9), time(17, 30)),),
            holidays=(Holiday(date(2026, 12, 25), "Christmas", every_year=True),),
        ),
    ),
    prompts=(Prompt("welcome", "Welcome"), Prompt("closed", "We are closed")),
    menus=(
        Menu(
            "main",
            "Main menu",
            "welcome",
            options=(MenuOption("1", "queue:support"), MenuOption("2", "journey:status")),
            on_timeout="queue:support",
        ),
    ),
    queues=(Queue("support", "Support"), Queue("sales", "Sales")),
    ring_groups=(RingGroup("600", "All", ("201", "202"), no_answer="voicemail:700"),),
    messages=(Message("closed", "closed", then="voicemail:201"),),
    voicemail=(Voicemail("700", "Company", pin="739201"),),
    journeys=(
        Journey("status", "order_status.py", "queue:support", results=(("found", "hangup"),)),
    ),
)


def changed(collection: str, index: int, **fields: Any) -> Site:
    """SMALL with fields of one record changed."""
    records = list(getattr(SMALL, collection))
    records[index] = replace(records[index], **fields)
    return with_records(collection, *records)


def with_records(collection: str, *records: Any) -> Site:
    found: dict[str, Any] = {collection: tuple(records)}
    return replace(SMALL, **found)
