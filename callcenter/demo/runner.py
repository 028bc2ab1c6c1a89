"""The demo at work: places the callers' calls and does what the simulated agents decide."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from random import Random
from threading import Event
from typing import Any

from callcenter.control import ControlClient
from callcenter.demo.call_file import call_in, phone_dials
from callcenter.demo.callers import Callers
from callcenter.demo.carrier import Carrier, SimulatedPhones, pbx_host
from callcenter.demo.directory import people
from callcenter.demo.rate import read_rate
from callcenter.demo.site import SIMULATED_AGENTS, SUPERVISOR_PHONE
from callcenter.demo.staff import Pause, SignIn, Staff, StaffCommand, Unpause
from callcenter.domain.errors import CallcenterError
from callcenter.domain.site import Site
from callcenter.settings import Settings

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
LOOK_SECONDS = 2.0  # between looks at the floor
SIGN_IN_CODE = "*11"
BY = "demo"


@dataclass(frozen=True)
class DemoOptions:
    """`seed` names the afternoon; `time_scale` below 1 makes everyone hurry."""

    calls_per_minute: float
    seed: int | None = None
    time_scale: float = 1.0


class Demo:
    """Call `run(stop)` from one thread; it returns once `stop` is set and nothing is left."""

    def __init__(self, settings: Settings, site: Site, options: DemoOptions) -> None:
        self._settings = settings
        self._options = options
        self._control = ControlClient(settings.control_socket)
        self._pins = {agent.number: agent.pin for agent in site.agents}
        self.carrier = Carrier(settings, simulated_phones(site), time_scale=options.time_scale)
        random = Random(options.seed)  # noqa: S311 - a play, not a secret
        now = time.monotonic()
        self._callers = Callers(random, people(), options.calls_per_minute, now)
        # Staff draw from their own stream: when they look must not change who calls.
        self._staff = Staff(Random(options.seed), SIMULATED_AGENTS, options.time_scale)  # noqa: S311
        self._signed_in_by_phone: set[str] = set()
        self._met: set[str] = set()  # calls whose caller was told that a visitor answered
        self._look_at = now

    def run(self, stop: Event) -> None:
        """Raises Unavailable when the carrier cannot be started."""
        try:
            while not stop.is_set():
                self._keep_carrier_running()
                now = time.monotonic()
                self._place_calls(now)
                self._look_at_the_floor(now)
                stop.wait(TICK_SECONDS * min(1.0, self._options.time_scale))
        finally:
            self.carrier.stop()

    def _keep_carrier_running(self) -> None:
        if not self.carrier.running:
            self.carrier.start()
            log.info("carrier_started", extra={"sip_port": self._settings.demo_sip_port})

    def _place_calls(self, now: float) -> None:
        asked = read_rate(self._settings)
        if asked is not None and asked != self._callers.calls_per_minute:
            self._callers.change_rate(asked, now)
            log.info("demo_rate_changed", extra={"calls_per_minute": asked})
        for plan in self._callers.due(now):
            self.carrier.place(call_in(plan, time_scale=self._options.time_scale))

    def _look_at_the_floor(self, now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        try:
            floor = self._floor()
            for command in self._staff.decide(now, floor.get("agents", {})):
                self._carry_out(command)
            self._introduce(floor.get("calls", {}))
        except CallcenterError as error:
            # The controller may be down or starting; calls go on without it.
            log.debug("demo_staff_waits", extra={"why": str(error)})

    def _introduce(self, calls: dict[str, Any]) -> None:
        """Callers cannot hear who answers: those whom a visitor's phone took are told."""
        met = {each["id"]: each["caller_number"] for each in calls.values() if met_visitor(each)}
        for call in met.keys() - self._met:
            self.carrier.meet(met[call])
        self._met = set(met)

    def _floor(self) -> dict[str, Any]:
        stream = self._control.subscribe()
        try:
            snapshot = next(stream)
        finally:
            stream.close()  # type: ignore[attr-defined]
        connected = snapshot.get("pbx", {}).get("connected", False)
        return dict(snapshot) if connected else {}

    def _carry_out(self, command: StaffCommand) -> None:
        match command:
            case SignIn(agent, phone):
                self._sign_in(agent, phone)
            case Pause(agent, reason):
                self._control.request("pause", {"agent": agent, "reason": reason}, by=BY)
            case Unpause(agent):
                self._control.request("unpause", {"agent": agent}, by=BY)

    def _sign_in(self, agent: str, phone: str) -> None:
        """From the phone, as people do; when that did not show, through the controller."""
        if agent in self._signed_in_by_phone:
            self._control.request("sign_in", {"agent": agent, "phone": phone}, by=BY)
            return
        self._signed_in_by_phone.add(agent)
        pbx = f"{pbx_host(self._settings)}:{self._settings.sip_port}"
        digits = f"{agent}#ww{self._pins[agent]}#"
        self.carrier.place(phone_dials(phone, SIGN_IN_CODE, digits, pbx))


def met_visitor(call: dict[str, Any]) -> bool:
    """A caller from the town talks to a phone that the demo does not play."""
    return (
        call["state"] == "talking"
        and call["direction"] == "inbound"
        and bool(call["phone"])
        and call["phone"] not in SIMULATED_AGENTS.values()
        and str(call["caller_number"]).isdecimal()
        and str(call["caller_number"]).isascii()
    )


def simulated_phones(site: Site) -> SimulatedPhones:
    """The phones of `site` that the demo plays; a site of one's own may have none of them."""
    played = set(SIMULATED_AGENTS.values())
    return SimulatedPhones(
        agents=tuple(phone for phone in site.phones if phone.extension in played),
        listeners=tuple(phone for phone in site.phones if phone.extension == SUPERVISOR_PHONE),
    )
