"""`callcenter run controller`: one event loop, from Asterisk's link to the control socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from callcenter.control.protocol import Message
from callcenter.control.serve import serve_until_stopped
from callcenter.control.server import ControlServer
from callcenter.controller.commands import Commands
from callcenter.controller.config import config_commands
from callcenter.controller.live_floor import LiveFloor
from callcenter.controller.membership import Membership
from callcenter.controller.pausing import Pausing
from callcenter.controller.site import SiteSource, watch
from callcenter.controller.today import counts_of_ledger
from callcenter.domain.events import Event, PauseAsked
from callcenter.domain.floor_plan import FloorPlan
from callcenter.pbx.connection import AmiTelephony
from callcenter.settings import Settings

log = logging.getLogger(__name__)


def main(settings: Settings) -> int:
    return serve_until_stopped(lambda: Controller(settings), "controller_refused")


class Controller:
    """The parts and their wiring."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._site = SiteSource(settings)
        self.live = LiveFloor(FloorPlan(), self._publish, counts_of_ledger(self._site.sessions))
        self.telephony = AmiTelephony(
            settings.ami_port,
            settings.ami_user,
            settings.ami_secret,
            self._heard,
            self.live.link_up,
            self.live.link_down,
        )
        self._membership = Membership(self.live, self.telephony)
        self._pausing = Pausing(
            self.live, self.telephony, settings.dialer_socket, settings.pauses_to_come
        )
        commands = Commands(
            self.live, self.telephony, self._pausing, config_commands(settings, self._site.load)
        )
        self.server = ControlServer(settings.control_socket, commands.execute, self.live.snapshot)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises Conflict when a controller runs already."""
        await self._read_site()
        await self.server.start()
        self.live.start(self.telephony)
        self.telephony.start()
        self._keep(watch(self._settings.generated, self._site_changed))
        self._keep(self._membership.align_at_start())
        self._keep(self._pausing.watch())
        log.info("controller_started", extra={"socket": str(self._settings.control_socket)})

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.telephony.stop()
        await self.live.stop()
        await self.server.stop()
        log.info("controller_stopped")

    def _heard(self, event: Event) -> None:
        if isinstance(event, PauseAsked):
            self._keep(self._pausing.by_phone(event))
        else:
            self.live.enqueue(event)

    def _publish(self, message: Message) -> None:
        self.server.publish(message)

    def _site_changed(self) -> None:
        self._keep(self._take_site())

    async def _take_site(self) -> None:
        await self._read_site()
        await self._membership.align()

    async def _read_site(self) -> None:
        self.live.lay_out(await self._site.plan_or(self.live.floor.plan))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
