"""Progressive dialing guarantees an agent only where callers cannot take them first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.domain.agent_guaranteed import agent_guaranteed
from callcenter.domain.campaign import Campaign, Mode
from callcenter.domain.site import Agent, Queue, QueueMembership, Site

OUT = Campaign("out", "Out", "sales", mode="progressive")


def site(*queues: Queue) -> Site:
    both = tuple(QueueMembership(each.name) for each in queues)
    only = Agent("1001", "Ann", queues=(QueueMembership("support"),))
    return Site(queues=queues, agents=(only, Agent("1002", "Bob", queues=both)))


@pytest.mark.parametrize(("support", "sales", "sure"), [(5, 0, False), (0, 0, False), (0, 5, True)])
def test_agents_of_heavier_queues_are_not_sure(support: int, sales: int, sure: bool) -> None:
    blended = site(Queue("sales", "Sales", weight=sales), Queue("support", "U", weight=support))
    assert agent_guaranteed(OUT, blended) == sure


@pytest.mark.parametrize(
    ("mode", "sure"), [("manual", True), ("preview", True), ("progressive", True), ("power", False)]
)
def test_agents_of_one_queue_are_sure_where_each_has_one_line(mode: Mode, sure: bool) -> None:
    assert agent_guaranteed(replace(OUT, mode=mode), site(Queue("sales", "Sales"))) == sure
