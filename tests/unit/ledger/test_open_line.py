"""The channels of an open line in the books: one leg for each call, and the line by itself."""

from __future__ import annotations

import csv
import io

from callcenter.ledger.books import Channel
from callcenter.ledger.parse_cel import COLUMNS, parse_cel
from callcenter.ledger.parse_own_cdr import COLUMNS as CDR_COLUMNS
from callcenter.ledger.parse_own_cdr import parse_own_cdr

NEAR, FAR = "Local/201@cc-line-call-0000001a;1", "Local/201@cc-line-call-0000001a;2"


def line(columns: tuple[str, ...], **values: str) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow([values.get(each, "") for each in columns])
    return text.getvalue().strip()


def cel(channel: str, context: str) -> tuple[str, str]:
    fact = parse_cel(
        line(COLUMNS, event="BRIDGE_ENTER", at="5.25", channel=channel, context=context,
             uniqueid="p-2.1", linkedid="p-1.0")
    )  # fmt: skip
    return fact.uniqueid, fact.linkedid


def test_only_the_agents_leg_is_in_the_call() -> None:
    assert cel(NEAR, "cc-queue") == ("p-2.1", "p-1.0")
    assert cel("PJSIP/201-0001", "cc-from-phone") == ("p-2.1", "p-1.0")
    assert cel("PJSIP/201-0001", "cc-open-line") == ("p-2.1", "p-2.1"), "a call of its own"
    assert cel(FAR, "cc-line-call") == ("", ""), "of no call"


def test_the_cdr_is_taken_apart_in_the_same_way() -> None:
    for channel, context, wanted in (
        (FAR, "cc-line-call", ("", "")),
        ("PJSIP/201-0001", "cc-open-line", ("p-2.1", "p-2.1")),
        ("PJSIP/trunk-carrier-1", "cc-queue", ("p-2.1", "p-1.0")),
    ):
        at = "2026-11-23 12:00:00"
        fact = parse_own_cdr(
            line(CDR_COLUMNS, start=at, answer=at, end=at, channel=channel, dcontext=context,
                 disposition="ANSWERED", uniqueid="p-2.1", linkedid="p-1.0")
        )  # fmt: skip
        assert (fact.uniqueid, fact.linkedid) == wanted


def test_the_leg_is_the_phones() -> None:
    leg = Channel("x", NEAR, 0.0)
    assert (leg.party, leg.is_phone, leg.is_trunk) == ("201", True, False)
    assert not Channel("x", "Local/1001*201@cc-sign-in-request-00000001;1", 0.0).is_phone
