"""The demo site: a travel agency with three queues, a nested menu and a night line.

Secrets and PINs are left empty: the site store generates them, so no password is ever known
beforehand.
"""

from __future__ import annotations

from datetime import time

from callcenter.domain.site import (
    Agent,
    Did,
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
    QueueKey,
    QueueMembership,
    RingGroup,
    Site,
    Trunk,
    User,
    Voicemail,
)

CARRIER_HOST = "127.0.0.2"  # the carrier's own address, so the PBX knows the trunk by it
CARRIER_PORT = 5060
PHONES_HOST = "127.0.0.3"  # simulated phones register from here, never from the trunk's address

CALLBACKS = "callbacks"  # the campaign that calls callers back
MAIN_DID = "15550100"
NIGHT_DID = "15550101"
SUPPORT_DID = "15550102"

FREE_PHONE = "210"  # for the visitor's own SIP phone
FREE_AGENT = "1010"
SUPERVISOR_PHONE = "301"

_AGENTS = (
    # number, phone, name, (queue, penalty) …
    ("1001", "201", "Amara Okafor", (("sales", 0), ("support", 1))),
    ("1002", "202", "Björn Lindqvist", (("sales", 0), ("billing", 1))),
    ("1003", "203", "Carmen Díaz", (("support", 0),)),
    ("1004", "204", "Dmitri Volkov", (("support", 0), ("billing", 1))),
    ("1005", "205", "Eleni Papadaki", (("support", 0), ("sales", 1))),
    ("1006", "206", "Farid Haddad", (("billing", 0), ("support", 1))),
    ("1007", "207", "Grace Kim", (("billing", 0), ("sales", 1))),
    ("1008", "208", "Hugo Martin", (("sales", 0), ("support", 0), ("billing", 0))),
    # Those who call out, and one who helps them when no caller waits.
    ("1009", "209", "Ines Duarte", (("offers", 0),)),
    ("1011", "212", "Jonas Weber", (("offers", 0), ("support", 2))),
    (FREE_AGENT, FREE_PHONE, "Robin Guest", (("sales", 0), ("support", 0), ("billing", 0))),
)

SIMULATED_AGENTS: dict[str, str] = {
    number: phone for number, phone, _, _ in _AGENTS if number != FREE_AGENT
}
"""Agent number → extension of the phone the demo answers for them."""


def demo_site(carrier_port: int = CARRIER_PORT) -> Site:
    """The site a first start is seeded with; `carrier_port` is the loopback carrier's SIP port."""
    return Site(
        name="Northwind Travel",
        phones=_phones(),
        agents=_agents(),
        users=_users(),
        trunks=(_carrier(carrier_port),),
        outbound_routes=(OutboundRoute("national", "9X.", "carrier", strip_digits=1),),
        dids=(
            Did(MAIN_DID, "Main number", "hours:office"),
            Did(NIGHT_DID, "Cruise desk (closed for the season)", "hours:cruise-desk"),
            Did(SUPPORT_DID, "Travellers abroad", "queue:support"),
        ),
        hours=_hours(),
        prompts=_prompts(),
        menus=_menus(),
        queues=_queues(),
        ring_groups=(RingGroup("600", "Office", ("301", "210"), no_answer="voicemail:800"),),
        messages=(Message("closed", "closed", then="voicemail:800"),),
        voicemail=(Voicemail("800", "Northwind Travel", pin="", greeting="leave-message"),),
        journeys=(
            Journey("order-status", "order_status.py", then="queue:support"),
            Journey(
                "call-me-back",
                "request_callback.py",
                then="queue:support",
                results=(("callback", "hangup"),),
                argument=CALLBACKS,
            ),
        ),
    )


def _phones() -> tuple[Phone, ...]:
    desks = tuple(Phone(phone, name) for _, phone, name, _ in _AGENTS if phone != FREE_PHONE)
    return (
        *desks,
        Phone(FREE_PHONE, "Your own phone"),
        Phone("211", "Your browser", kind="browser"),
        Phone(SUPERVISOR_PHONE, "Supervisor", auto_answer=True),
    )


def _agents() -> tuple[Agent, ...]:
    return tuple(
        Agent(number, name, queues=tuple(QueueMembership(*each) for each in queues))
        for number, _, name, queues in _AGENTS
    )


def _users() -> tuple[User, ...]:
    return (
        User("admin", "Administrator", "admin"),
        User("supervisor", "Sofia Rossi", "supervisor", phone=SUPERVISOR_PHONE),
        User("agent", "Robin Guest", "agent", agent=FREE_AGENT, phone=FREE_PHONE),
    )


def _carrier(port: int) -> Trunk:
    return Trunk(
        name="carrier",
        title="Loopback carrier",
        host=CARRIER_HOST,
        port=port,
        match=(CARRIER_HOST,),
        caller_number=MAIN_DID,
    )


def _hours() -> tuple[Hours, ...]:
    always = OpeningRule(weekdays=tuple(range(7)), opens=time(0), closes=time(0))
    return (
        Hours("office", "Office", open="menu:main", closed="message:closed", rules=(always,)),
        Hours("cruise-desk", "Cruise desk", open="queue:sales", closed="message:closed"),
    )


def _prompts() -> tuple[Prompt, ...]:
    return (
        Prompt(
            "welcome",
            "Welcome to Northwind Travel. For a new booking, press 1. For help with a trip, "
            "press 2. For invoices and payments, press 3. If you know the extension, press 4.",
        ),
        Prompt(
            "help",
            "To hear the status of your order, press 1. To speak to our support team, press 2. "
            "To go back, press star.",
        ),
        Prompt("extension", "Please dial the extension now, or press star to go back."),
        Prompt("invalid", "Sorry, that is not one of the choices."),
        Prompt("closed", "Thank you for calling Northwind Travel. We are closed right now."),
        Prompt("leave-message", "Please leave a message after the tone and we will call you back."),
        Prompt(
            "offers-missed",
            "This was Northwind Travel with our summer offers. We are sorry that nobody was free. "
            "Our number is 1 5 5 5 0 1 0 0. To be called no more, press 9 now.",
        ),
        Prompt(
            "still-waiting",
            "Thank you for waiting. We will be with you shortly. To be called back instead, "
            "press 1.",
        ),
        Prompt("callback-promised", "Thank you. We will call you back in a moment. Goodbye."),
        Prompt("callback-refused", "Sorry, we cannot call that number."),
    )


def _menus() -> tuple[Menu, ...]:
    return (
        Menu(
            "main",
            "Main menu",
            prompt="welcome",
            invalid_prompt="invalid",
            options=(
                MenuOption("1", "queue:sales", "New booking"),
                MenuOption("2", "menu:help", "Help with a trip"),
                MenuOption("3", "queue:billing", "Invoices and payments"),
                MenuOption("4", "menu:extension", "Dial an extension"),
                MenuOption("0", "ring-group:600", "Office"),
            ),
            on_invalid="queue:support",
            on_timeout="queue:support",
        ),
        Menu(
            "help",
            "Help with a trip",
            prompt="help",
            invalid_prompt="invalid",
            options=(
                MenuOption("1", "journey:order-status", "Order status"),
                MenuOption("2", "queue:support", "Support team"),
                MenuOption("*", "menu:main", "Back"),
            ),
            on_invalid="queue:support",
            on_timeout="queue:support",
        ),
        Menu(
            "extension",
            "Dial an extension",
            prompt="extension",
            invalid_prompt="invalid",
            options=(MenuOption("*", "menu:main", "Back"),),
            on_invalid="ring-group:600",
            on_timeout="ring-group:600",
            direct_dial=True,
        ),
    )


def _queues() -> tuple[Queue, ...]:
    return (
        Queue(
            "sales",
            "Sales",
            strategy="leastrecent",
            ring_seconds=15,
            wrap_up_seconds=8,
            weight=2,
            announce_position=True,
            announce_every_seconds=30,
            max_wait_seconds=180,
            on_timeout="voicemail:800",
            dispositions=("Booked", "Offer sent", "Only a question", "Wrong department"),
        ),
        Queue(
            "support",
            "Support",
            strategy="rrmemory",
            ring_seconds=15,
            wrap_up_seconds=8,
            weight=1,
            wait_prompt="still-waiting",
            wait_prompt_every_seconds=30,
            max_wait_seconds=180,
            on_timeout="voicemail:800",
            keys=(QueueKey("1", "journey:call-me-back"),),
            dispositions=("Solved", "Rebooked", "Handed on", "Complaint"),
        ),
        Queue(
            "offers",
            "Summer offers (calls out)",
            strategy="leastrecent",
            ring_seconds=10,
            retry_seconds=1,
            wrap_up_seconds=8,
        ),
        Queue(
            "billing",
            "Billing",
            strategy="fewestcalls",
            ring_seconds=15,
            wrap_up_seconds=8,
            max_waiting=10,
            on_full="queue:support",
            max_wait_seconds=180,
            on_timeout="voicemail:800",
            service_level_seconds=30,
            dispositions=("Invoice explained", "Paid", "Refund", "Handed on"),
        ),
    )
