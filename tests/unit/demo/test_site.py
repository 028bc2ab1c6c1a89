import pytest

from callcenter.demo.campaign import CALLERS_LIST, LIST, callback_campaign, demo_campaign
from callcenter.demo.site import SIMULATED_AGENTS, demo_site
from callcenter.domain import campaign_rules
from callcenter.domain.campaign import Campaign
from callcenter.domain.destination import parse_destination
from callcenter.domain.site_rules import problems


def test_the_demo_site_is_sound():
    assert list(problems(demo_site())) == []


def test_every_simulated_agent_has_a_phone_and_queues():
    site = demo_site()
    phones = {phone.extension for phone in site.phones}
    agents = {agent.number: agent for agent in site.agents}
    assert len(SIMULATED_AGENTS) == 10
    for number, phone in SIMULATED_AGENTS.items():
        assert phone in phones
        assert agents[number].queues


def test_no_secret_is_known_beforehand():
    site = demo_site()
    assert {phone.secret for phone in site.phones} == {""}
    assert {agent.pin for agent in site.agents} == {""}


def test_the_closed_line_never_opens():
    hours = {each.name: each for each in demo_site().hours}
    assert hours["cruise-desk"].rules == ()
    assert parse_destination(hours["cruise-desk"].closed).kind == "message"


@pytest.mark.parametrize("campaign", [demo_campaign(), callback_campaign()])
def test_the_demo_campaigns_are_sound_and_ready_to_run(campaign: Campaign) -> None:
    assert list(campaign_rules.problems(campaign, demo_site(), [LIST, CALLERS_LIST])) == []
    assert list(campaign_rules.missing(campaign)) == []
