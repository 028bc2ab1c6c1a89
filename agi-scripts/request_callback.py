#!/usr/bin/env python3
"""A caller who does not want to wait is called back: by the campaign the journey names.

Results: `callback` when it was promised, `refused` when that number cannot be called, `none` when
nothing was typed. Prompts of the site: callback-choice ("press 1 to be called back at the number
you are calling from, 2 to type another"), callback-number, callback-promised, callback-refused.
Without callback-choice the caller's own number is taken, where it is known.
"""

from callcenter.agi.journey import Journey, run_as_plain_agi

OWN_NUMBER, ANOTHER_NUMBER = "1", "2"


def run(journey: Journey) -> None:
    journey.answer()
    number = chosen_number(journey)
    if not number:
        journey.result("none")
        return
    promised = journey.request_callback(journey.argument, number)
    journey.result("callback" if promised else "refused")
    if promised:
        journey.say(journey.first_sound("callback-promised", "auth-thankyou"))
    else:
        journey.say(journey.first_sound("callback-refused", "invalid"))


def chosen_number(journey: Journey) -> str:
    own = journey.caller_number
    if own and not journey.has_prompt("callback-choice"):
        return own
    key = journey.ask_digits("callback-choice", max_digits=1) if own else ANOTHER_NUMBER
    if key == OWN_NUMBER:
        return own
    if key != ANOTHER_NUMBER:
        return ""
    asked = journey.first_sound("callback-number", "vm-enter-num-to-call")
    return journey.ask_digits(asked, max_digits=15)


if __name__ == "__main__":
    raise SystemExit(run_as_plain_agi(run))
