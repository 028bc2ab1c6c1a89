"""Everything the board of one campaign shows, from the dialer's socket and the books."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from callcenter.control import ControlClient
from callcenter.db.campaign_store import find_head, load_campaign
from callcenter.db.site_store import site_zone
from callcenter.dialer.budget import PEOPLE, CountedBudget, budget, window_start
from callcenter.dialer.evidence.law import NOT_IN_QUESTION
from callcenter.dialer.figures import decisions, dials_per_connect, lists, outcomes, placed
from callcenter.dialer.survey import answer_counts
from callcenter.domain.campaign import BY_HAND, MODES_WITH_AGENTS, Campaign
from callcenter.domain.campaign_rules import missing
from callcenter.domain.errors import CallcenterError, NotFound
from callcenter.domain.periods import day_start, local_day
from web.access import sight
from web.campaign_board.pictures import CHART_SECONDS, pictures, reasons
from web.campaign_board.words import KIND_OF_PHASES, OUTCOME_TONES, OUTCOME_WORDS, since_of
from web.services import services

CHART_STEP_SECONDS = 20.0
LIVE_KEPT_SECONDS = 1.0  # however many boards are open, the dialer is asked once a second
BUDGET_KEPT_SECONDS = 1.0
KEPT_TIMES_ITS_COST = 20.0
LISTS_KEPT_SECONDS = 60.0  # counting a million leads takes longer than a glance

Value = TypeVar("Value")


def board(session: Session, campaign: Campaign, now: float) -> dict[str, Any]:
    zone = site_zone(session)
    today = outcomes(session, campaign.name, since_of("today", campaign, now, zone), now + 60)
    recent = decisions(session, campaign.name, now - CHART_SECONDS, now + 60, CHART_STEP_SECONDS)
    state = live()
    at = _now(state, campaign.name)
    return {
        "campaign": campaign,
        "by_hand": campaign.mode in BY_HAND,
        "with_agents": campaign.mode in MODES_WITH_AGENTS,
        "reaches_agents": campaign.reaches_agents,
        "live": state.get("campaigns", {}).get(campaign.name),
        "why_not": state.get("why_not", ""),
        "up": at["up"] if at else None,
        "in_flight": _in_flight(at),
        "budget": _kept_budget(session, campaign, now) if _limited(campaign) else None,
        "missing": [] if campaign.state == "running" else list(missing(campaign)),
        "today": today,
        "answered_today": sum(today.get(outcome, 0) for outcome in PEOPLE),
        "dialed_today": placed(today),
        "dials_per_connect": dials_per_connect(today),
        "outcomes": _outcome_rows(today),
        "answers": answer_counts(session, campaign) if campaign.mode == "survey" else [],
        "lists": _kept(
            f"lists {campaign.name}",
            LISTS_KEPT_SECONDS,
            lambda: lists(session, campaign.name),
            of=campaign.lists,
        ),
        "pictures": pictures(recent, now, zone, campaign),
        "reasons": reasons(recent),
        "zone": str(zone),
        "first_day": local_day(window_start(campaign, now, zone), zone),
        "last_day": local_day(now, zone),
        "now": now,
    }


def overview(session: Session, campaigns: list[Campaign], now: float) -> list[dict[str, Any]]:
    """A line for each campaign: live, today, and how much of its limit is used."""
    zone = site_zone(session)
    since = day_start(local_day(now, zone), zone)
    state = live()
    found = []
    for each in campaigns:
        today = outcomes(session, each.name, since, now + 60)
        at = _now(state, each.name)
        found.append({
            "campaign": each, "live": state.get("campaigns", {}).get(each.name),
            "up": at["up"] if at else None, "in_flight": _in_flight(at),
            "dialed": placed(today), "connected": today.get("connected", 0),
            "budget": _kept_budget(session, each, now) if _limited(each) else None,
        })  # fmt: skip
    return found


def _limited(campaign: Campaign) -> bool:
    """Whether the law's limit counts its calls: nobody waits for an agent in the others."""
    return campaign.mode not in NOT_IN_QUESTION


def _kept_budget(session: Session, campaign: Campaign, now: float) -> CountedBudget:
    return _kept(
        f"budget {campaign.name}", BUDGET_KEPT_SECONDS, lambda: budget(session, campaign, now),
        of=campaign,
    )  # fmt: skip


def _now(state: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Its calls that are up, by phase and attempt, those of one that was paused or put aside too;
    None: the dialer is not there to say, or does not know."""
    if "campaigns" not in state:
        return None
    idle: dict[str, Any] | None = None if state.get("why_not") else {"up": {}, "calls": {}}
    found: dict[str, Any] | None = state.get("winding_down", {}).get(name)
    return found or state["campaigns"].get(name, idle)


def _in_flight(at: dict[str, Any] | None) -> int:
    on_their_way = KIND_OF_PHASES["in-flight"]
    return sum(at["up"].get(phase, 0) for phase in on_their_way) if at else 0


def attempts_in(campaign: str, kind: str) -> set[str] | None:
    """Ids of those that are up in a phase of this kind; None: the kind is not about phases."""
    if kind not in KIND_OF_PHASES:
        return None
    calls = (_now(live(), campaign) or {}).get("calls", {})
    return {attempt for attempt, phase in calls.items() if phase in KIND_OF_PHASES[kind]}


def campaign_seen(session: Session, name: str) -> Campaign:
    """Raises NotFound, also for a supervisor of other teams."""
    state_seen(session, name)
    return load_campaign(session, name)


def state_seen(session: Session, name: str) -> str:
    """Raises NotFound as `campaign_seen`; also of a campaign that cannot be read."""
    head = find_head(session, name)
    if head is None:
        raise NotFound(f"there is no campaign {name}")
    state, queue = head
    if not sight().of_queue(queue):
        raise NotFound(f"there is no campaign {name} that you may see")
    return state


def live() -> dict[str, Any]:
    """The dialer's own board; when it is not running, why."""
    return _kept("live", LIVE_KEPT_SECONDS, _ask_dialer)


def _ask_dialer() -> dict[str, Any]:
    try:
        return ControlClient(services().settings.dialer_socket).request(
            "status", deadline_seconds=2
        )
    except CallcenterError:
        return {"why_not": "the dialer is not running; “callcenter status” says more"}


@dataclass(frozen=True)
class _Kept:
    value: Any
    of: object
    at: float
    until: float


_cache: dict[str, _Kept] = {}
_lock = threading.Lock()


def _kept(name: str, seconds: float, make: Callable[[], Value], of: object = None) -> Value:
    """`make()`, or what it gave less than `seconds` ago: longer where it took long, so that many
    open boards of a large campaign cost a small share of the database. `of`: what it hangs on."""
    name = f"{services().settings.home} {name}"
    now = services().clock()
    with _lock:
        kept = _cache.get(name)
    if kept is None or kept.of != of or not kept.at <= now < kept.until:
        began = time.monotonic()
        value = make()
        lasts = max(seconds, KEPT_TIMES_ITS_COST * (time.monotonic() - began))
        kept = _Kept(value, of, now, now + lasts)
        with _lock:
            _cache[name] = kept
    found: Value = kept.value
    return found


def _outcome_rows(today: dict[str, int]) -> list[dict[str, Any]]:
    total = sum(today.values())
    return [
        {"word": OUTCOME_WORDS.get(outcome, outcome), "count": count, "share": count / total,
         "tone": OUTCOME_TONES.get(outcome, "idle"), "kind": outcome or "up"}
        for outcome, count in sorted(today.items(), key=lambda each: -each[1])
    ]  # fmt: skip
