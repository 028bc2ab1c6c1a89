"""One line of queue_log → Fact: `epoch|callid|queue|agent|event|data1|data2|…`."""

from __future__ import annotations

from callcenter.ledger.facts import (
    QUEUE_LOG,
    BadLine,
    Fact,
    digest_of,
    parse_instant,
    refuse_garbage,
)

NOBODY = "NONE"
# In these lines the second column is who asked (MANAGER, CLI, REALTIME …) and no call.
AGENT_EVENTS = frozenset(
    {"ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY"}
)
PBX_STARTED = "QUEUESTART"
# Ours: the dialplan writes the queue's wrap-up seconds with each visit, before Queue().
WRAP_UP = "CC_WRAP_UP"


def parse_queue_log(line: str) -> Fact:
    """Raises BadLine with the reason."""
    refuse_garbage(line)
    columns = line.split("|")
    if len(columns) < 5:
        raise BadLine(f"{len(columns)} columns, at least 5 expected")
    at, call, queue, agent, event, *data = columns
    if not event:
        raise BadLine("no event name")
    fields = {f"data{number}": text for number, text in enumerate(data, 1) if text}
    return Fact(
        source=QUEUE_LOG,
        digest=digest_of(QUEUE_LOG, line),
        at=parse_instant(at),
        event=event[:64],
        uniqueid="" if call == NOBODY or event in AGENT_EVENTS else call[:160],
        agent="" if agent == NOBODY else agent[:160],
        fields=fields | ({} if queue == NOBODY else {"queue": queue}),
    )
