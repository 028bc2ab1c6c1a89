"""What an office has after a while: a campaign, its leads, saved reports, rates, consents."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcenter.db.campaign_store import save_campaign
from callcenter.db.engine import open_engine, sessions
from callcenter.db.rate_store import read_csv, save_rates
from callcenter.dialer.leads import callbacks, consents, do_not_call, manage
from callcenter.domain.campaign import CallerId, Campaign, ListShare
from callcenter.reports.due import Rhythm
from callcenter.reports.schedules import add_schedule
from callcenter.reports.templates import save_template
from callcenter.settings import Settings

RATES = """prefix,title,direction,price_per_minute,currency,valid_from
,Calls in,inbound,0.004,EUR,2026-01-01
39,Italy,outbound,0.012,EUR,2026-01-01
4930,"Berlin, by the long name that a carrier gives it",outbound,0.018,EUR,2026-03-01
"""
# With what an office has by now; axe and the pictures look at them.
PAGES = (
    "/reports/saved", "/reports/rates", "/reports/cost", "/people", "/dialer/campaigns",
    "/dialer/campaigns/new", "/dialer/campaigns/edit/spring", "/dialer/lists",
    "/dialer/lists/new", "/dialer/lists/edit/fresh", "/dialer/imports/new?list=fresh",
    "/dialer/leads", "/dialer/leads/new", "/dialer/leads/1", "/dialer/leads/1/change",
    "/dialer/callbacks", "/dialer/do-not-call",
    "/dialer/consents", "/campaign-board", "/campaign-board/spring",
    "/campaign-board/spring/attempts", "/what-if",
)  # fmt: skip


def fill_office(settings: Settings) -> None:
    engine, now = open_engine(settings.database), time.time()
    with sessions(engine).begin() as session:
        manage.make_list(session, "fresh", "Fresh addresses", "US", now)
        save_campaign(
            session,
            Campaign(
                "spring", "Spring offer", "sales", mode="predictive", lists=(ListShare("fresh"),),
                caller_ids=(CallerId("+15550100"),), script="Good day {given_name} …",
            ),
            now,
        )  # fmt: skip
        for number in range(8):
            values = {"number": f"+1212555010{number}", "given_name": "Zoë", "custom:plan": "gold"}
            manage.add_lead(session, "fresh", values, now, "ann")
        wall = datetime.fromtimestamp(now + 86_400, UTC).replace(tzinfo=None)
        for lead, agent in ((1, "1001"), (2, "")):
            callbacks.promise(session, lead, "spring", wall, now, agent=agent, note="the contract")
        do_not_call.add(session, "+12125550107", now, source="page", by="ann", reason="a letter")
        consents.give(session, consents.Consent("+12125550101", "web form", "f 7", now), "ann")
        save_rates(session, read_csv(RATES), replace_all=True)
        template = save_template(
            session, owner="ann", name="Monday's queues", report="queue",
            question={"period": "last-week"}, hidden=["hold"], shared_with="supervisor", at=now,
        )  # fmt: skip
        add_schedule(
            session, template, owner="ann", recipients=["boss@acme.example"], kind="pdf",
            rhythm=Rhythm("weekly", 420), now=now, zone=ZoneInfo("Europe/Rome"),
        )  # fmt: skip
    engine.dispose()
