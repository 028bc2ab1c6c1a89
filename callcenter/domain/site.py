"""What a site is made of: the one value that forms, the site file and the renderer share.

Plain frozen records with no behaviour. `domain/site_rules/` says what makes a site sound;
`db/site_store.py` keeps it; `pbx/confgen` renders it. Order of tuples is the order people gave.
A destination is a string `kind:name` (see `domain/destination.py` and docs/architecture.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Strategy = Literal[
    "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear", "wrandom"
]
Role = Literal["agent", "supervisor", "admin"]
Numbers = Literal["full", "masked", "hidden"]
SecondFactor = Literal["optional", "admins", "everybody"]


@dataclass(frozen=True)
class Phone:
    extension: str
    name: str
    secret: str = ""  # empty on import: one is generated
    kind: Literal["desk", "browser"] = "desk"
    auto_answer: bool = False
    voicemail_pin: str = ""  # empty: no mailbox
    voicemail_email: str = ""
    ring_seconds: int = 25
    no_answer: str = ""  # destination; empty: mailbox if there is one, else hang up


@dataclass(frozen=True)
class QueueMembership:
    queue: str
    penalty: int = 0


@dataclass(frozen=True)
class Agent:
    number: str
    name: str
    pin: str = ""  # for sign-in from a phone; empty on import: one is generated
    queues: tuple[QueueMembership, ...] = ()
    open_line: bool = False  # the phone stays up while signed in; calls come without ringing


@dataclass(frozen=True)
class Team:
    """Who works together. A supervisor of teams sees their calls, agents and figures only."""

    name: str
    title: str
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class User:
    """Who may sign in on the web. The password hash lives in the users table only."""

    username: str
    name: str
    role: Role
    agent: str = ""  # agent number, for the agent page
    phone: str = ""  # extension that rings for listen, whisper, barge
    teams: tuple[str, ...] = ()  # a supervisor's; none: sees everything


@dataclass(frozen=True)
class Trunk:
    name: str
    title: str
    host: str
    port: int = 5060
    match: tuple[str, ...] = ()  # addresses or networks calls may come from; empty: the host
    username: str = ""
    secret: str = ""
    register: bool = False
    codecs: tuple[str, ...] = ("ulaw", "alaw")
    max_calls: int = 30
    caller_number: str = ""  # shown on calls out


@dataclass(frozen=True)
class OutboundRoute:
    """Which numbers phones may dial through which trunk; first match wins."""

    name: str
    pattern: str  # Asterisk pattern without the underscore, e.g. 9NXXXXXX
    trunk: str
    strip_digits: int = 0
    prepend: str = ""


@dataclass(frozen=True)
class Did:
    number: str
    title: str
    destination: str


@dataclass(frozen=True)
class OpeningRule:
    weekdays: tuple[int, ...]  # 0 Monday … 6 Sunday
    opens: time
    closes: time  # 00:00 means midnight at the end of the day


@dataclass(frozen=True)
class Holiday:
    day: date
    name: str
    every_year: bool = False


@dataclass(frozen=True)
class Hours:
    name: str
    title: str
    open: str  # destination
    closed: str  # destination
    rules: tuple[OpeningRule, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    holiday: str = ""  # destination on holidays; empty: as closed


@dataclass(frozen=True)
class Prompt:
    """Spoken by the local TTS from `text`, or an uploaded file kept under the same name."""

    name: str
    text: str = ""
    language: str = "en"
    uploaded: bool = False


@dataclass(frozen=True)
class MenuOption:
    digit: str  # one of 0-9 * #
    destination: str
    title: str = ""


@dataclass(frozen=True)
class Menu:
    name: str
    title: str
    prompt: str
    options: tuple[MenuOption, ...] = ()
    wait_seconds: int = 5
    tries: int = 3  # plays of the prompt before `on_timeout` or `on_invalid`
    invalid_prompt: str = ""
    on_invalid: str = "hangup"
    on_timeout: str = "hangup"
    direct_dial: bool = False  # extensions may be dialed from the menu


@dataclass(frozen=True)
class QueueKey:
    """What a caller may press while waiting."""

    digit: str  # one of 0-9 * #
    destination: str


@dataclass(frozen=True)
class Queue:
    name: str
    title: str
    strategy: Strategy = "rrmemory"
    ring_seconds: int = 20
    retry_seconds: int = 2
    wrap_up_seconds: int = 10
    weight: int = 0
    music: str = "default"
    max_waiting: int = 0  # 0: no limit
    max_wait_seconds: int = 0  # 0: no limit
    announce_position: bool = False
    announce_every_seconds: int = 0
    wait_prompt: str = ""  # periodic announcement
    wait_prompt_every_seconds: int = 60
    agent_prompt: str = ""  # whispered to the agent before the caller is connected
    record: bool = True
    service_level_seconds: int = 20
    short_abandon_seconds: int = 5
    on_full: str = "hangup"  # overflow destination: too many waiting
    on_timeout: str = "hangup"  # waited max_wait_seconds
    on_no_agents: str = ""  # nobody signed in; empty: wait
    auto_pause: bool = False  # pause an agent who does not answer
    dispositions: tuple[str, ...] = ()  # what a call can have come to; agents choose one after it
    keys: tuple[QueueKey, ...] = ()


@dataclass(frozen=True)
class RingGroup:
    extension: str
    name: str
    phones: tuple[str, ...]
    strategy: Literal["all", "in-order"] = "all"
    ring_seconds: int = 20
    no_answer: str = "hangup"


@dataclass(frozen=True)
class Message:
    """Plays a prompt, then goes on."""

    name: str
    prompt: str
    then: str = "hangup"


@dataclass(frozen=True)
class Voicemail:
    """A mailbox with no phone (a phone's own mailbox is on the Phone)."""

    number: str
    name: str
    pin: str
    email: str = ""
    greeting: str = ""  # prompt


@dataclass(frozen=True)
class Journey:
    """A step where data decides: an AGI script, and where the call goes on after it."""

    name: str
    script: str  # file name in agi-scripts/
    then: str = "hangup"  # also where the call goes when the server is down
    results: tuple[tuple[str, str], ...] = ()  # (result word, destination)
    argument: str = ""  # for the script, so that one serves several journeys


@dataclass(frozen=True)
class Site:
    name: str = "Callcenter"
    timezone: str = "UTC"
    language: str = "en"
    recognise_callers: bool = True
    agents_see_numbers: Numbers = "full"  # of callers: whole, without the last three digits, none
    supervisors_see_numbers: Numbers = "full"  # an admin sees them whole
    keep_recordings_days: int = 0  # 0: for ever, here and below
    keep_voicemail_days: int = 0
    keep_numbers_days: int = 0  # callers' numbers and names in the books
    keep_calls_days: int = 0  # the books themselves; sums stay
    second_factor: SecondFactor = "optional"  # who must have one
    phones: tuple[Phone, ...] = ()
    agents: tuple[Agent, ...] = ()
    teams: tuple[Team, ...] = ()
    users: tuple[User, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    outbound_routes: tuple[OutboundRoute, ...] = ()
    dids: tuple[Did, ...] = ()
    hours: tuple[Hours, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    menus: tuple[Menu, ...] = ()
    queues: tuple[Queue, ...] = ()
    ring_groups: tuple[RingGroup, ...] = ()
    messages: tuple[Message, ...] = ()
    voicemail: tuple[Voicemail, ...] = ()
    journeys: tuple[Journey, ...] = ()
    pause_reasons: tuple[str, ...] = field(default=("Break", "Lunch", "Training", "Back office"))
    working_pause_reasons: tuple[str, ...] = ()  # of these, what counts as work in occupancy
