"""What the dialer does once a second besides dialing: reads site and campaigns, settles, keeps its
decisions, finishes campaigns, gives leads back, begins the callbacks of agents.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from callcenter.dialing import finish, settle, store
from callcenter.dialing.history import settled_people
from callcenter.dialing.own_callbacks import dial_own_callbacks
from callcenter.domain.campaign import Campaign

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer

log = logging.getLogger(__name__)

LOOKING, SETTLING = "looking at campaigns", "settling"
SAVE_SECONDS = 10.0
FINISH_SECONDS = 60.0
# Between reserving and placing lies a moment, or a database that was away.
STRANDED_SECONDS = 60.0


class Upkeep:
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._site_version = -1  # not read yet
        self._saved: dict[str, tuple[float, str, int]] = {}
        self._finish_at: dict[str, float] = {}
        self._used_up_to: dict[str, int] = {}  # ids of leads, of looks that are not over
        self._given_back_at = 0.0
        self._counting = asyncio.Lock()  # or a call settled meanwhile counts twice, or not at all
        self.works: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            LOOKING: self._look,
            SETTLING: self._settle,
            "saving decisions": self._save,
            "finishing campaigns": self._finish,
            "giving back": self._give_back,
            "agents' callbacks": self._own_callbacks,
        }

    async def _look(self) -> None:
        dialer, now = self._dialer, time.time()
        site, self._site_version = await dialer.ask_database(
            store.site, dialer.sessions, self._site_version
        )
        dialer.site = site or dialer.site
        campaigns, unreadable = await dialer.ask_database(store.campaigns, dialer.sessions)
        aside = {each.name: each.why for each in unreadable if each.state == "running"}
        known = {each.name for each in unreadable} & dialer.campaigns.keys()
        as_before = {name: dialer.campaigns[name] for name in known}  # their calls go on
        dialer.campaigns = as_before | {each.name: each for each in campaigns}
        running = {each.name: each for each in campaigns if each.state == "running"}
        for name in dialer.at_work.keys() - running.keys():
            log.info("campaign_left", extra={"campaign": name})
            del dialer.at_work[name]
        for campaign in running.values():
            if why := await self._look_at(campaign, now):
                aside[campaign.name] = why
        for name, why in aside.items():
            if dialer.put_aside.get(name) != why:
                log.error("campaign_put_aside", extra={"campaign": name, "why": why})
        dialer.put_aside = aside
        dialer.looked()
        dialer.server.publish(dialer.board())

    async def _look_at(self, campaign: Campaign, now: float) -> str:
        """It joins, or is counted anew; why it cannot, which holds no other back."""
        dialer, work = self._dialer, self._dialer.at_work.get(campaign.name)
        try:
            if work is None:
                async with self._counting:
                    dialer.at_work[campaign.name] = await dialer.ask_database(
                        store.begin, dialer.sessions, campaign, now
                    )
                log.info("campaign_joined", extra={"campaign": campaign.name})
            elif work.campaign != campaign or store.is_stale(work, now, dialer.site):
                async with self._counting:
                    await dialer.ask_database(store.count, dialer.sessions, work, campaign, now)
        except SQLAlchemyError:
            raise
        except Exception as error:
            dialer.at_work.pop(campaign.name, None)
            if campaign.name not in dialer.put_aside:
                log.exception("campaign_broke", extra={"campaign": campaign.name})
            return f"this campaign cannot be dialed: {str(error)[:200]}"
        return ""

    async def _settle(self) -> None:
        dialer, now = self._dialer, time.time()
        told_until = await dialer.ask_database(dialer.books.look, dialer.sessions)
        dialer.calls.end_silent(now - settle.LOST_SECONDS, now)
        async with self._counting:
            settled = await dialer.ask_database(
                settle.settle_ended, dialer.sessions, dialer.settings.node, now, self._is_up,
                self._seen, told_until,
            )  # fmt: skip
            for each in settled:
                self._note_settled(each, now)
        await dialer.commands.give_back(now)

    def _note_settled(self, settled: settle.Settled, now: float) -> None:
        dialer = self._dialer
        call = dialer.calls.get(settled.call)
        if call is not None:  # its end was not heard
            dialer.calls.end(call, now)
        dialer.calls.settled(settled.attempt)
        work = dialer.at_work.get(settled.campaign)
        if work is not None:
            people, abandoned = settled_people(
                settled.became, settled.mode, work.campaign.patience_seconds
            )
            work.budget = work.budget.plus(people, abandoned)

    async def _finish(self) -> None:
        dialer, now = self._dialer, time.time()
        for name in list(dialer.at_work):
            if now < self._finish_at.setdefault(name, now + FINISH_SECONDS):
                continue
            after = self._used_up_to.pop(name, 0)
            looked = await dialer.ask_database(finish.finish, dialer.sessions, name, now, after)
            if looked.why:
                dialer.at_work.pop(name, None)
            if looked.after:  # the rest a second later: a long list holds nobody up
                self._used_up_to[name] = looked.after
            else:
                self._finish_at[name] = now + FINISH_SECONDS

    async def _give_back(self) -> None:
        dialer, now = self._dialer, time.time()
        if 0 <= now - self._given_back_at < STRANDED_SECONDS:
            return
        self._given_back_at = now
        freed = await dialer.ask_database(
            settle.settle_never_sent, dialer.sessions, dialer.settings.node, now,
            older_seconds=STRANDED_SECONDS, kept=dialer.commands.offered(),
        )  # fmt: skip
        if freed:
            log.warning("attempts_given_back", extra={"attempts": freed})

    async def _own_callbacks(self) -> None:
        await dial_own_callbacks(self._dialer)

    def _is_up(self, call: str) -> bool:
        return call in self._dialer.calls

    def _seen(self, attempt: str) -> Mapping[str, float]:
        """Instants that CEL does not have."""
        call = self._dialer.calls.seen(attempt)
        return {"ringing_at": call.ringing_at} if call and call.ringing_at else {}

    async def _save(self) -> None:
        """One row a campaign each ten seconds, or when the reason is another."""
        now, rows = time.time(), []
        for name, work in self._dialer.at_work.items():
            saved_at, reason, dialed = self._saved.get(name, (0.0, "", 0))
            if reason == work.decision.reason and 0 <= now - saved_at < SAVE_SECONDS:
                continue
            rows.append(store.decision_row(work, work.dialed - dialed, now))
            self._saved[name] = (now, work.decision.reason, work.dialed)
        if rows:
            await self._dialer.ask_database(store.save_decisions, self._dialer.sessions, rows)
