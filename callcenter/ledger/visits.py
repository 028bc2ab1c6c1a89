"""Queue visits of a call: Queue() in CEL gives the times, queue_log and QUEUESTATUS the cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from callcenter.ledger.books import Channel, Visit
from callcenter.ledger.facts import CEL, Fact
from callcenter.ledger.steps import step_of

# QUEUESTATUS, as the dialplan reports it after Queue() returns.
BY_STATUS = {
    "TIMEOUT": "timeout",
    "FULL": "overflow",
    "JOINEMPTY": "no_agents",
    "LEAVEEMPTY": "no_agents",
    "JOINUNAVAIL": "no_agents",
    "LEAVEUNAVAIL": "no_agents",
    "CONTINUE": "left",
    "WITHDRAW": "left",
    "KEY": "left",  # told by cc-queue-key-…, not by Queue()
}
# What queue_log calls the same things; also the only witness when the dialplan had no step.
BY_QUEUE_LOG = {
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timeout",
    "EXITEMPTY": "no_agents",
    "EXITWITHKEY": "left",
}
# Where a caller who left a queue is met next; menus, hours and messages are only the way there.
MEETING_PLACES = ("queue", "phone", "ring-group", "voicemail", "callback")
WAYS_OUT = ("voicemail", "callback")  # of these places, what a visit's outcome is called after


def visits_of(
    facts: Sequence[Fact], channels: Iterable[Channel], cut_at: float | None
) -> tuple[Visit, ...]:
    """`facts` in order; `channels` with their stays in bridges."""
    by_id = {channel.uniqueid: channel for channel in channels}
    entries = [fact for fact in facts if _is_queue_app(fact, "APP_START")]
    visits = [_visit(entry, facts, by_id[entry.uniqueid], cut_at) for entry in entries]
    return tuple(sorted([*visits, *_at_the_door(facts)], key=lambda visit: visit.entered_at))


def _at_the_door(facts: Sequence[Fact]) -> Iterator[Visit]:
    """Where nobody is signed in the dialplan turns callers away before Queue(): offered, too."""
    stands_at: dict[str, float] = {}  # channel → when it came to the queue's door
    for number, fact in enumerate(facts):
        step = step_of(fact)
        if _is_queue_app(fact, "APP_START"):
            stands_at.pop(fact.uniqueid, None)
        elif step and step.kind == "queue":
            stands_at[fact.uniqueid] = fact.at
        elif step and step.kind == "queue-exit" and fact.uniqueid in stands_at:
            came = stands_at.pop(fact.uniqueid)
            after = [each for each in facts[number + 1 :] if each.uniqueid == fact.uniqueid]
            outcome = _way_out(BY_STATUS.get(step.detail, "left"), after)
            yield Visit(step.name, came, fact.at, outcome, "", round(fact.at - came, 6))


def queue_of(fact: Fact) -> str:
    return fact.get("data").partition(",")[0]


def _is_queue_app(fact: Fact, event: str) -> bool:
    return fact.source == CEL and fact.event == event and fact.get("application") == "Queue"


def _visit(entry: Fact, facts: Sequence[Fact], caller: Channel, cut_at: float | None) -> Visit:
    mine = [
        fact
        for fact in facts
        if fact.uniqueid == entry.uniqueid
        # queue_log has whole seconds, rounded down
        and fact.at >= (entry.at if fact.source == CEL else int(entry.at))
    ]
    ends = [fact.at for fact in mine if _is_queue_app(fact, "APP_END")]
    end = next(iter(ends), caller.ended_at)
    answered = _answered_at(entry.at, end, caller)
    left = answered if answered is not None else end
    return Visit(
        queue=queue_of(entry),
        entered_at=entry.at,
        left_at=left,
        outcome="answered" if answered is not None else _outcome(mine, end, entry, caller, cut_at),
        agent=_agent(mine, entry, answered) if answered is not None else "",
        wait_seconds=round(left - entry.at, 6) if left is not None else 0.0,
    )


def _answered_at(entered: float, end: float | None, caller: Channel) -> float | None:
    within = [
        stay.entered
        for stay in caller.stays
        if stay.entered >= entered and (end is None or stay.entered <= end)
    ]
    return min(within, default=None)


def _outcome(
    mine: Sequence[Fact], end: float | None, entry: Fact, caller: Channel, cut_at: float | None
) -> str:
    if end is None:
        return "waiting"
    for number, fact in enumerate(mine):
        step = step_of(fact)
        if step and step.kind == "queue-exit" and fact.at >= end:
            status = BY_STATUS.get(step.detail)
            if status:
                return _way_out(status, mine[number + 1 :])
            break
    logged = [fact for fact in mine if _is_exit(fact, entry, end)]
    if logged:
        return BY_QUEUE_LOG[logged[0].event]
    if caller.cause == "cut" and cut_at is not None:
        return "cut"
    return "abandoned"


def _way_out(status: str, after: Iterable[Fact]) -> str:
    """`voicemail` where the caller came to a mailbox next, `callback` where a call back was
    promised; the timeline still says why the queue was left."""
    steps = filter(None, map(step_of, after))
    met = next((step.kind for step in steps if step.kind in MEETING_PLACES), "")
    return met if met in WAYS_OUT else status


def _is_exit(fact: Fact, entry: Fact, end: float) -> bool:
    # queue_log has whole seconds and may be written a moment after the channel is gone.
    return (
        fact.event in BY_QUEUE_LOG
        and fact.get("queue") == queue_of(entry)
        and int(entry.at) <= fact.at <= end + 2
    )


def _agent(mine: Sequence[Fact], entry: Fact, answered: float) -> str:
    for fact in mine:
        if fact.event == "CONNECT" and fact.get("queue") == queue_of(entry):
            return fact.agent if fact.at <= answered + 2 else ""
    return ""
