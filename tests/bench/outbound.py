"""A call centre that calls out, for benches: the loopback carrier plays town and agents' phones."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from callcenter.control import ControlClient
from callcenter.db.engine import sessions
from callcenter.demo.carrier import Carrier, SimulatedPhones
from callcenter.dialer.leads.campaigns import judge_and_set_state
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import (
    Agent,
    Phone,
    Prompt,
    Queue,
    QueueMembership,
    Site,
    Trunk,
    User,
)
from tests.campaigns import add_campaign
from tests.ports import free_port
from tests.stack import Stack, eventually

PROCESSES = ("controller", "ledger")
QUEUE = "sales"
TRUNK = "town"
TRUNK_CALLS = 400
RTP_PORTS = 1600
FIRST_EXTENSION = 300


class Outbound:
    """A context manager; `carrier_plays_agents` false: the bench brings phones of its own."""

    def __init__(
        self,
        home: Path,
        agents: int,
        wrap_up_seconds: int,
        *,
        carrier_plays_agents: bool,
        open_line: bool = False,
    ) -> None:
        self.extensions = [str(FIRST_EXTENSION + index) for index in range(agents)]
        port = free_port(socket.SOCK_DGRAM)
        self.stack = Stack(
            home, _site(self.extensions, wrap_up_seconds, port, open_line), PROCESSES,
            demo_sip_port=port, rtp_port_min=20_000, rtp_port_max=20_000 + RTP_PORTS - 1,
        )  # fmt: skip
        self._carrier_plays_agents, self._open_line = carrier_plays_agents, open_line
        self.carrier: Carrier | None = None

    def __enter__(self) -> Outbound:
        self.stack.__enter__()
        phones = self.stack.site.phones if self._carrier_plays_agents else ()
        self.carrier = Carrier(self.stack.settings, SimulatedPhones(tuple(phones)))
        self.carrier.start()
        self.stack.asterisk(f"pjsip qualify trunk-{TRUNK}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stack.__exit__(kind, error, trace)
        finally:
            if self.carrier is not None:
                self.carrier.stop()

    def seat_agents(self) -> None:
        eventually(self._registered, 30, "every phone to register")
        for extension in self.extensions:
            if self._open_line:
                self.stack.control("sign_in", agent=_agent(extension), phone=extension)
            else:
                self.stack.sign_in(_agent(extension), extension)
        eventually(lambda: self.states().count("ready") == len(self.extensions), 60, "all ready")

    def _registered(self) -> bool:
        shown = self.stack.asterisk("pjsip show contacts")
        return all(f" {each}/" in shown for each in self.extensions)

    def states(self) -> list[str]:
        """What each agent does now."""
        return [agent["state"] for agent in self.agents()]

    def agents(self) -> list[dict[str, Any]]:
        """As the floor shows them, in the order of their phones."""
        agents = self.stack.floor()["agents"]
        return [agents[_agent(each)] for each in self.extensions]

    def start(self, campaign: Campaign, numbers: Iterable[str]) -> None:
        with sessions(self.stack.engine).begin() as session:
            add_campaign(session, campaign, numbers)
        self.stack.launch("dialer")

    def pause(self, campaign: str) -> None:
        with sessions(self.stack.engine).begin() as session:
            judge_and_set_state(session, campaign, "paused", time.time())

    def board(self, campaign: str) -> dict[str, object]:
        client = ControlClient(self.stack.settings.dialer_socket)
        status = client.request("status", deadline_seconds=5)
        return dict(status["campaigns"].get(campaign, {"reason": status["why_not"]}))


def _site(extensions: list[str], wrap_up_seconds: int, port: int, open_line: bool) -> Site:
    return Site(
        name="Outbound bench",
        phones=tuple(Phone(extension, f"Desk {extension}") for extension in extensions),
        agents=tuple(
            Agent(_agent(each), f"Agent {each}", "4711", (QueueMembership(QUEUE),), open_line)
            for each in extensions
        ),
        users=(User("admin", "Admin", "admin"),),
        trunks=(Trunk(TRUNK, "Town", "127.0.0.2", port=port, max_calls=TRUNK_CALLS),),
        prompts=(Prompt("sorry", "This was Northwind Travel; call us back at 1555 0100."),),
        queues=(
            Queue(QUEUE, "Sales", "leastrecent", wrap_up_seconds=wrap_up_seconds, retry_seconds=1),
        ),
    )


def _agent(extension: str) -> str:
    return f"9{extension}"
