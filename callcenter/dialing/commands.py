"""What the page asks of the dialer. `_table` is the map (docs/architecture.md)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callcenter.control.protocol import Message, Request, text, whole
from callcenter.dialer.leads.reserve import Reservation
from callcenter.dialing import by_hand, place, store
from callcenter.dialing.campaigns import AtWork
from callcenter.dialing.place import Order
from callcenter.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from callcenter.pbx import originate

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer

log = logging.getLogger(__name__)

OFFERED_SECONDS = 900.0
FREE_FOR_A_CALL = ("ready", "paused", "wrap_up")
_QUESTIONS = ("status", "awaited")


@dataclass(frozen=True)
class _Offer:
    lead: Reservation
    agent: str
    at: float


class Commands:
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._offered: dict[str, _Offer] = {}  # by attempt: shown to an agent, not dialed yet
        self._taking = asyncio.Lock()  # or a second click takes a second lead meanwhile
        # The floor shows a busy agent a moment late: a second click must not dial a second lead.
        self._dialing: set[str] = set()
        self._placed: dict[str, str] = {}  # agent → the call placed last
        self._table: dict[str, Callable[[Request], Awaitable[Message]]] = {
            "status": self._status,
            "next_lead": self._next_lead,
            "skip": self._skip,
            "dial": self._dial,
            "awaited": self._awaited,
        }

    async def execute(self, request: Request) -> Message:
        """Raises a domain error."""
        run = self._table.get(request.command)
        if run is None:
            known = ", ".join(sorted(self._table))
            raise InvalidInput(f"There is no command {request.command!r}; known are {known}.")
        result = await run(request)
        if request.command not in _QUESTIONS:
            log.info("command_done", extra={"command": request.command, "by": request.by})
        return result

    def offered(self) -> frozenset[str]:
        """Attempts that agents look at."""
        return frozenset(self._offered)

    async def give_back(self, now: float) -> None:
        """Leads that an agent was shown and did nothing with."""
        for attempt, offered in list(self._offered.items()):
            if now - offered.at > OFFERED_SECONDS:
                del self._offered[attempt]
                dialer = self._dialer
                await dialer.ask_database(
                    by_hand.skip, dialer.sessions, offered.lead, "nobody decided", now
                )

    async def _status(self, request: Request) -> Message:
        return self._dialer.board()

    async def _awaited(self, request: Request) -> Message:
        """`{agents: {number: when they asked to pause}}`."""
        dialer, asked = self._dialer, request.arguments.get("agents")
        if not isinstance(asked, dict):
            raise InvalidInput("awaited needs 'agents': number → when they asked.")
        why = dialer.why_blind()
        if why:
            raise Unavailable(f"Nobody knows who is awaited: {why}.")
        times = {str(agent): float(at) for agent, at in asked.items()}
        return {"until": dialer.looking.awaited(times, time.time())}

    async def _next_lead(self, request: Request) -> Message:
        """Reserves a lead for the agent to look at; `{}` when none may be called now."""
        async with self._taking:
            return await self._take_next(self._campaign(request), text(request, "agent"))

    async def _take_next(self, work: AtWork, agent: str) -> Message:
        for attempt, offered in self._offered.items():
            if (offered.agent, offered.lead.campaign) == (agent, work.campaign.name):
                return _shown(attempt, offered.lead)
        dialer, now = self._dialer, time.time()
        taken = await dialer.ask_database(
            by_hand.reserve_next, dialer.sessions, work.campaign, agent, now,
            dialer.settings.node, work.hopper,
        )  # fmt: skip
        if taken is None:
            return {}
        self._offered[taken.attempt_id] = _Offer(taken, agent, now)
        return _shown(taken.attempt_id, taken)

    async def _skip(self, request: Request) -> Message:
        attempt, reason = text(request, "attempt"), text(request, "reason")
        offered = self._offered.get(attempt)
        if offered is None or offered.agent != text(request, "agent"):
            raise NotFound("This lead is not before you any more. Take the next one.")
        del self._offered[attempt]
        dialer = self._dialer
        await dialer.ask_database(by_hand.skip, dialer.sessions, offered.lead, reason, time.time())
        return {}

    async def _dial(self, request: Request) -> Message:
        """`{attempt}` of `next_lead`, `{campaign, lead}` or `{campaign, number}`; and `agent`."""
        agent = text(request, "agent")
        phone, open_line = self._phone_of(agent)
        why = self._dialer.why_not()
        if why:
            raise Unavailable(f"Nothing can be dialed now: {why}.")
        if agent in self._dialing or self._placed.get(agent, "") in self._dialer.calls:
            raise Conflict(f"Agent {agent} is dialing already. Finish that call first.")
        self._dialing.add(agent)
        try:
            return await self._dial_for(request, agent, phone, open_line)
        finally:
            self._dialing.discard(agent)

    async def _dial_for(self, request: Request, agent: str, phone: str, open_line: bool) -> Message:
        work, order = await self._order(request, agent)
        lines = self._dialer.looking.trunk(work.campaign)[0]

        def make(campaign: Any, placing: originate.Placing) -> Any:
            return originate.from_agent(campaign, placing, phone, lines, open_line)

        self._dialer.sending.send(work.campaign, order, make, by_hand=True)
        self._placed[agent] = order.placing.call
        return {"attempt": order.placing.attempt, "call": order.placing.call}

    async def _order(self, request: Request, agent: str) -> tuple[AtWork, Order]:
        dialer, now, node = self._dialer, time.time(), self._dialer.settings.node
        attempt = text(request, "attempt", required=False)
        offered = self._offered.get(attempt)
        if offered is not None and offered.agent == agent:
            del self._offered[offered.lead.attempt_id]
            work = self._work(offered.lead.campaign)
            return work, await self._cleared(work, offered.lead, agent)
        if attempt:
            raise NotFound("This lead is not before you any more. Take the next one.")
        work = self._campaign(request)
        number = text(request, "number", required=False)
        if number:
            order = await dialer.ask_database(
                place.number_by_hand, dialer.sessions, work.campaign, number, agent, now, node
            )
            return work, order
        taken = await dialer.ask_database(
            by_hand.reserve_this, dialer.sessions, work.campaign, whole(request, "lead"), agent,
            now, node,
        )  # fmt: skip
        if taken is None:
            raise Conflict("This lead may not be called now; its page says why.")
        return work, await self._cleared(work, taken, agent)

    async def _cleared(self, work: AtWork, taken: Reservation, agent: str) -> Order:
        dialer = self._dialer
        orders = await dialer.ask_database(
            place.clear, dialer.sessions, work.campaign, [taken], time.time, dialer.settings.node,
            agent=agent, agent_guaranteed=True,
        )  # fmt: skip
        if not orders:
            raise Conflict("A rule forbids this call by now; the lead's page says which.")
        return orders[0]

    def _phone_of(self, agent: str) -> tuple[str, bool]:
        """The phone, and whether it is up on an open line."""
        shown = self._dialer.floor.agents.get(agent)
        if shown is None or not shown["phone"]:
            raise Conflict(f"Agent {agent} is not signed in at a phone. Sign in first.")
        if shown["state"] not in FREE_FOR_A_CALL:
            raise Conflict(f"Agent {agent} is {shown['state'].replace('_', ' ')}. Finish first.")
        return str(shown["phone"]), bool(shown.get("open_line"))

    def _campaign(self, request: Request) -> AtWork:
        return self._work(text(request, "campaign"))

    def _work(self, name: str) -> AtWork:
        work = self._dialer.at_work.get(name)
        if work is None:
            why = self._dialer.put_aside.get(name, "it is not running; start it first")
            raise Conflict(f"Nothing is dialed in campaign {name}: {why}.")
        why = store.why_unfit(work.campaign, self._dialer.site)
        if why:  # now, for a lead that is written down as placed and never sent is lost
            raise Conflict(f"Campaign {name} cannot dial: {why}.")
        return work

    def taken(self) -> frozenset[str]:
        """Agents who dial or were dialed for, whether or not the floor shows it yet."""
        up = {agent for agent, call in self._placed.items() if call in self._dialer.calls}
        return frozenset(self._dialing | up)


def _shown(attempt: str, offered: Reservation) -> Message:
    return {
        "attempt": attempt,
        "campaign": offered.campaign,
        "lead": offered.lead_id,
        "number": offered.number,
        "values": dict(offered.lead.values),
    }
