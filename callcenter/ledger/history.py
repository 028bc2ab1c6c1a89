"""History of any Asterisk: queue_log and CDR without CEL → books, to whole seconds. Pure.

queue_log tells the queue visits, who talked and how it ended; the CDR adds what came before the
queue, and the calls that saw no queue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from callcenter.ledger.books import CallBooks, Talk, TimelineEntry, Visit
from callcenter.ledger.channels import in_order
from callcenter.ledger.facts import QUEUE_LOG, Fact
from callcenter.ledger.fold_agent import TALK_ENDS
from callcenter.ledger.parse_cdr import CDR
from callcenter.ledger.parse_queue_log import parse_queue_log
from callcenter.ledger.visits import BY_QUEUE_LOG

# `Local/1001@from-queue/n`, `PJSIP/1001`, `SIP/1001-0000002a`, `Agent/1001` → 1001
_INTERFACE = re.compile(
    r"^(?:Local|PJSIP|SIP|IAX2|Agent|DAHDI)/([\w.+-]+?)(?:-[0-9a-f]{8})?(?:[@/].*)?$"
)
# What older versions wrote for signing in to every queue.
_OLD_NAMES = {
    "AGENTLOGIN": "ADDMEMBER",
    "AGENTCALLBACKLOGIN": "ADDMEMBER",
    "AGENTLOGOFF": "REMOVEMEMBER",
    "AGENTCALLBACKLOGOFF": "REMOVEMEMBER",
}
_FROM_OUTSIDE = re.compile(r"^(from-(trunk|pstn|did|sip-external|zaptel|dahdi)|ext-did|incoming)")
ENDINGS = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent", "ABANDON": "caller"}


def parse_foreign_queue_log(line: str) -> Fact:
    """As our own, with agents named by number and old event names as today's."""
    fact = parse_queue_log(line)
    event = _OLD_NAMES.get(fact.event, fact.event)
    return fact._replace(
        agent=agent_of(fact.agent),
        event=event,
        uniqueid="" if event in _OLD_NAMES.values() else fact.uniqueid,
    )


def agent_of(text: str) -> str:
    """A member's interface → the number in it; a member's name stays as it is."""
    match = _INTERFACE.match(text)
    return match[1] if match else text


def fold_history(call_id: str, facts: Iterable[Fact]) -> CallBooks | None:
    """None when neither file says anything of a call."""
    ordered = in_order(facts)
    log = [fact for fact in ordered if fact.source == QUEUE_LOG]
    records = [fact for fact in ordered if fact.source == CDR]
    visits, talks = visits_of(log), talks_of(log)
    if not visits and not records:
        return None
    talks = talks or _talks_of_cdr(records)
    first = records[0] if records else log[0]
    started = min(fact.at for fact in (*records, *log))
    ended = _ended_at(log, records)
    caller = next((fact.get("data2") for fact in log if fact.event == "ENTERQUEUE"), "")
    return CallBooks(
        id=call_id,
        direction="inbound" if visits else _direction(first),
        caller_number=caller or first.get("src"),
        caller_name=first.get("clid").partition("<")[0].strip(' "'),
        dialed=first.get("dst"),
        trunk="",
        started_at=started,
        answered_at=talks[0].started_at if talks else None,
        ended_at=ended,
        outcome=_outcome(visits, talks) if ended is not None else "",
        ended_by=_ended_by(log) if ended is not None else "",
        queue=visits[-1].queue if visits else "",
        agent=next((talk.agent for talk in reversed(talks) if talk.agent), ""),
        wait_seconds=sum(visit.wait_seconds for visit in visits),
        talk_seconds=sum(talk.talk_seconds for talk in talks),
        hold_seconds=0.0,
        recording="",
        legs=(),
        visits=visits,
        talks=talks,
        timeline=_timeline(started, first, log, talks, ended),
    )


def visits_of(log: Sequence[Fact]) -> tuple[Visit, ...]:
    """One an ENTERQUEUE, up to the next one of this call."""
    starts = [number for number, fact in enumerate(log) if fact.event == "ENTERQUEUE"]
    found = []
    for number, start in enumerate(starts):
        after = starts[number + 1] if number + 1 < len(starts) else len(log)
        found.append(_visit(log[start], log[start + 1 : after]))
    return tuple(found)


def _visit(entry: Fact, then: Sequence[Fact]) -> Visit:
    queue = entry.get("queue")
    connect = next((fact for fact in then if fact.event == "CONNECT"), None)
    exit_ = connect or next((fact for fact in then if fact.event in BY_QUEUE_LOG), None)
    left = exit_.at if exit_ else None
    outcome = "answered" if connect else BY_QUEUE_LOG[exit_.event] if exit_ else "cut"
    agent = connect.agent if connect else ""
    return Visit(queue, entry.at, left, outcome, agent, left - entry.at if left else 0.0)


def talks_of(log: Sequence[Fact]) -> tuple[Talk, ...]:
    found = []
    for number, fact in enumerate(log):
        if fact.event != "CONNECT":
            continue
        ends = [each.at for each in log[number + 1 :] if each.event in TALK_ENDS]
        end = ends[0] if ends else fact.at
        queue = fact.get("queue")
        found.append(Talk(fact.agent, fact.agent, queue, fact.at, end, end - fact.at, 0.0))
    return tuple(found)


def _talks_of_cdr(records: Sequence[Fact]) -> tuple[Talk, ...]:
    """Of calls that saw no queue: someone was dialed and answered."""
    found = []
    for fact in records:
        answered = fact.get("disposition") == "ANSWERED" and fact.get("dstchannel")
        if not answered or not fact.get("answer_at"):
            continue
        seconds = float(fact.get("billsec") or 0)
        start = float(fact.get("answer_at"))
        phone = agent_of(fact.get("dstchannel"))
        found.append(Talk("", phone, "", start, start + seconds, seconds, 0.0))
    return tuple(found)


def _ended_at(log: Sequence[Fact], records: Sequence[Fact]) -> float | None:
    ends = [float(fact.get("end_at")) for fact in records if fact.get("end_at")]
    return max([*ends, *(fact.at for fact in log)], default=None)


def _outcome(visits: Sequence[Visit], talks: Sequence[Talk]) -> str:
    if talks:
        return "answered"
    return visits[-1].outcome if visits else "not_answered"


def _ended_by(log: Sequence[Fact]) -> str:
    return next((ENDINGS[fact.event] for fact in reversed(log) if fact.event in ENDINGS), "system")


def _direction(record: Fact) -> str:
    if _FROM_OUTSIDE.match(record.get("dcontext")):
        return "inbound"
    return "outbound" if len(record.get("dst")) > 6 else "internal"


def _timeline(
    started: float, first: Fact, log: Sequence[Fact], talks: Sequence[Talk], ended: float | None
) -> tuple[TimelineEntry, ...]:
    entries = [TimelineEntry(started, "rang", first.get("dst"), first.get("src"))]
    entries += [
        TimelineEntry(fact.at, "queue", fact.get("queue"))
        for fact in log
        if fact.event == "ENTERQUEUE"
    ]
    entries += [
        TimelineEntry(fact.at, "no_answer", fact.agent, "", fact.agent)
        for fact in log
        if fact.event == "RINGNOANSWER"
    ]
    entries += [TimelineEntry(t.started_at, "connected", t.phone, t.queue, t.agent) for t in talks]
    if ended is not None:
        entries.append(TimelineEntry(ended, "hang_up", _ended_by(log), ""))
    return tuple(sorted(entries, key=lambda entry: entry.at))
