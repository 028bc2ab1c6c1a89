"""Callbacks that agents promised to make themselves, in campaigns that dial by themselves: as soon
as one is due and its agent is free, their phone answers by itself and the lead rings.

In campaigns that agents dial by hand they come first when the agent asks for the next lead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, sessionmaker

from callcenter.control.protocol import Request
from callcenter.dialer.leads.callbacks import due
from callcenter.dialing import store
from callcenter.dialing.campaigns import AtWork
from callcenter.domain.campaign import MODES_WITH_AGENTS, Campaign
from callcenter.domain.errors import CallcenterError

if TYPE_CHECKING:
    from callcenter.dialing.dialer import Dialer

log = logging.getLogger(__name__)

KEPT_OUT_SECONDS = 3.0  # until the next look, a second later


async def dial_own_callbacks(dialer: Dialer) -> None:
    """One for each free agent at most; what a rule forbids is put aside until it may be due."""
    if dialer.why_not():
        return
    for work in list(dialer.at_work.values()):
        agents = _free_agents(dialer, work)
        if not agents:
            continue
        due = await dialer.ask_database(
            due_of_agents, dialer.sessions, work.campaign, agents, time.time()
        )
        for agent, lead in due.items():
            if _others_are_enough(dialer, work, agent):
                await _dial(dialer, work.campaign, agent, lead)


def due_of_agents(
    sessions: sessionmaker[Session], campaign: Campaign, agents: Collection[str], now: float
) -> dict[str, int]:
    """Agent → the lead whose callback by this agent has been due longest."""
    first: dict[str, int] = {}
    with sessions() as session:
        for agent, lead in session.execute(due(campaign.name, now, agents)):
            first.setdefault(agent, lead)
    return first


def _free_agents(dialer: Dialer, work: AtWork) -> list[str]:
    campaign = work.campaign
    if work.by_hand or campaign.mode not in MODES_WITH_AGENTS or time.time() < work.held[0]:
        return []
    if store.why_unfit(campaign, dialer.site):
        return []
    return [
        number
        for number, shown in dialer.floor.agents.items()
        if shown["state"] == "ready"
        and shown["phone"]
        and campaign.queue in shown["queues"]
        and not shown.get("pausing")
    ]


def _others_are_enough(dialer: Dialer, work: AtWork, agent: str) -> bool:
    """Progressive dialing keeps an agent for each call: the one who is to make a callback is kept
    out of the count, and goes when those whom it called have others. Waits a ringing at most."""
    if work.campaign.mode != "progressive":
        return True
    now = time.time()
    dialer.looking.keep_out(agent, now + KEPT_OUT_SECONDS)
    seen = dialer.looking.look(work, now)
    return seen.in_flight <= seen.agents_ready


async def _dial(dialer: Dialer, campaign: Campaign, agent: str, lead: int) -> None:
    wanted = {"agent": agent, "campaign": campaign.name, "lead": lead}
    try:
        await dialer.commands.execute(Request("dial", wanted, by="dialer"))
    except CallcenterError as error:
        log.info("callback_waits", extra={"agent": agent, "lead": lead, "why": str(error)})
