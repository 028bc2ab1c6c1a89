"""The demo's campaigns: Northwind Travel calls the people of the directory about summer offers,
and callers back who asked for it.

Two simulated agents do nothing else and one helps them between callers. It runs slowly, day and
night, so that a visitor always finds calls going out.
"""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from callcenter.db.campaign_store import save_campaign
from callcenter.demo.directory import people
from callcenter.demo.site import CALLBACKS, MAIN_DID
from callcenter.dialer.compliance.number_zones import dialable
from callcenter.dialer.leads.columns import ParsedLead
from callcenter.dialer.leads.manage import make_list, recycle
from callcenter.dialer.leads.store import add_leads
from callcenter.domain.campaign import (
    EVERY_DAY,
    CallerId,
    Campaign,
    KeyAction,
    ListShare,
    RetryRule,
)
from callcenter.domain.site import OpeningRule

NAME = "summer-offers"
LIST = "travellers"
CALLERS_LIST = "callers"
COUNTRY = "US"
CALLS_PER_SECOND = 0.5
AGAIN_SECONDS = 600
TRIES = 50  # a day and in all: the same four hundred people, for ever
_CALLED_AGAIN = ("no-answer", "busy", "machine", "abandoned", "failed", "lost")
_DONE = '{"field": "state", "op": "is", "value": "done"}'


def demo_campaign() -> Campaign:
    return Campaign(
        NAME,
        "Summer offers",
        "offers",
        mode="predictive",
        state="running",
        trunk="carrier",
        lists=(ListShare(LIST),),
        caller_ids=(CallerId(f"+{MAIN_DID}"),),
        script="Good day {given_name}, this is Northwind Travel …",
        rules="none",  # a town of made-up people: real ones are called by a preset
        hours=(OpeningRule(EVERY_DAY, time(0), time(0)),),
        retries=tuple(
            RetryRule(outcome, delay_seconds=AGAIN_SECONDS, attempts=20 * TRIES)  # type: ignore[arg-type]
            for outcome in _CALLED_AGAIN
        ),
        attempts_per_number=20 * TRIES,
        attempts_per_lead=20 * TRIES,
        attempts_per_number_per_day=TRIES,
        attempts_per_lead_per_day=TRIES,
        machine_detection=True,
        abandoned_prompt="offers-missed",
        keys=(KeyAction("9", "do-not-call"),),
        max_lines=6,
        max_calls_per_second=CALLS_PER_SECOND,
    )


def callback_campaign() -> Campaign:
    """Callers of the support queue who asked to be called back rather than wait."""
    return Campaign(
        CALLBACKS,
        "Call back",
        "support",
        mode="progressive",
        state="running",
        trunk="carrier",
        lists=(ListShare(CALLERS_LIST),),
        caller_ids=(CallerId(f"+{MAIN_DID}"),),
        script="Good day, this is Northwind Travel, you asked us to call …",
        rules="none",
        hours=(OpeningRule(EVERY_DAY, time(0), time(0)),),
        max_lines=2,
        max_calls_per_second=CALLS_PER_SECOND,
    )


def add_demo_campaigns(session: Session, now: float) -> None:
    make_list(session, CALLERS_LIST, "Callers to call back", COUNTRY, now)
    rows = make_list(session, LIST, "Travellers", COUNTRY, now)
    session.flush()
    leads = []
    for person in people():
        given, _, family = person.name.partition(" ")
        number = dialable(f"+{person.number}", COUNTRY)
        texts = {"given_name": given, "family_name": family, "language": person.language}
        leads.append(ParsedLead((number,), texts))
    add_leads(session, rows.id, leads, now, by="demo seed")
    save_campaign(session, demo_campaign(), now)
    save_campaign(session, callback_campaign(), now)


def call_again(session: Session, now: float) -> int:
    """Those who were talked to may be called again: a demo never runs out of people."""
    return recycle(session, LIST, _DONE, now)
