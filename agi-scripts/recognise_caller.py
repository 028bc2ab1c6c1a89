#!/usr/bin/env python3
"""Who is calling? Sets the caller's name, place in the queue, language and usual agent.

Runs before the menu of every call from outside while the site has "recognise callers" on. An
unknown number changes nothing.
"""

from callcenter.agi.journey import Journey, run_as_plain_agi


def run(journey: Journey) -> None:
    customer = journey.customer()
    if customer is None:
        journey.result("unknown")
        return
    known = {
        "CALLERID(name)": customer.name,
        "CC_CALLER_NAME": customer.name,
        "CC_PRIORITY": customer.priority,
        "CC_LAST_AGENT": customer.last_agent,
        "CC_LANGUAGE": customer.language,
    }
    for variable, value in known.items():
        if value:
            journey.set(variable, value)
    journey.result("known")


if __name__ == "__main__":
    raise SystemExit(run_as_plain_agi(run))
