"""What a call's facts fold into: plain values, written to the tables by `keep_books`."""

from __future__ import annotations

from dataclasses import dataclass, field

from callcenter.domain.open_line import phone_of_half


@dataclass(frozen=True)
class Stay:
    """A channel's time in one bridge. `left` is None while it is there."""

    bridge: str
    entered: float
    left: float | None


@dataclass
class Channel:
    uniqueid: str
    name: str
    started_at: float
    caller_number: str = ""
    caller_name: str = ""
    exten: str = ""
    answered_at: float | None = None
    ended_at: float | None = None
    cause: str = ""
    hangup_source: str = ""
    stays: list[Stay] = field(default_factory=list)
    held: list[tuple[float, float | None]] = field(default_factory=list)

    @property
    def party(self) -> str:
        """`PJSIP/trunk-carrier-0000001` → `trunk-carrier`; `PJSIP/201-00000002` → `201`; the
        agent's leg of a call on an open line, `Local/201@cc-line-call-…;1`, → `201`."""
        return phone_of_half(self.name)[0] or self.name.partition("/")[2].rpartition("-")[0]

    @property
    def is_trunk(self) -> bool:
        return self.party.startswith("trunk-")

    @property
    def is_phone(self) -> bool:
        if self.name.startswith("PJSIP/"):
            return not self.is_trunk
        return bool(phone_of_half(self.name)[0])


@dataclass(frozen=True)
class Visit:
    queue: str
    entered_at: float
    left_at: float | None
    outcome: str
    agent: str
    wait_seconds: float


@dataclass(frozen=True)
class Talk:
    agent: str
    phone: str
    queue: str
    started_at: float
    ended_at: float | None
    talk_seconds: float
    hold_seconds: float


@dataclass(frozen=True)
class TimelineEntry:
    at: float
    kind: str
    name: str = ""
    detail: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Leg:
    uniqueid: str
    channel: str
    party: str
    role: str
    agent: str
    started_at: float
    answered_at: float | None
    ended_at: float | None
    cause: str


@dataclass(frozen=True)
class CallBooks:
    """One call in full. `ended_at` None: still up, `outcome` is empty."""

    id: str
    direction: str
    caller_number: str
    caller_name: str
    dialed: str
    trunk: str
    started_at: float
    answered_at: float | None
    ended_at: float | None
    outcome: str
    ended_by: str
    queue: str
    agent: str
    wait_seconds: float
    talk_seconds: float
    hold_seconds: float
    recording: str
    legs: tuple[Leg, ...]
    visits: tuple[Visit, ...]
    talks: tuple[Talk, ...]
    timeline: tuple[TimelineEntry, ...]
