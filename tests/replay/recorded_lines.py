"""Lines that real Asterisk 22 wrote while real SIP phones played one situation each."""

from __future__ import annotations

from pathlib import Path

from callcenter.ledger.facts import CEL, QUEUE_LOG

RECORDED = Path(__file__).parent / "recorded"
FILES = {CEL: "cel.csv", QUEUE_LOG: "queue_log"}


def recorded(situation: str) -> list[tuple[str, str]]:
    """(source, line) of one situation, CEL first."""
    return [
        (source, line)
        for source, name in FILES.items()
        for line in (RECORDED / situation / name).read_text(encoding="utf-8").splitlines()
    ]
