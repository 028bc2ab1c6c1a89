"""Which agent was behind which channel of a call, as queue_log and the dialplan's steps tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callcenter.ledger.books import Channel
from callcenter.ledger.facts import Fact
from callcenter.ledger.steps import step_of
from callcenter.ledger.talks import Names

RANG = frozenset({"RINGNOANSWER", "RINGCANCELED"})
# queue_log gives the milliseconds rung and the second it ended: enough to know the channel by.
RING_SLACK_SECONDS = 0.25
CLOCK_SLACK_SECONDS = 2


def names_of(facts: Sequence[Fact], channels: Mapping[str, Channel]) -> Names:
    by_channel: dict[str, str] = {}
    by_phone: dict[str, str] = {}
    did_not_answer: set[str] = set()
    for fact in facts:
        channel = _channel_of(fact, channels, by_channel)
        if channel is not None:
            by_channel[channel.uniqueid] = fact.agent
            by_phone[channel.party] = fact.agent
            if fact.event == "RINGNOANSWER":
                did_not_answer.add(channel.uniqueid)
        step = step_of(fact)
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
    for channel in channels.values():
        if channel.uniqueid in taken or channel.answered_at or channel.ended_at is None:
            continue
        same_length = abs(channel.ended_at - channel.started_at - rang) < RING_SLACK_SECONDS
        same_end = abs(channel.ended_at - fact.at) < CLOCK_SLACK_SECONDS
        if channel.is_phone and same_length and same_end:
            return channel
    return None
