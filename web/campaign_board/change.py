"""What may be changed while a campaign dials. Every change is judged by the campaign's own rules
and written to the audit log with what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callcenter.db.campaign_store import load_versioned
from callcenter.dialer.leads.campaigns import judge_and_save, judge_and_set_state
from callcenter.domain.campaign import Campaign, CampaignState
from callcenter.domain.campaign_rules import UnsoundCampaign
from callcenter.domain.errors import InvalidInput
from web.auditing import audit
from web.campaign_board.board import campaign_seen, state_seen
from web.services import services

# field of the form → (words, what makes the campaign's value of it, what the form shows)
FIELDS: dict[str, tuple[str, type[float] | type[int], float]] = {
    "ratio": ("lines for each ready agent", float, 1.0),
    "abandon_limit": ("limit, %", float, 100.0),
    "max_lines": ("most lines", int, 1.0),
    "max_calls_per_second": ("most calls a second", float, 1.0),
    "patience_seconds": ("seconds a person waits", float, 1.0),
}


def change_settings(name: str, form: Mapping[str, str]) -> bool:
    """Whether anything was different. Raises InvalidInput or UnsoundCampaign; nothing is saved."""
    values: dict[str, Any] = {key: _number(form[key], key) for key in FIELDS if key in form}
    with services().sessions.begin() as session:
        campaign_seen(session, name)
        before, version = load_versioned(session, name)
        wanted = replace(before, **values)
        if wanted == before:
            return False
        judge_and_save(session, wanted, services().clock(), expected_version=version)
        audit(session, "campaign_changed", name, _difference(before, wanted, values))
    return True


def change_state(name: str, state: CampaignState) -> bool:
    """Whether it was in another one. A campaign that has become unsound can still be paused, and so
    can one that cannot be read."""
    with services().sessions.begin() as session:
        before = state_seen(session, name)
        if before == state:
            return False
        judge_and_set_state(session, name, state, services().clock())
        audit(session, f"campaign_{state}", name, f"state {before} → {state}")
    return True


def why_refused(refused: InvalidInput) -> str:
    """In the words of the form, all in one line."""
    if not isinstance(refused, UnsoundCampaign):
        return str(refused)
    return "; ".join(
        f"{FIELDS[each.place][0]}: {each.message}" if each.place in FIELDS else each.message
        for each in refused.problems
    )


def _difference(before: Campaign, after: Campaign, values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key} {getattr(before, key)} → {getattr(after, key)}"
        for key in values
        if getattr(before, key) != getattr(after, key)
    )


def _number(text: str, key: str) -> float | int:
    words, kind, scale = FIELDS[key]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < 1e6:
        raise InvalidInput(f"{words}: {text!r} is no number of 0 or more")
    return int(value) if kind is int else round(value / scale, 6)
