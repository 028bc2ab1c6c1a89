"""Sums kept beside the books. `roll_up` brings what changed up to the raw rows; `prove` compares.

A roll-up is never added to: what a change touches is reckoned anew from the raw rows, so a late, a
repeated and a withdrawn row all end in the same sums.

noting and touched say what changed, roll reckons that anew, days and days_anew from its quarters;
rebuild makes all of them, prove compares. One module a table: queues, waits, loads, agents and
states, offers, transfers, dids, trunks, callers, returns.
"""

from callcenter.ledger.rollups.noting import note_books, note_present
from callcenter.ledger.rollups.rebuild import ensure_rolled, finish_rebuild, progress
from callcenter.ledger.rollups.roll import roll_up
from callcenter.ledger.rollups.touched import Touched

__all__ = [
    "Touched",
    "ensure_rolled",
    "finish_rebuild",
    "note_books",
    "note_present",
    "progress",
    "roll_up",
]
