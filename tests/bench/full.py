"""What is measured: the whole call centre, with controller, FastAGI, ledger, jobs and web running.

Trunk → caller recognition → hours → menu → queue → agent → stereo recording → call record.
"""

from __future__ import annotations

import random
from datetime import time
from pathlib import Path
from types import TracebackType

from callcenter.domain.errors import Conflict
from callcenter.domain.site import (
    Agent,
    Did,
    Hours,
    Menu,
    MenuOption,
    OpeningRule,
    Phone,
    Prompt,
    Queue,
    QueueMembership,
    Site,
    Strategy,
    Trunk,
    User,
)
from callcenter.pbx import runtime
from callcenter.supervisor import pid_files
from tests.bench.bare import DID, RTP_PORTS
from tests.bench.traffic import CALLERS_HOST
from tests.stack import Stack, eventually

PROCESSES = ("controller", "agi", "ledger", "jobs", "web")


class Full:
    """A context manager; the phones get their secrets from the site."""

    did = DID
    queued_after = "pressed"

    def __init__(self, home: Path, extensions: list[str], strategy: Strategy) -> None:
        rtp = random.randrange(10_000, 20_000, 2)
        self._extensions = extensions
        self.stack = Stack(
            home,
            bench_site(extensions, strategy),
            processes=PROCESSES,
            rtp_port_min=rtp,
            rtp_port_max=rtp + RTP_PORTS - 1,
        )

    def __enter__(self) -> Full:
        self.stack.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stack.__exit__(kind, error, trace)

    @property
    def sip(self) -> tuple[str, int]:
        return "127.0.0.1", self.stack.settings.sip_port

    @property
    def phones(self) -> dict[str, str]:
        return {phone.extension: phone.secret for phone in self.stack.site.phones}

    def seat_agents(self) -> None:
        for extension in self._extensions:
            # A phone asked for a sign of life before SIPp listened is asked again after 30 s.
            eventually(lambda each=extension: self._seat(each), 60, f"agent at {extension}")
        eventually(
            lambda: (
                self.stack.asterisk("queue show support").count("PJSIP/") >= len(self._extensions)
            ),
            20,
            "every agent to be signed in",
        )

    def _seat(self, extension: str) -> bool:
        try:
            self.stack.control("sign_in", agent=_agent(extension), phone=extension)
        except Conflict:
            return False
        return True

    def pids(self) -> list[int]:
        """Asterisk and every Python process."""
        settings = self.stack.settings
        found = [runtime.running_pid(settings)]
        found += [pid_files.alive(settings, name) for name in PROCESSES]
        return [pid for pid in found if pid is not None]


def bench_site(extensions: list[str], strategy: Strategy) -> Site:
    """One queue; the agents sit at `extensions`."""
    always = OpeningRule(weekdays=tuple(range(7)), opens=time(0), closes=time(0))
    return Site(
        name="Bench",
        phones=tuple(Phone(extension, f"Desk {extension}") for extension in extensions),
        agents=tuple(
            Agent(_agent(each), f"Agent {each}", "4711", (QueueMembership("support"),))
            for each in extensions
        ),
        users=(User("admin", "Admin", "admin"),),
        trunks=(Trunk("carrier", "Carrier", CALLERS_HOST, max_calls=2000),),
        dids=(Did(DID, "Main", "hours:office"),),
        hours=(Hours("office", "Office", "menu:main", "hangup", (always,)),),
        prompts=(Prompt("welcome", "Welcome"),),
        menus=(
            Menu("main", "Main", "welcome", (MenuOption("1", "queue:support"),), wait_seconds=5),
        ),
        queues=(Queue("support", "Support", strategy, wrap_up_seconds=0, retry_seconds=1),),
    )


def _agent(extension: str) -> str:
    return f"9{extension}"
