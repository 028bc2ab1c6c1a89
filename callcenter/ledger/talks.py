"""Who talked with the customer, each with their own seconds, hold taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callcenter.ledger.books import Channel, Talk, Visit

Span = tuple[float, float | None]


@dataclass(frozen=True)
class Names:
    """Who is who in this call: agent numbers by channel and by phone."""

    by_channel: Mapping[str, str]
    by_phone: Mapping[str, str]
    did_not_answer: frozenset[str] = frozenset()  # channels that rang to the end of their time

    def agent_of(self, channel: Channel) -> str:
        return self.by_channel.get(channel.uniqueid) or self.by_phone.get(channel.party, "")


def talks_of(
    customer: Channel, channels: Iterable[Channel], visits: Iterable[Visit], names: Names
) -> tuple[Talk, ...]:
    """A talk for each stretch in which a phone shared a bridge with the customer."""
    visits = tuple(visits)
    found = []
    for channel in channels:
        if channel is customer or not (channel.is_phone or channel.is_trunk):
            continue
        for span in shared_spans(customer, channel):
            found.append(_talk(customer, channel, span, _queue_at(visits, span[0]), names))
    return tuple(sorted(found, key=lambda talk: (talk.started_at, talk.phone)))


def shared_spans(one: Channel, other: Channel) -> list[Span]:
    """When both were in the same bridge. An open end means they still are."""
    spans: list[Span] = []
    for mine in one.stays:
        for theirs in other.stays:
            if mine.bridge != theirs.bridge:
                continue
            span = overlap((mine.entered, mine.left), (theirs.entered, theirs.left))
            if span is not None:
                spans.append(span)
    return sorted(spans, key=lambda span: span[0])


def overlap(one: Span, other: Span) -> Span | None:
    start = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else (start, end)


def _talk(customer: Channel, phone: Channel, span: Span, queue: str, names: Names) -> Talk:
    start, end = span
    held = 0.0
    if end is not None:
        spans = [overlap(span, hold) for hold in merged([*customer.held, *phone.held])]
        held = sum((stop or end) - begin for begin, stop in filter(None, spans))
    whole = end - start if end is not None else 0.0
    return Talk(
        agent=names.agent_of(phone),
        phone=phone.party,
        queue=queue,
        started_at=start,
        ended_at=end,
        talk_seconds=round(whole - held, 6),
        hold_seconds=round(held, 6),
    )


def merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans as one, so that both sides holding at once counts once."""
    result: list[Span] = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        if result and (result[-1][1] is None or start <= result[-1][1]):
            before = result[-1]
            last = None if end is None or before[1] is None else max(before[1], end)
            result[-1] = (before[0], last)
        else:
            result.append((start, end))
    return result


def _queue_at(visits: Iterable[Visit], at: float) -> str:
    """The queue the customer came from last: a transferred call still counts for it."""
    before = [visit.queue for visit in visits if visit.entered_at <= at]
    return before[-1] if before else ""
