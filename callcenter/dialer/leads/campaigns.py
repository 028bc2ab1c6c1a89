"""Saving a campaign after judging it, the same for pages and commands."""

from __future__ import annotations

import dataclasses

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.campaign_store import (
    CampaignUnreadable,
    load_versioned,
    save_campaign,
    set_state_unread,
)
from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.site_store import load_site
from callcenter.dialer.leads.conditions import condition_text, parse
from callcenter.domain.campaign import Campaign, CampaignState
from callcenter.domain.campaign_rules import UnsoundCampaign, problems
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site_rules.problem import Problem


def judge(session: Session, campaign: Campaign) -> tuple[Problem, ...]:
    found = problems(campaign, load_site(session), session.scalars(select(LeadListRow.name)).all())
    rules = {f"first[{i}].value": condition_text(rule) for i, rule in enumerate(campaign.first)}
    for place, condition in {"filter": campaign.filter, **rules}.items():
        try:
            parse(condition)
        except InvalidInput as error:
            found = (*found, Problem(place, str(error)))
    return found


def judge_and_save(
    session: Session,
    campaign: Campaign,
    now: float,
    *,
    expected_version: int | None = None,
    only_judge: bool = False,
) -> None:
    """Raises UnsoundCampaign with all the places."""
    found = judge(session, campaign)
    if found:
        raise UnsoundCampaign(found)
    if not only_judge:
        save_campaign(session, campaign, now, expected_version=expected_version)


def judge_and_set_state(session: Session, name: str, state: CampaignState, now: float) -> None:
    """A campaign that lacks something, or breaks its preset by now, is not started. One that cannot
    be read is paused all the same, or it would dial as soon as a version can read it again."""
    try:
        present, version = load_versioned(session, name)
    except CampaignUnreadable:
        if state == "running":
            raise
        set_state_unread(session, name, state, now)
        return
    wanted = dataclasses.replace(present, state=state)
    if state == "running":
        judge_and_save(session, wanted, now, expected_version=version)
    else:
        save_campaign(session, wanted, now, expected_version=version)
