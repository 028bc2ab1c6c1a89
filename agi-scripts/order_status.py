#!/usr/bin/env python3
"""The caller types an order number and hears how far it is.

Results: the order's status, or `unknown` after three numbers we do not have, or `none` when
nothing was typed. Prompts of the site are used where they exist (order-number, order-unknown and
order-received … order-cancelled); else Asterisk's own sounds.
"""

from callcenter.agi.journey import Journey, run_as_plain_agi

TRIES = 3


def run(journey: Journey) -> None:
    journey.answer()
    for _ in range(TRIES):
        number = journey.ask_digits(
            journey.first_sound("order-number", "vm-enter-num-to-call"), max_digits=8
        )
        if not number:
            journey.result("none")
            return
        order = journey.order(number)
        if order is not None:
            journey.say_digits(order.number)
            journey.say(journey.first_sound(f"order-{order.status}", "activated"))
            journey.result(order.status)
            return
        journey.say(journey.first_sound("order-unknown", "invalid"))
    journey.result("unknown")


if __name__ == "__main__":
    raise SystemExit(run_as_plain_agi(run))
