"""What every report should say, added up from the truth, call by call: slow and obvious."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from callcenter.domain.counts import Counts, total
from tests.truth.site import divides
from tests.truth.told import TrueCall, TrueRing, TrueTalk, TrueVisit

Key = Hashable
NEAR_SECONDS = 0.3


def counts_of_visit(visit: TrueVisit) -> Counts:
    within, short = divides(visit.queue)
    counted = Counts(longest_wait_seconds=visit.wait, **{visit.outcome: 1})
    if visit.outcome == "answered":
        return replace(counted, wait_seconds=visit.wait, answered_within=int(visit.wait <= within))
    if visit.outcome == "abandoned":
        return replace(
            counted,
            abandon_wait_seconds=visit.wait,
            short_abandoned=int(visit.wait <= short),
        )
    return counted


def counts_of_talk(talk: TrueTalk) -> Counts:
    return Counts(talks=1, talk_seconds=talk.talk, hold_seconds=talk.held)


def by_queue(calls: Iterable[TrueCall], key_of: Callable[[float, str], Key]) -> dict[Key, Counts]:
    """Visits and talks of queues under `key_of(instant, queue)`."""
    found: dict[Key, list[Counts]] = defaultdict(list)
    for call in calls:
        for visit in call.visits:
            found[key_of(visit.entered, visit.queue)].append(counts_of_visit(visit))
        for talk in call.talks:
            if talk.queue:
                found[key_of(talk.started, talk.queue)].append(counts_of_talk(talk))
    return {key: total(parts) for key, parts in found.items()}


def by_agent(calls: Iterable[TrueCall]) -> dict[Key, Counts]:
    found: dict[Key, list[Counts]] = defaultdict(list)
    for call in calls:
        for talk in call.talks:
            found[talk.agent].append(counts_of_talk(talk))
    return {key: total(parts) for key, parts in found.items()}


def by_number_dialed(
    calls: Iterable[TrueCall], dialed: Callable[[TrueCall], str]
) -> dict[Key, Counts]:
    found: dict[Key, list[Counts]] = defaultdict(list)
    for call in calls:
        parts = [replace(counts_of_talk(talk), talks=0) for talk in call.talks]
        whole = Counts(calls=1, answered_calls=int(bool(call.talks)))
        found[dialed(call)] += [whole, *parts]
    return {key: total(parts) for key, parts in found.items()}


def transfers(calls: Iterable[TrueCall]) -> dict[Key, int]:
    """(queue, from, to) → times."""
    found: dict[Key, int] = defaultdict(int)
    for call in calls:
        for one, other in zip(call.talks, call.talks[1:], strict=False):
            if one.phone != other.phone:
                found[one.queue, one.agent, other.agent] += 1
    return dict(found)


def _rang_to_the_end(ring: TrueRing, call: TrueCall, whole_ring_seconds: float) -> bool:
    """Not when it was the caller's hanging up that ended it, be it in the last moment."""
    almost = ring.ended - ring.at >= whole_ring_seconds - NEAR_SECONDS
    return ring.of_queue and almost and not _caller_ended(ring, call)


def _caller_ended(ring: TrueRing, call: TrueCall) -> bool:
    return call.ended_by == "caller" and abs(ring.ended - call.ended) < NEAR_SECONDS


def doubtful_rings(calls: Iterable[TrueCall], whole_ring_seconds: float) -> Counter[str]:
    """Of each agent, those that the caller's hanging up and the ring's end both can have ended."""
    return Counter(
        ring.agent
        for call in calls
        for ring in call.rings
        if ring.of_queue
        and _caller_ended(ring, call)
        and ring.ended - ring.at >= whole_ring_seconds - NEAR_SECONDS
    )


def rings(calls: Iterable[TrueCall], whole_ring_seconds: float) -> dict[Key, Counts]:
    """Offers to each agent, and those of a queue that rang to the end."""
    found: dict[Key, list[Counts]] = defaultdict(list)
    for call in calls:
        for ring in call.rings:
            missed = _rang_to_the_end(ring, call, whole_ring_seconds)
            found[ring.agent].append(Counts(rings=1, unanswered_rings=int(missed)))
    return {key: total(parts) for key, parts in found.items()}
