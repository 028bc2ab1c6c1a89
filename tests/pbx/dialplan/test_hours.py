"""Opening hours by the site's own clock, on both sides of each daylight-saving change."""

from __future__ import annotations

import pytest

from tests.pbx.dialplan.conftest import Pbx
from tests.pbx.dialplan.site import CLOSED, OFFICE
from tests.phones import Phone
from tests.stack import eventually

pytestmark = pytest.mark.pbx

LONG_ENOUGH_BYTES = 4 * 16_000


@pytest.mark.parametrize(
    ("utc", "state"),
    [
        # Europe/Rome: the clock goes forward on Sunday 29 March 2026, back on Sunday 25 October.
        ("202603270800", "open"),  # Friday 09:00, winter time
        ("202603270759", "closed"),  # 08:59
        ("202603300700", "open"),  # Monday 09:00, summer time: an hour earlier in UTC
        ("202603300659", "closed"),
        ("202603301559", "open"),  # 17:59
        ("202603301600", "closed"),  # 18:00
        ("202610260759", "closed"),  # Monday after the change back: 08:59
        ("202610260800", "open"),
        ("202603282300", "closed"),  # Saturday to Sunday, the night of the change
        ("202603280030", "open"),  # Saturday 01:30: Friday's night shift, 22:00 to 02:00
        ("202603280100", "closed"),  # 02:00
    ],
)
def test_open_or_closed_at_an_instant(pbx: Pbx, now: int, utc: str, state: str) -> None:
    pbx.originate(f"Local/{utc}@test-clock")
    pbx.wait_step(f"message|{state}|", now)
    assert f"hours|office|{state}" in pbx.steps(now)


def test_out_of_hours_a_message_can_be_left(pbx: Pbx, now: int, caller: Phone) -> None:
    call = caller.call(CLOSED).wait_up()
    pbx.wait_step("voicemail|800|", now)
    assert "hours|never|closed" in pbx.steps(now)
    inbox = pbx.settings.home / "voicemail/cc/800/INBOX"

    def recorded() -> bool:
        """Past the greeting, and long enough to be kept."""
        sounds = inbox.parent.rglob("*.wav")
        return any(path.stat().st_size > LONG_ENOUGH_BYTES for path in sounds)

    eventually(recorded, 20, "four seconds of message")
    call.hang_up()
    eventually(lambda: list(inbox.glob("msg*.txt")), 5, "the message in the inbox")


def test_the_office_is_open_or_closed_now(pbx: Pbx, now: int, caller: Phone) -> None:
    caller.call(OFFICE).wait_up().wait_ended()
    steps = pbx.all_steps(now)
    assert steps[0] == f"did|{OFFICE}|carrier"
    assert steps[1] in ("hours|office|open", "hours|office|closed")
