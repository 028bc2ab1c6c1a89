"""The facts of one call → its books. Pure: the same facts in any order give the same books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callcenter.ledger.books import CallBooks, Channel, Leg, Talk, Visit
from callcenter.ledger.call_ids import is_attempt
from callcenter.ledger.channels import age_of, channels_of, in_order
from callcenter.ledger.facts import Fact
from callcenter.ledger.names import names_of
from callcenter.ledger.outcome import ended_by, outcome_of
from callcenter.ledger.steps import Step, step_of
from callcenter.ledger.talks import Names, talks_of
from callcenter.ledger.timeline import timeline_of
from callcenter.ledger.visits import visits_of


def fold_call(call_id: str, facts: Iterable[Fact], cut_at: float | None) -> CallBooks | None:
    """Books of the call, or None when CEL knows no channel of it (yet).

    `cut_at`: the last sign of life of the Asterisk that carried it, when a newer one has started.
    """
    ordered = in_order(facts)
    channels = channels_of(ordered, cut_at)
    if not channels:
        return None
    listed = sorted(channels.values(), key=lambda each: age_of(each.uniqueid))
    customer = _customer(listed)
    names = names_of(ordered, channels)
    visits = visits_of(ordered, listed, cut_at)
    talks = talks_of(customer, listed, visits, names)
    steps = [step for step in map(step_of, ordered) if step]
    direction = _direction(listed[0], listed, steps)
    return _books(call_id, ordered, direction, customer, listed, names, visits, talks, steps)


def _books(
    call_id: str,
    facts: Sequence[Fact],
    direction: str,
    customer: Channel,
    channels: Sequence[Channel],
    names: Names,
    visits: tuple[Visit, ...],
    talks: tuple[Talk, ...],
    steps: Sequence[Step],
) -> CallBooks:
    first = channels[0]
    ended = _ended_at(channels)
    by = ended_by(customer, direction, channels) if ended is not None else ""
    return CallBooks(
        id=call_id,
        direction=direction,
        caller_number=first.caller_number,
        caller_name=first.caller_name,
        dialed=_dialed(first, steps, facts),
        trunk=next((each.party.removeprefix("trunk-") for each in channels if each.is_trunk), ""),
        started_at=first.started_at,
        answered_at=talks[0].started_at if talks else None,
        ended_at=ended,
        outcome=outcome_of(direction, customer, talks, visits, steps) if ended is not None else "",
        ended_by=by,
        queue=visits[-1].queue if visits else "",
        agent=next((talk.agent for talk in reversed(talks) if talk.agent), ""),
        wait_seconds=round(sum(visit.wait_seconds for visit in visits), 6),
        talk_seconds=round(sum(talk.talk_seconds for talk in talks), 6),
        hold_seconds=round(sum(talk.hold_seconds for talk in talks), 6),
        recording=_recording(steps, customer),
        legs=tuple(_leg(each, customer, names) for each in channels),
        visits=visits,
        talks=talks,
        timeline=timeline_of(facts, customer, channels, talks, names, by),
    )


def _customer(channels: Sequence[Channel]) -> Channel:
    """Whom the call is about: the side beyond the trunk, else whoever started the call."""
    return next((each for each in channels if each.is_trunk), channels[0])


def _direction(first: Channel, channels: Sequence[Channel], steps: Sequence[Step]) -> str:
    kinds = {step.kind for step in steps}
    if "spy" in kinds:
        return "spy"
    if is_attempt(first.uniqueid):
        return "outbound"
    if first.is_trunk:
        return "inbound"
    if any(each.is_trunk for each in channels):
        return "outbound"
    return "feature" if "agent" in kinds else "internal"


def _ended_at(channels: Sequence[Channel]) -> float | None:
    """A call is over when its last channel is; an open one keeps it up."""
    ends = [each.ended_at for each in channels]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _dialed(first: Channel, steps: Sequence[Step], facts: Sequence[Fact]) -> str:
    named = next((step.name for step in steps if step.kind == "did"), "")
    if named or not is_attempt(first.uniqueid):
        return named or first.exten
    # The dialer puts the number on the channel, so that CEL has it though nobody answered.
    return next((fact.get("dialed") for fact in facts if fact.get("dialed")), "")


def _recording(steps: Sequence[Step], customer: Channel) -> str:
    """`YYYY/MM/DD/<uniqueid>.raw`, as the dialplan named it when it began to record; or empty.

    A consultation through a queue has a recording of its own: the customer's is the call's.
    """
    names = [step.name for step in steps if step.kind == "recording"]
    own = f"/{customer.uniqueid}.raw"
    return next((name for name in names if name.endswith(own)), names[0] if names else "")


def _leg(channel: Channel, customer: Channel, names: Names) -> Leg:
    role = "customer" if channel is customer else "phone" if channel.is_phone else "other"
    return Leg(
        uniqueid=channel.uniqueid,
        channel=channel.name,
        party=channel.party.removeprefix("trunk-"),
        role=role,
        agent=names.agent_of(channel) if channel is not customer else "",
        started_at=channel.started_at,
        answered_at=channel.answered_at,
        ended_at=channel.ended_at,
        cause=channel.cause,
    )
