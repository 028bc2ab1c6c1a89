"""Campaigns on a real stack: begun, paused, who is called, who serves, what the books say."""

from __future__ import annotations

import csv
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callcenter.control import ControlClient
from callcenter.db.campaign_store import load_campaigns
from callcenter.db.engine import sessions
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.figures import NEVER_PLACED
from callcenter.dialer.leads.campaigns import judge_and_set_state
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import Prompt, Site, Trunk
from tests.campaigns import add_campaign
from tests.pbx.conftest import seat
from tests.phones import Phone
from tests.ports import free_port
from tests.stack import Stack, eventually, write_tone


@contextmanager
def dialing_stack(
    home: Path, plain: Site, address: str, prompts: Sequence[str], processes: Sequence[str],
    database_url: str = "",
) -> Iterator[Stack]:  # fmt: skip
    """With the dialer, prompts to be known by their tones, and a trunk `persons` to `address`,
    behind which one phone of the tests is everybody."""
    port = free_port(socket.SOCK_DGRAM)
    site = replace(
        plain,
        trunks=(*plain.trunks, Trunk("persons", "Persons", address, port=port)),
        prompts=(*plain.prompts, *(Prompt(each, each.title()) for each in prompts)),
    )
    made = Stack(home, site, processes, database_url)
    made.bank.caller("127.0.0.1", "people", address=address, port=port)
    with made as stack:
        for name in prompts:
            write_tone(stack.settings.prompts / f"{name}.wav", stack.prompts_hz[name], seconds=2)
        stack.launch("dialer")
        yield stack


@contextmanager
def on_one_call(whole: Stack, people_answer: str) -> Iterator[Stack]:
    """Nobody on the line before and after; Cleo is signed in to support and sales, and ready."""
    seat(whole, "1003").set_answer("intercom")
    people(whole).set_answer(people_answer)
    wait_ready(whole)
    try:
        yield whole
    finally:
        pause_all(whole)
        whole.bank.hang_up_all()
        whole.wait_no_channels()


def start(stack: Stack, campaign: Campaign, numbers: Sequence[str]) -> None:
    with sessions(stack.engine).begin() as session:
        add_campaign(session, campaign, numbers)


def pause(stack: Stack, name: str) -> None:
    with sessions(stack.engine).begin() as session:
        judge_and_set_state(session, name, "paused", time.time())


def pause_all(stack: Stack) -> None:
    """Of a test that failed: they would dial on, as soon as there is a dialer again."""
    with sessions(stack.engine)() as session:
        running = [each.name for each in load_campaigns(session) if each.state == "running"]
    for name in running:
        pause(stack, name)


def attempts(stack: Stack, campaign: str) -> list[DialAttemptRow]:
    with sessions(stack.engine)() as session:
        query = select(DialAttemptRow).where(DialAttemptRow.campaign == campaign)
        return list(session.scalars(query.order_by(DialAttemptRow.number)))


def placed(stack: Stack, campaign: str) -> list[DialAttemptRow]:
    """Without those that Asterisk never had: on a busy machine a trunk or the floor may be away for
    a moment, and the dialer tries again."""
    return [row for row in attempts(stack, campaign) if row.outcome not in NEVER_PLACED]


def settled(stack: Stack, campaign: str, count: int) -> list[DialAttemptRow]:
    """By number. Of those that were placed."""

    def done() -> list[DialAttemptRow] | None:
        rows = [row for row in placed(stack, campaign) if row.outcome]
        return rows if len(rows) >= count else None

    return eventually(done, 30, f"{count} attempts of {campaign} to be settled") or []


def dialed(stack: Stack, campaign: str) -> Counter[str]:
    """Number → how many channels Asterisk made to dial it, as CEL has it."""
    lines = (stack.settings.asterisk_log / "cel-custom/cel.csv").read_text().splitlines()
    started = {row[10] for row in csv.reader(lines) if row[0] == "CHAN_START"}
    return Counter(row.number for row in attempts(stack, campaign) if row.call_id in started)


def wait_ready(stack: Stack, agent: str = "1003") -> None:
    eventually(lambda: stack.floor()["agents"][agent]["state"] == "ready", 15, f"{agent} ready")


def people(stack: Stack) -> Phone:
    """The phone that is everybody behind the trunk `persons`."""
    return stack.bank.phones["caller-1-people"]


def cleo(stack: Stack) -> Phone:
    return stack.bank.phones["203"]


_fresh = iter(range(1000, 2000))


def numbers(count: int) -> list[str]:
    """That nobody had before: how often one may be called a day is a rule."""
    return [f"+1555{next(_fresh)}" for _ in range(count)]


def board(stack: Stack, name: str = "") -> dict[str, Any]:
    """Of one campaign, or of all and what holds them."""
    shown = ControlClient(stack.settings.dialer_socket).request("status")
    found: dict[str, Any] = shown["campaigns"].get(name, {}) if name else shown
    return found
