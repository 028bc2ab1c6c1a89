"""What may be changed while a campaign dials. Every change is judged by the campaign's own rules
and written to the audit log with what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from callcenter.db.campaign_store import load_versioned, save_campaign
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.site_store import load_site
from callcenter.domain.campaign import Campaign, CampaignState
from callcenter.domain.campaign_rules import refuse_unsound
from callcenter.domain.errors import InvalidInput
from web.auditing import audit
from web.campaign_board.board import campaign_seen
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
    values = {key: _number(form[key], key) for key in FIELDS if key in form}
    return _save(name, "campaign_changed", values)


def change_state(name: str, state: CampaignState) -> bool:
    return _save(name, "campaign_started" if state == "running" else "campaign_paused",
                 {"state": state})  # fmt: skip


def _save(name: str, action: str, values: dict[str, Any]) -> bool:
    with services().sessions.begin() as session:
        campaign_seen(session, name)
        before, version = load_versioned(session, name)
        wanted = replace(before, **values)
        if wanted == before:
            return False
        refuse_unsound(wanted, load_site(session), session.scalars(select(LeadListRow.name)))
        audit(session, action, name, _difference(before, wanted, values))
        save_campaign(session, wanted, services().clock(), expected_version=version)
    return True


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
