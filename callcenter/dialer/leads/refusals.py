"""Why a lead of a file is left out, although its row can be read."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.leads.columns import ParsedLead
from callcenter.dialer.leads.store import Taken, listed_numbers, taken_numbers


class Refusals:
    """For the leads of one chunk; `duplicates` is a key of `imports.DUPLICATES`.

    Counts on the row of the import what it leaves out.
    """

    def __init__(self, session: Session, row: LeadImportRow, duplicates: str) -> None:
        self._session, self._row, self._policy = session, row, duplicates
        self._in_chunk: set[str] = set()
        self._taken: dict[str, list[Taken]] = {}
        self._listed: dict[str, str] = {}

    def ask(self, parsed: list[ParsedLead | str]) -> None:
        leads = [each for each in parsed if isinstance(each, ParsedLead)]
        numbers = {number.number for lead in leads for number in lead.numbers}
        self._listed = listed_numbers(self._session, numbers)
        if self._policy != "load":
            self._taken = taken_numbers(self._session, numbers)

    def of(self, lead: ParsedLead) -> str:
        numbers = [number.number for number in lead.numbers]
        if all(number in self._listed for number in numbers):
            self._row.blocked += 1
            return f"on the do-not-call list {self._listed[numbers[0]]}"
        reason = self._duplicate(numbers)
        if reason:
            self._row.duplicates += 1
        elif self._policy != "load":
            self._in_chunk.update(numbers)
        return reason

    def _duplicate(self, numbers: list[str]) -> str:
        for number in numbers:
            if number in self._in_chunk:
                return f"the number {number} is in an earlier row of this file"
            for taken in self._taken.get(number, ()):
                if self._policy == "site" or taken.list_id == self._row.list_id:
                    where = f"in the list {taken.list} already (lead {taken.lead_id})"
                    return f"the number {number} is {where}"
        return ""
