"""Which agent was behind which channel of a call, as queue_log and the dialplan's steps tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callcenter.ledger.books import Channel
from callcenter.ledger.facts import QUEUE_LOG, Fact
from callcenter.ledger.steps import step_of
from callcenter.ledger.talks import Names

RANG = frozenset({"RINGNOANSWER", "RINGCANCELED"})
# queue_log gives the milliseconds rung and the second it ended: enough to know the channel by.
RING_SLACK_SECONDS = 1.5  # on a machine that is overloaded; of several the nearest is taken
CLOCK_SLACK_SECONDS = 2


def names_of(facts: Sequence[Fact], channels: Mapping[str, Channel]) -> Names:
    by_channel: dict[str, str] = {}
    by_phone: dict[str, str] = {}
    did_not_answer: set[str] = set()
    for fact in facts:
        step = step_of(fact)
        told = fact.source == QUEUE_LOG
        channel = _channel_of(fact, channels, by_channel) if told else None
        if channel is not None:
            by_channel[channel.uniqueid] = fact.agent
            by_phone[channel.party] = fact.agent
            if fact.event == "RINGNOANSWER":
                did_not_answer.add(channel.uniqueid)
        if step and step.kind == "phone" and step.detail.isdigit():
            by_phone.setdefault(step.name, step.detail)
    return Names(by_channel, by_phone, frozenset(did_not_answer))


def _channel_of(
    fact: Fact, channels: Mapping[str, Channel], taken: Mapping[str, str]
) -> Channel | None:
    """The phone's channel that a queue_log line is about."""
    if fact.event == "CONNECT" and fact.agent:
        return channels.get(fact.get("data2"))
    if fact.event not in RANG or not fact.get("data1").isdigit():
        return None
    rang = int(fact.get("data1")) / 1000
    differ = [
        (abs(channel.ended_at - channel.started_at - rang), channel.uniqueid)
        for channel in channels.values()
        if channel.is_phone
        and channel.uniqueid not in taken
        and not channel.answered_at
        and channel.ended_at is not None
        and abs(channel.ended_at - fact.at) < CLOCK_SLACK_SECONDS
    ]
    seconds, nearest = min(differ, default=(RING_SLACK_SECONDS, ""))
    return channels[nearest] if seconds < RING_SLACK_SECONDS else None
