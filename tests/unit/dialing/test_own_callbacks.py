"""A callback that an agent promised to make is made in a campaign that dials by itself, too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base, CallbackRow, LeadRow
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.leads import do_not_call
from callcenter.dialing import store
from callcenter.dialing.commands import Commands
from callcenter.dialing.own_callbacks import dial_own_callbacks
from callcenter.domain.campaign import Campaign
from callcenter.domain.site import Queue, Site, Trunk
from tests.campaigns import add_campaign

SITE = Site(
    queues=(Queue("sales", "Sales"),), trunks=(Trunk("town", "Town", "192.0.2.1", max_calls=10),)
)
ANN, BO = "1001", "1002"


@pytest.fixture
def dialer(tmp_path: Path) -> Iterator[Any]:
    engine = open_engine(f"sqlite:///{tmp_path / 'dialer.sqlite'}")
    Base.metadata.create_all(engine)
    made, sent, up = sessions(engine), [], set()
    campaign = Campaign("fast", "Fast", "sales", state="running", trunk="town", rules="none")
    with made.begin() as session:
        saved = add_campaign(session, campaign, ["+12025550100", "+12025550101", "+12025550102"])

    async def ask_database(work: Any, *arguments: Any, **named: Any) -> Any:
        return work(*arguments, **named)

    def send(_campaign: Campaign, order: Any, _make: Any, *, by_hand: bool) -> None:
        assert by_hand
        sent.append(order.lead)
        up.add(order.placing.call)

    agents = {
        number: {"phone": f"2{number[-2:]}", "state": "ready", "queues": ["sales"]}
        for number in (ANN, BO)
    }
    found = SimpleNamespace(
        sessions=made, settings=SimpleNamespace(node="pbx1"), ask_database=ask_database,
        at_work={"fast": store.begin(made, saved, 1.0)}, floor=SimpleNamespace(agents=agents),
        why_not=lambda: "", calls=up, sent=sent, sending=SimpleNamespace(send=send),
        looking=SimpleNamespace(trunk=lambda _campaign: (10, 0)), site=SITE,
    )  # fmt: skip
    found.commands = Commands(found)
    yield found
    engine.dispose()


def promise(dialer: Any, lead: int, agent: str, due_at: float) -> None:
    with dialer.sessions.begin() as session:
        session.add(
            CallbackRow(lead_id=lead, campaign="fast", agent=agent, due_at=due_at, made_at=1.0)
        )


def test_each_free_agent_is_given_the_one_due_longest(dialer: Any) -> None:
    now = time.time()
    promise(dialer, 1, ANN, now - 60)
    promise(dialer, 2, ANN, now - 600)
    with dialer.sessions.begin() as session:
        session.get_one(LeadRow, 2).state = "done"  # the promise outlives it
    promise(dialer, 3, BO, now + 600)  # not yet
    asyncio.run(dial_own_callbacks(dialer))
    assert dialer.sent == [2]
    assert dialer.commands.taken() == {ANN}
    with dialer.sessions() as session:  # the agent's phone is dialed first
        assert session.scalars(select(DialAttemptRow.mode)).all() == ["manual"]
    asyncio.run(dial_own_callbacks(dialer))
    assert dialer.sent == [2]  # the agent is dialing


@pytest.mark.parametrize("change", ["busy", "away", "stopped", "held", "unfit", "removed"])
def test_nobody_is_called_who_cannot_be_served_or_may_not_be_called(
    dialer: Any, change: str
) -> None:
    promise(dialer, 1, ANN, time.time() - 60)
    if change == "busy":
        dialer.floor.agents[ANN]["state"] = "talking"
    elif change == "away":
        dialer.floor.agents[ANN]["queues"] = ["support"]
    elif change == "stopped":
        dialer.why_not = lambda: "Asterisk is not reachable"
    elif change == "held":
        dialer.at_work["fast"].held = (time.time() + 60, "the trunk refuses")
    elif change == "unfit":
        dialer.site = replace(SITE, trunks=())
    else:
        with dialer.sessions.begin() as session:
            session.get_one(LeadRow, 1).state = "removed"
    asyncio.run(dial_own_callbacks(dialer))
    assert dialer.sent == []
    with dialer.sessions() as session:
        assert session.scalars(select(DialAttemptRow.id)).all() == []


def test_what_a_rule_forbids_is_put_aside(dialer: Any) -> None:
    promise(dialer, 1, ANN, time.time() - 60)
    with dialer.sessions.begin() as session:
        do_not_call.add(session, "+12025550100", 1.0, source="page")
    asyncio.run(dial_own_callbacks(dialer))
    assert dialer.sent == []
    with dialer.sessions() as session:
        assert session.get_one(LeadRow, 1).skip_until > time.time()
