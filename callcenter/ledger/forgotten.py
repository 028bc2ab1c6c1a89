"""What must not come back when an old file of Asterisk is read again.

A person's number is kept as a keyed hash only. A fact that holds it (from before it was erased), or
any outside number (from before numbers are kept), is blanked: the number where it calls is emptied
with its name, elsewhere `erased` takes its place, so that the fact folds into the same books. A
blanked fact's digest is keyed too, or the number could be found by trying; a line read again is
known by either digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.customer_store import digits_of
from callcenter.db.models.privacy import ErasedNumber, RetentionFloor
from callcenter.db.models.site_phones import SitePhoneRow, SiteRingGroupRow, SiteVoicemailRow
from callcenter.db.models.site_trunks import SiteDidRow, SiteTrunkRow
from callcenter.ledger.facts import CEL, Fact
from callcenter.ledger.parse_cdr import CDR

log = logging.getLogger(__name__)

ERASED = "erased"
FEWEST_DIGITS = 5  # what is shorter is an extension or a feature code, nobody's own number
# Digits on their own: not those inside a channel's id (pbx1-1764000000.12) or a word.
_RUN = re.compile(rf"(?<![\w.-])\+?[0-9]{{{FEWEST_DIGITS},}}(?![\w-]|\.[0-9])")
_FROM_TRUNK = "PJSIP/trunk-"
CALLING = {"caller_number": "caller_name", "src": "clid"}  # field of the number → of the name
# Where people's numbers stand in a fact. queue_log is full of other numbers: by event.
FIELDS = {
    CEL: ("caller_name", "caller_number", "dialed", "exten", "channel", "data", "peer"),
    CDR: ("src", "clid", "dst", "channel", "dstchannel"),
}
EVENT_FIELDS = {
    "ENTERQUEUE": ("data2",), "TRANSFER": ("data1",), "BLINDTRANSFER": ("data1",),
    "ATTENDEDTRANSFER": ("data1",),
}  # fmt: skip

IsGone = Callable[[str], bool]


def number_hash(key: bytes, number: str) -> str:
    return hmac.new(key, digits_of(number).encode(), hashlib.sha256).hexdigest()


def keyed_digest(key: bytes, digest: str) -> str:
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()[:32]


def blanked_text(text: str, gone: IsGone) -> str:
    return _RUN.sub(lambda run: ERASED if gone(run[0]) else run[0], text)


def blanked_fields(fact: Fact, gone: IsGone) -> dict[str, str]:
    """Equal to the fact's own when there is nothing to blank."""
    found = dict(fact.fields)
    for name in FIELDS.get(fact.source, EVENT_FIELDS.get(fact.event, ())):
        if name in found:
            found[name] = blanked_text(found[name], gone)
    if "extra" in found:
        found["extra"] = _blanked_json(found["extra"], gone)
    for number, name in CALLING.items():
        if found.get(number, "") != fact.get(number):
            del found[number]
            found.pop(name, None)
    if fact.event == "ENTERQUEUE" and found.get("data2", "") != fact.get("data2"):
        del found["data2"]
    return found


def _blanked_json(text: str, gone: IsGone) -> str:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return blanked_text(text, gone)
    if not isinstance(values, dict):
        return blanked_text(text, gone)
    found = {
        name: blanked_text(value, gone) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return text if found == values else json.dumps(found, ensure_ascii=False)


@dataclass(frozen=True)
class Forgotten:
    """`erased`: hash of a number → up to when. The instants are those of RetentionFloor."""

    key: bytes = b""
    erased: Mapping[str, float] = field(default_factory=dict)
    calls_before: float = 0.0
    numbers_before: float = 0.0
    house: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        return not (self.erased or self.calls_before or self.numbers_before)

    def left(self, facts: Iterable[Fact]) -> list[Fact]:
        """Without those from before calls are kept, nor, when the key is lost, any that an erased
        number might be in."""
        floor = self.calls_before
        if self.erased and not self.key:
            log.error("erasure_key_missing", extra={"mend": "put erasure.key back from a backup"})
            floor = max(floor, *self.erased.values())
        return [fact for fact in facts if fact.at >= floor]

    def digests(self, fact: Fact) -> tuple[str, ...]:
        """Under which it may be known."""
        return (fact.digest, keyed_digest(self.key, fact.digest)) if self.key else (fact.digest,)

    def taken(self, fact: Fact) -> Fact:
        """The fact as it may be kept."""
        fields = blanked_fields(fact, lambda run: self.gone(run, fact.at))
        if fact.at < self.numbers_before and fact.get("channel").startswith(_FROM_TRUNK):
            fields.pop("caller_name", None)
        if fields == fact.fields:
            return fact
        return fact._replace(digest=keyed_digest(self.key, fact.digest), fields=fields)

    def gone(self, run: str, at: float) -> bool:
        if at < self.numbers_before and digits_of(run) not in self.house:
            return True
        return at <= self.erased.get(number_hash(self.key, run), -1.0) if self.erased else False


def load_forgotten(session: Session, key: bytes) -> Forgotten:
    erased = {row.number_hash: row.erased_at for row in session.scalars(select(ErasedNumber))}
    floor = session.scalar(select(RetentionFloor))
    calls, numbers = (floor.calls_before, floor.numbers_before) if floor else (0.0, 0.0)
    house = house_numbers(session) if numbers else frozenset()
    return Forgotten(key, erased, calls, numbers, house)


def house_numbers(session: Session) -> frozenset[str]:
    """Digits of our own numbers: what people dial to reach us, extensions, what trunks show."""
    columns = (
        SiteDidRow.number, SitePhoneRow.extension, SiteRingGroupRow.extension,
        SiteVoicemailRow.number, SiteTrunkRow.caller_number,
    )  # fmt: skip
    found = {digits_of(text) for column in columns for text in session.scalars(select(column))}
    return frozenset(found - {""})
