"""Layers over time → intervals that meet end to start. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Over what is below: a pause that the agent chose beats the rest after a call.
LAYERS = ("talking", "ringing", "paused", "wrap_up", "ready")


@dataclass(frozen=True)
class Interval:
    """`carried`: queues and pauses, where nothing else is going on as it begins."""

    state: str
    reason: str
    queue: str
    call_id: str
    started_at: float
    ended_at: float | None
    signs_in: bool
    carried: Mapping[str, Any] | None


@dataclass(frozen=True)
class Base:
    """From `at` on: ready, paused, or empty while signed out."""

    at: float
    state: str
    reason: str
    carried: Mapping[str, Any]


@dataclass
class Span:
    """A layer above the base, half open; `end` None: still going on."""

    state: str
    start: float
    end: float | None
    queue: str
    call_id: str


_Seen = tuple[str, str, str, str]  # state, reason, queue, call
_NOTHING: _Seen = ("", "", "", "")


def tile(bases: Sequence[Base], spans: Sequence[Span], *, signs_in: bool) -> tuple[Interval, ...]:
    """`bases` in order of time. `signs_in`: nobody was signed in before the first of them."""
    changes: list[tuple[float, _Seen, Mapping[str, Any] | None]] = []
    for at, base, active in _moments(bases, spans):
        seen = _seen(base, active)
        if seen != (changes[-1][1] if changes else _NOTHING):
            changes.append((at, seen, None if active else base.carried))
    found = []
    before = "" if signs_in else "somewhere"
    ends = [*(at for at, *_ in changes[1:]), None]
    for (start, seen, carried), end in zip(changes, ends, strict=False):
        if seen[0]:
            found.append(Interval(*seen, start, end, not before, carried))
        before = seen[0]
    return tuple(found)


def _seen(base: Base, active: Sequence[Span]) -> _Seen:
    if not base.state:
        return _NOTHING
    top = min(active, key=lambda span: (LAYERS.index(span.state), -span.start), default=None)
    if top is None or LAYERS.index(base.state) < LAYERS.index(top.state):
        return (base.state, base.reason, "", "")
    return (top.state, "", top.queue, top.call_id)


def _moments(
    bases: Sequence[Base], spans: Sequence[Span]
) -> list[tuple[float, Base, tuple[Span, ...]]]:
    """Each moment at which anything changes: the base there, and the spans that cover it."""
    lasting = [span for span in spans if span.end is None or span.start < span.end]
    starts = sorted(lasting, key=lambda span: span.start)
    edges = {base.at for base in bases} | {span.start for span in lasting}
    edges |= {span.end for span in lasting if span.end is not None}
    base, after, begun = Base(0.0, "", "", {}), 0, 0
    active: list[Span] = []
    found: list[tuple[float, Base, tuple[Span, ...]]] = []
    for at in sorted(edges):
        while after < len(bases) and bases[after].at <= at:
            base, after = bases[after], after + 1
        while begun < len(starts) and starts[begun].start <= at:
            active.append(starts[begun])
            begun += 1
        active = [span for span in active if span.end is None or span.end > at]
        found.append((at, base, tuple(active)))
    return found
