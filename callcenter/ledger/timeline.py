"""A call's timeline: what a person reads to see how it went, second by second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from callcenter.ledger.books import Channel, Talk, TimelineEntry
from callcenter.ledger.channels import extra
from callcenter.ledger.facts import CEL, Fact
from callcenter.ledger.steps import step_of
from callcenter.ledger.talks import Names, merged, overlap

MOVES = frozenset({"BLINDTRANSFER", "ATTENDEDTRANSFER", "PARK_START", "PARK_END"})
ENDS = {"rang": 0, "hang_up": 9, "cut": 9}


def timeline_of(
    facts: Sequence[Fact],
    customer: Channel,
    channels: Sequence[Channel],
    talks: Sequence[Talk],
    names: Names,
    ended_by: str,
) -> tuple[TimelineEntry, ...]:
    """`facts` in order. Entries of one instant keep their cause before their effect."""
    entries = [
        TimelineEntry(customer.started_at, "rang", customer.exten, customer.caller_number),
        *_steps(facts),
        *_rings(customer, channels, names),
        *_answers(talks),
        *_holds(customer, talks),
        *_moves(facts, names, {channel.uniqueid: channel for channel in channels}),
        *_end(customer, ended_by),
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.at, ENDS.get(entry.kind, 5))))


def _steps(facts: Iterable[Fact]) -> Iterator[TimelineEntry]:
    for fact in facts:
        step = step_of(fact)
        if step and step.kind:
            yield TimelineEntry(fact.at, step.kind[:32], step.name, step.detail)


def _rings(customer: Channel, channels: Iterable[Channel], names: Names) -> Iterator[TimelineEntry]:
    for channel in channels:
        if channel is customer or not channel.is_phone:
            continue
        agent = names.agent_of(channel)
        if channel.exten and channel.exten != "s":  # this phone placed a call of its own
            yield TimelineEntry(
                channel.started_at, "consulted", channel.party, channel.exten, agent
            )
            continue
        yield TimelineEntry(channel.started_at, "agent_rang", channel.party, "", agent)
        if channel.answered_at is None and channel.ended_at is not None:
            kind = "no_answer" if channel.uniqueid in names.did_not_answer else "ring_ended"
            yield TimelineEntry(channel.ended_at, kind, channel.party, "", agent)


def _answers(talks: Iterable[Talk]) -> Iterator[TimelineEntry]:
    for talk in talks:
        yield TimelineEntry(talk.started_at, "connected", talk.phone, talk.queue, talk.agent)


def _holds(customer: Channel, talks: Iterable[Talk]) -> Iterator[TimelineEntry]:
    holds = merged(customer.held)
    for talk in talks:
        for hold in holds:
            span = overlap((talk.started_at, talk.ended_at), hold)
            if span is None:
                continue
            yield TimelineEntry(span[0], "hold", talk.phone, "", talk.agent)
            if span[1] is not None:
                yield TimelineEntry(span[1], "unhold", talk.phone, "", talk.agent)


def _moves(
    facts: Iterable[Fact], names: Names, channels: dict[str, Channel]
) -> Iterator[TimelineEntry]:
    for fact in facts:
        channel = channels.get(fact.uniqueid)
        if fact.event not in MOVES or fact.source != CEL or channel is None:
            continue
        said, agent = extra(fact), names.agent_of(channel)
        if fact.event == "BLINDTRANSFER":
            yield TimelineEntry(fact.at, "blind_transfer", said.get("extension", ""), "", agent)
        elif fact.event == "ATTENDEDTRANSFER":
            yield TimelineEntry(fact.at, "attended_transfer", channel.party, "", agent)
        elif fact.event == "PARK_START":
            yield TimelineEntry(fact.at, "parked", said.get("parking_space", ""))
        elif fact.event == "PARK_END":
            yield TimelineEntry(fact.at, "unparked", "", said.get("reason", ""))


def _end(customer: Channel, ended_by: str) -> Iterator[TimelineEntry]:
    if customer.ended_at is not None:
        kind = "cut" if ended_by == "cut" else "hang_up"
        yield TimelineEntry(customer.ended_at, kind, ended_by, customer.cause)
