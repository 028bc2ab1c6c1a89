"""What a step of a caller's journey can do. The scripts in agi-scripts/ are written with this.

    def run(journey: Journey) -> None:
        order = journey.ask_digits("order-number", max_digits=8)
        journey.result("found" if journey.order(order) else "unknown")

A sound is the name of one of the site's prompts, or of one of Asterisk's own sounds ("digits/1",
"vm-goodbye"). See docs/journeys.md.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, sessionmaker

from callcenter.db import customer_store
from callcenter.db.customer_store import Customer, Order
from callcenter.db.engine import open_engine, sessions
from callcenter.dialer.leads.asked_back import ask_back
from callcenter.domain.errors import CallcenterError, InvalidInput
from callcenter.settings import CHECKOUT, Settings, load

if TYPE_CHECKING:
    from callcenter.agi.session import AgiSession

log = logging.getLogger(__name__)
_SOUND = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*", re.IGNORECASE)
_VARIABLE = re.compile(r"(CC_[A-Z_]+|CALLERID\((name|num)\)|CHANNEL\(language\))")
RESULT_VARIABLE = "CC_RESULT"
MAX_VALUE_CHARACTERS = 1000


class Journey:
    """One call, at one step. Everything ends with AGIHangup when the caller hangs up; the server
    takes care of that, a script need not."""

    def __init__(
        self, agi: AgiSession, settings: Settings, database: sessionmaker[Session] | None = None
    ) -> None:
        self._agi = agi
        self._settings = settings
        self._database = database or sessions(open_engine(settings.database))

    @property
    def caller_number(self) -> str:
        """Digits (and + * #) only; empty when withheld."""
        number = self._agi.env.get("agi_callerid", "")
        return "" if number == "unknown" else "".join(re.findall(r"[0-9+*#]", number))

    @property
    def caller_name(self) -> str:
        name = self._agi.env.get("agi_calleridname", "")
        return "" if name == "unknown" else str(name)

    @property
    def call_id(self) -> str:
        return str(self._agi.env.get("agi_uniqueid", ""))

    def answer(self) -> None:
        self._agi.answer()

    def say(self, sound: str) -> None:
        """Plays a prompt or one of Asterisk's sounds to its end."""
        self._agi.stream_file(self._path(sound))

    def say_digits(self, digits: str) -> None:
        """`42` → "four two"."""
        self._agi.say_digits(customer_store.digits_of(digits))

    def say_number(self, number: int) -> None:
        """42 → "forty-two"."""
        self._agi.say_number(int(number))

    def ask_digits(
        self, sound: str, *, max_digits: int = 10, wait_seconds: float = 5, tries: int = 3
    ) -> str:
        """Plays `sound` until digits are pressed; they end with #, a pause of `wait_seconds`, or
        the last of `max_digits`. Returns '' when nothing was pressed in `tries` plays."""
        for _ in range(tries):
            wait_milliseconds = int(wait_seconds * 1000)
            digits = self._agi.get_data(self._path(sound), wait_milliseconds, max_digits)
            if digits:
                return str(digits)
        return ""

    def get(self, name: str) -> str:
        """A channel variable or function, '' when it is not set."""
        return str(self._agi.get_variable(_allowed(name)) or "")

    def set(self, name: str, value: object) -> None:
        """Sets a variable CC_…, CALLERID(name), CALLERID(num) or CHANNEL(language)."""
        self._agi.set_variable(_allowed(name), str(value)[:MAX_VALUE_CHARACTERS])

    def result(self, word: str) -> None:
        """The word that the journey's `results` in the site choose the next destination by."""
        self.set(RESULT_VARIABLE, word)

    def customer(self) -> Customer | None:
        """Whose number it is."""
        with self._database() as session:
            return customer_store.find_customer(session, self.caller_number)

    def order(self, number: str) -> Order | None:
        with self._database() as session:
            return customer_store.find_order(session, number)

    @property
    def argument(self) -> str:
        """The word that the site gives this journey's script, '' for none."""
        return str(self._agi.env.get("agi_arg_1", ""))

    def request_callback(self, campaign: str, number: str) -> bool:
        """The campaign calls `number` as soon as it may. False: it cannot (the log says why)."""
        try:
            with self._database.begin() as session:
                ask_back(session, campaign, number, time.time(), call=self.call_id)
        except CallcenterError as error:
            log.warning("callback_refused", extra={"call": self.call_id, "reason": str(error)})
            return False
        # Told at once: who hangs up on the thanks is called back all the same.
        self._agi.execute("GOSUB", "cc-step", "s", "1", f"callback,{campaign},")
        return True

    def first_sound(self, prompt: str, otherwise: str) -> str:
        """`prompt` when the site has it, else one of Asterisk's own sounds."""
        return prompt if self.has_prompt(prompt) else otherwise

    def _path(self, sound: str) -> str:
        if not _SOUND.fullmatch(sound):
            raise InvalidInput(f"{sound!r} is not the name of a prompt or sound")
        prompt: Path = self._settings.prompts / sound
        return str(prompt) if self.has_prompt(sound) else sound

    def has_prompt(self, sound: str) -> bool:
        """Whether the site has recorded or spoken it."""
        return (self._settings.prompts / f"{sound}.wav").exists()


def _allowed(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise InvalidInput(f"{name!r} may not be used: name a variable CC_… of your own")
    return name


def run_as_plain_agi(run: Callable[[Journey], None]) -> int:
    """For `if __name__ == "__main__":` of a script that Asterisk starts itself by AGI(FILE).

    CALLCENTER_HOME in Asterisk's environment says which installation. Returns the exit code."""
    from asterisk.agi import AGIHangup

    from callcenter.agi.session import AgiSession, PlainLines

    home = Path(os.environ.get("CALLCENTER_HOME") or CHECKOUT / "var")
    try:
        agi = AgiSession(PlainLines(sys.stdin), sys.stdout)
        run(Journey(agi, load(home)))
    except AGIHangup:
        pass  # an ordinary end
    return 0
