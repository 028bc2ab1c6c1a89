"""What each number means: one definition each, with the text that is shown beside the number.

Pure arithmetic on `Counts`. A ratio of nothing is None and is shown as a dash, never as 0 %.
docs/metrics.md is this table (`python -m callcenter.domain.metrics`; a test holds it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.domain.counts import Counts

COUNT, SECONDS, SHARE, MEAN = "count", "seconds", "share", "mean"


@dataclass(frozen=True)
class Metric:
    """`of` gives a count, seconds, a share from 0 to 1, a mean number; None: nothing to divide.

    `behind` filters the calls behind the number (web/reports/links.py, reports/call_filter.py);
    None: there is no such list.
    """

    name: str
    title: str
    unit: str
    text: str
    of: Callable[[Counts], float | None]
    behind: dict[str, str] | None = None


def abandonment_rate(counts: Counts) -> float | None:
    judged = counts.offered - counts.short_abandoned
    return _share(judged - counts.answered, judged)


def service_level(counts: Counts) -> float | None:
    return _share(counts.answered_within, counts.offered - counts.short_abandoned)


def handled_seconds(counts: Counts) -> float:
    return counts.talk_seconds + counts.hold_seconds + counts.wrap_up_seconds


def occupancy(counts: Counts) -> float | None:
    resting = counts.paused_seconds - counts.working_pause_seconds
    return _share(handled_seconds(counts), counts.signed_in_seconds - resting)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _exit(name: str, title: str, text: str) -> Metric:
    return Metric(
        name, title, COUNT, text, lambda counts: getattr(counts, name), {"visit_outcome": name}
    )


_LIST = (
    Metric("offered", "Offered", COUNT,
           "Calls that entered the queue. A call that enters two queues counts once in each.",
           lambda c: c.offered, {}),
    _exit("answered", "Answered", "Offered calls that an agent answered."),
    _exit("abandoned", "Abandoned", "Offered calls whose caller hung up before an agent answered."),
    Metric("short_abandoned", "Short abandons", COUNT,
           "Abandoned calls that had waited no longer than the queue's short-abandon seconds "
           "(default 5). They count neither for nor against the queue.",
           lambda c: c.short_abandoned, {"visit_outcome": "abandoned", "short": "yes"}),
    Metric("abandonment_rate", "Abandonment", SHARE,
           "(offered − short abandons − answered) ÷ (offered − short abandons). "
           "5–8 % is usual, 10 % and more is high.", abandonment_rate, {}),
    _exit("timeout", "Waited too long", "Offered calls that left at the queue's longest wait, "
          "other than to voicemail or a promised call."),
    _exit("overflow", "Queue full", "Offered calls turned away because the queue was full, "
          "other than to voicemail or a promised call."),
    _exit("no_agents", "No agents", "Offered calls that left because no agent was signed in, "
          "other than to voicemail or a promised call."),
    _exit("left", "Left by key", "Offered calls whose caller left the queue by pressing a key, "
          "other than to voicemail or a promised call, or that the dialplan took out."),
    _exit("callback", "Callback", "Offered calls whose caller left the queue and was promised "
          "to be called back, before any other queue or phone."),
    _exit("voicemail", "Voicemail", "Offered calls that went on from the queue to voicemail, for "
          "whatever reason they left it (the call's timeline has it), before any other queue or "
          "phone; with or without a message."),
    _exit("cut", "Cut off", "Offered calls that ended because Asterisk did."),
    _exit("waiting", "Still waiting", "Offered calls that have neither been answered nor left."),
    Metric("service_level", "Service level", SHARE,
           "Answered within the queue's service-level seconds (default 20) ÷ (offered − short "
           "abandons). Usual target 80 % in 20 s.", service_level, {}),
    Metric("answered_within", "Answered in time", COUNT,
           "Answered calls whose wait was within the queue's service-level seconds.",
           lambda c: c.answered_within, {"visit_outcome": "answered", "within": "yes"}),
    Metric("asa", "Mean wait", SECONDS,
           "Average speed of answer: mean wait of answered calls. Usual target 30 s.",
           lambda c: _share(c.wait_seconds, c.answered), {"visit_outcome": "answered"}),
    Metric("abandon_wait", "Mean wait to abandon", SECONDS, "Mean wait of abandoned calls.",
           lambda c: _share(c.abandon_wait_seconds, c.abandoned), {"visit_outcome": "abandoned"}),
    Metric("longest_wait", "Longest wait", SECONDS,
           "The longest wait of any offered call, however it ended.",
           lambda c: c.longest_wait_seconds, {"sort": "wait"}),
    Metric("mean_queue", "Mean queue length", MEAN,
           "Callers waiting at the same time, on average over every moment of the period: all "
           "callers' time in the queue within it ÷ its length. Who is still waiting is added when "
           "they leave.", lambda c: _share(c.queued_seconds, c.period_seconds)),
    Metric("talks", "Conversations", COUNT,
           "Parts of calls in which an agent talked with the customer. A call transferred twice "
           "has three, each with its own agent and seconds.", lambda c: c.talks,
           {"counted": "talks"}),
    Metric("talk", "Talk", SECONDS, "Time in conversation without hold, each agent only their own "
           "part.", lambda c: c.talk_seconds, {"counted": "talks"}),
    Metric("hold", "Hold", SECONDS, "Time the customer was on hold during conversations.",
           lambda c: c.hold_seconds, {"counted": "talks"}),
    Metric("wrap_up", "Wrap-up", SECONDS,
           "Rest after a queue's call: the queue's wrap-up seconds, up to the next call or the "
           "sign-out, less what a pause covers. Counts where it began. Unknown (0) in other "
           "systems' history.",
           lambda c: c.wrap_up_seconds),
    Metric("aht", "Mean handling", SECONDS,
           "Average handling time: (talk + hold + wrap-up) ÷ answered.",
           lambda c: _share(handled_seconds(c), c.answered), {"counted": "talks"}),
    Metric("mean_talk", "Mean conversation", SECONDS, "(talk + hold) ÷ conversations.",
           lambda c: _share(c.talk_seconds + c.hold_seconds, c.talks), {"counted": "talks"}),
    Metric("signed_in", "Signed in", SECONDS, "Time signed in to at least one queue: ready + "
           "ringing + on calls + wrap-up + paused.", lambda c: c.signed_in_seconds),
    Metric("ready", "Ready", SECONDS, "Signed in, nothing ringing, not on a queue's call, not in "
           "wrap-up and not paused in every queue.", lambda c: c.ready_seconds),
    Metric("ringing", "Ringing", SECONDS, "Time the phone rang for a queue's call.",
           lambda c: c.ringing_seconds),
    Metric("busy", "On calls", SECONDS, "Time on calls from queues, hold included.",
           lambda c: c.busy_seconds),
    Metric("paused", "Paused", SECONDS, "Time paused in every queue signed in to, "
           "from when the pause began, not from when it was asked for.",
           lambda c: c.paused_seconds),
    Metric("working_pauses", "Working pauses", SECONDS,
           "Time paused for reasons that the site says count as work.",
           lambda c: c.working_pause_seconds),
    Metric("occupancy", "Occupancy", SHARE,
           "(talk + hold + wrap-up) ÷ (signed in − paused for reasons that do not count as work).",
           occupancy),
    Metric("rings", "Offers", COUNT, "Times the agent's phone rang for a queue's or transferred "
           "call.", lambda c: c.rings),
    Metric("unanswered_rings", "Unanswered offers", COUNT,
           "Offers that rang to the end of the queue's ring time and were not picked up.",
           lambda c: c.unanswered_rings),
    Metric("unanswered_share", "Unanswered", SHARE, "Unanswered offers ÷ offers.",
           lambda c: _share(c.unanswered_rings, c.rings)),
    Metric("calls", "Calls", COUNT, "Whole calls, counted when they began.", lambda c: c.calls,
           {"counted": "calls"}),
    Metric("answered_calls", "Calls answered", COUNT, "Whole calls that a person answered.",
           lambda c: c.answered_calls, {"counted": "calls", "outcome": "answered"}),
    Metric("answer_share", "Answered share", SHARE, "Calls answered ÷ calls.",
           lambda c: _share(c.answered_calls, c.calls), {"counted": "calls"}),
    Metric("returning", "Called again", COUNT,
           "Answered calls whose number called the same queue again within 7 days.",
           lambda c: c.returning, {"visit_outcome": "answered", "returning": "yes"}),
    Metric("first_call_resolution", "First-call resolution", SHARE,
           "Answered calls with no further call from the same number to the same queue within 7 "
           "days ÷ answered calls. Withheld numbers are left out. By calls, not by dispositions.",
           lambda c: _share(c.answered - c.returning, c.answered),
           {"visit_outcome": "answered"}),
)  # fmt: skip
METRICS: dict[str, Metric] = {metric.name: metric for metric in _LIST}

_HEAD = """# What each number means

One definition each, in `callcenter/domain/metrics.py`; the pages and this file show its text. Times
are in seconds, intervals half-open and in the site's time zone. A queue's call counts in the
interval in which it entered the queue, a conversation and a wrap-up in the one in which it began;
time in a queue is split at the quarter of an hour, time signed in, ready, ringing, busy and paused
at midnight. Always: offered = answered + abandoned + any other way out + still waiting. A ratio of
nothing is shown as a dash.

Change a queue's service-level or short-abandon seconds, or which pause reasons count as work, and
all history is counted anew. A wrap-up keeps the seconds that the queue had when the call entered.

| metric | shown as | unit | definition |
|---|---|---|---|
"""


def document() -> str:
    """docs/metrics.md."""
    rows = (f"| `{each.name}` | {each.title} | {each.unit} | {each.text} |" for each in _LIST)
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
