"""Whether a campaign keeps a free agent for each of its calls, so that nobody who answers waits.

Progressive dialing keeps one only where no caller can take that agent first.
"""

from __future__ import annotations

from callcenter.domain.campaign import BY_HAND, Campaign
from callcenter.domain.site import Site


def agent_guaranteed(campaign: Campaign, site: Site) -> bool:
    if campaign.mode in BY_HAND:
        return True
    return campaign.mode == "progressive" and not _served_first(campaign.queue, site)


def _served_first(queue: str, site: Site) -> set[str]:
    """Other queues of the same agents that are as heavy or heavier."""
    weights = {each.name: each.weight for each in site.queues}
    memberships = ({each.queue for each in agent.queues} for agent in site.agents)
    others = {each for queues in memberships if queue in queues for each in queues - {queue}}
    return {each for each in others if weights.get(each, 0) >= weights.get(queue, 0)}
