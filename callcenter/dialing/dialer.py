"""The dialer at work: looks at the floor twice a second, decides, places, and settles.

Two threads of database work and one event loop. Nothing is dialed while the floor, Asterisk or the
database cannot be read, and the board says which.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from callcenter.control.server import ControlServer
from callcenter.db.engine import open_engine, sessions
from callcenter.dialer.pacing.snapshot import Decision
from callcenter.dialing import place, settle, store
from callcenter.dialing.books_read import BooksRead
from callcenter.dialing.calls_up import CallsUp, CallUp, Phase
from callcenter.dialing.campaigns import AtWork, not_dialed
from callcenter.dialing.clock_watch import ClockWatch
from callcenter.dialing.commands import Commands
from callcenter.dialing.decide import decide
from callcenter.dialing.floor_watch import FloorWatch
from callcenter.dialing.looking import Looking
from callcenter.dialing.recover import calls_now
from callcenter.dialing.sending import Sending
from callcenter.dialing.upkeep import LOOKING, SETTLING, Upkeep
from callcenter.domain.agent_guaranteed import agent_guaranteed
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import CallcenterError
from callcenter.domain.site import Site
from callcenter.pbx import originate
from callcenter.pbx.connection import AmiTelephony
from callcenter.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")
TICK_SECONDS = 0.5
LOOK_SECONDS = 1.0  # at campaigns, at calls to settle, for the board
STALE_SECONDS = 10.0
# Works without which the state of the rules is not known, and what is said before they were done.
NOT_READ_YET = {
    LOOKING: "campaigns and rules were not read yet",
    SETTLING: "what became of the last calls was not read yet",
}


class Dialer:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._engine = open_engine(settings.database)
        self.sessions = sessions(self._engine)
        self._database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="database")
        self.calls = CallsUp(self._phase_changed, self._call_ended)
        self.at_work: dict[str, AtWork] = {}
        self.campaigns: dict[str, Campaign] = {}  # all there are, as they were last readable
        self.put_aside: dict[str, str] = {}  # running ones that cannot be dialed at all, and why
        self.site = Site()
        self.floor = FloorWatch(settings.control_socket, self._agent_left_soon)
        self.telephony = AmiTelephony(
            settings.ami_port, settings.ami_user, settings.ami_secret,
            self.calls.take, self._link_up, self._link_down,
        )  # fmt: skip
        self.books = BooksRead(settings)
        self.sending = Sending(self)
        self.looking = Looking(self)
        self.commands = Commands(self)
        self.server = ControlServer(settings.dialer_socket, self.commands.execute, self.board)
        self._link = False
        self._recovered = False
        self._given_back = False
        self._upkeep = Upkeep(self)
        self._problems = dict(NOT_READ_YET)  # by work
        self._clock = ClockWatch()
        self._looked_at = 0.0  # monotonic; at campaigns
        self._serial = 0
        self._version = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- life ----------------------------------------------------------------------------------
    async def start(self) -> None:
        """Raises Conflict when a dialer of this installation runs already."""
        self._loop = asyncio.get_running_loop()
        await self.server.start()
        self.floor.start()
        self.telephony.start()
        self.keep(self._every(TICK_SECONDS, "dialing", self._tick))
        for what, work in self._upkeep.works.items():
            self.keep(self._every(LOOK_SECONDS, what, work))
        log.info("dialer_started", extra={"socket": str(self.settings.dialer_socket)})

    async def stop(self) -> None:
        """Calls that are up go on: they are the dialplan's."""
        self.floor.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.telephony.stop()
        await self.server.stop()
        self._database.shutdown(wait=True)
        self._engine.dispose()
        log.info("dialer_stopped")

    def keep(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask_database(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        return await self._loop.run_in_executor(self._database, lambda: work(*arguments, **named))

    async def _every(
        self, seconds: float, what: str, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """For ever; a database that is away stops dialing and nothing else."""
        while True:
            began, problem = time.monotonic(), ""
            try:
                await work()
            except SQLAlchemyError as error:
                problem = "the database does not answer, so no rule can be read"
                log.warning("dialer_waits", extra={"doing": what, "why": str(error)[:200]})
            except CallcenterError as error:
                problem = f"{what}: {error}"
                log.warning("dialer_refused", extra={"doing": what, "why": str(error)})
            except Exception:  # one campaign's mistake must not end the others' calls
                problem = f"{what} broke; the dialer's log says how"
                log.exception("dialer_broke", extra={"doing": what})
            if what in NOT_READ_YET:
                self._problems[what] = problem
            await asyncio.sleep(max(0.05, seconds - (time.monotonic() - began)))

    # -- the link to Asterisk ------------------------------------------------------------------
    def _link_up(self) -> None:
        self._link, self._recovered = True, False
        self.keep(self._recover())

    def _link_down(self) -> None:
        self._link = self._recovered = False
        log.warning("dialer_lost_pbx")

    async def _recover(self) -> None:
        """Calls of an earlier dialer, or that changed while the link was down."""
        while self._link and not self._recovered:
            try:
                if not self._given_back:
                    freed = await self.ask_database(
                        settle.settle_never_sent, self.sessions, self.settings.node, time.time()
                    )
                    self._given_back = True
                    log.info("attempts_given_back", extra={"attempts": freed})
                await calls_now(self)
                self._recovered = True
            except (CallcenterError, SQLAlchemyError) as error:
                log.warning("dialer_recovers", extra={"why": str(error)[:200]})
                await asyncio.sleep(1)

    def why_blind(self) -> str:
        """Why it is not known who calls and who is free; empty: it is."""
        if not self._link:
            return "Asterisk is not reachable"
        if not self._recovered:
            return "calls of before are being looked at"
        return self.floor.why_unusable()

    def why_not(self) -> str:
        """Why nothing may be dialed now; empty: it may."""
        if not self._link or not self._recovered:
            return self.why_blind()
        problem = next(filter(None, self._problems.values()), "")
        now = time.monotonic()
        if now - self._looked_at > STALE_SECONDS:
            return problem or "campaigns and rules could not be read for a while"
        return (
            self.floor.why_unusable() or problem or self.books.why_behind()
            or self._clock.why_doubted(now)
        )  # fmt: skip

    def looked(self) -> None:
        """Campaigns and rules were read just now."""
        self._looked_at = time.monotonic()

    @property
    def link_up(self) -> bool:
        return self._link

    # -- what is heard -------------------------------------------------------------------------
    def next_number(self) -> int:
        self._serial += 1
        return self._serial

    def _phase_changed(self, call: CallUp, before: Phase, at: float) -> None:
        work = self.at_work.get(call.campaign)
        if work is None:
            return
        work.held = (0.0, "")  # Asterisk places calls again
        if call.phase == "machine" and work.campaign.machine_action == "agent":
            return  # it enters the queue in a moment, and needs an agent as a person does
        if before in ("detecting", "machine") or call.phase == "machine":
            work.learned.verdict(person=call.phase != "machine")
        if call.phase == "machine":
            work.learned.answers.ended(call.number, at)
        elif call.phase in ("waiting", "talking", "message"):
            work.learned.answers.answered(call.number, at)

    def _call_ended(self, call: CallUp) -> None:
        work = self.at_work.get(call.campaign)
        if work is not None:
            work.learned.answers.ended(call.number, call.ended_at or time.time())

    def _agent_left_soon(self, agent: str, state: str, seconds: float) -> None:
        self._loop.call_soon_threadsafe(self._agent_left, agent, state, seconds)

    def _agent_left(self, agent: str, state: str, seconds: float) -> None:
        queues = self.floor.agents.get(agent, {}).get("queues", ())
        for work in self.at_work.values():
            if work.campaign.queue not in queues:
                continue
            if state == "talking":
                work.learned.handling.talk.ended(seconds)
            elif state == "wrap_up":
                work.learned.handling.wrap_up.ended(seconds)

    # -- dialing -------------------------------------------------------------------------------
    async def _tick(self) -> None:
        self._clock.look(time.time(), time.monotonic())
        why = self.why_not()
        now = time.time()
        self.looking.note_arrivals(now)
        ordered = sorted(
            self.at_work.values(), key=lambda each: (-each.campaign.priority, each.campaign.name)
        )
        for work in ordered:
            if why:
                work.decision = Decision(0, why)
            else:
                await self._work_on_guarded(work)

    async def _work_on_guarded(self, work: AtWork) -> None:
        """One campaign's mistake must not end the others' calls; a database that is away does."""
        try:
            await self._work_on(work)
        except SQLAlchemyError:
            raise
        except Exception as error:
            work.decision = Decision(0, f"this campaign cannot be dialed: {str(error)[:200]}")
            log.exception("campaign_broke", extra={"campaign": work.campaign.name})

    async def _work_on(self, work: AtWork) -> None:
        campaign, now = work.campaign, time.time()
        problem = store.why_unfit(campaign, self.site) or self._why_held(work, now)
        if problem:
            work.decision = Decision(0, problem)
            return
        seen = self.looking.look(work, now)
        work.decision = decide(campaign, seen, work.learned, work.inbound_per_second)
        allowed = min(work.decision.dial, work.rate.allows(campaign.max_calls_per_second, now))
        if allowed > 0:
            await self._place(work, 1 if work.held[1] else allowed)

    def _why_held(self, work: AtWork, now: float) -> str:
        until, why = work.held
        trunk = self.floor.trunks.get(work.campaign.trunk, {})
        if trunk.get("state") == "down":
            return f"the trunk {work.campaign.trunk} is down"
        return why if now < until else ""

    async def _place(self, work: AtWork, count: int) -> None:
        campaign = work.campaign
        work.placing = count
        try:
            orders = await self.ask_database(
                place.take, self.sessions, campaign, count, time.time, self.settings.node,
                work.hopper, agent_guaranteed=agent_guaranteed(campaign, self.site),
            )  # fmt: skip
        finally:
            work.placing = 0
        work.rate.used(len(orders), time.time())
        if not orders:
            work.decision = Decision(0, "no lead may be called now")
        for order in orders:
            self.sending.send(campaign, order, originate.to_lead)

    def board(self) -> dict[str, Any]:
        """For the page."""
        self._version += 1
        return {
            "type": "snapshot",
            "version": self._version,
            "at": time.time(),
            "why_not": self.why_not(),
            "campaigns": {
                **{name: work.message(self.calls) for name, work in self.at_work.items()},
                **{name: not_dialed(name, why) for name, why in self.put_aside.items()},
            },
            "winding_down": {
                name: self.calls.shown(name)
                for name in {call.campaign for call in self.calls.all()} - self.at_work.keys()
            },
        }
