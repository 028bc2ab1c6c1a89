"""What imports of leads keep on disk for a month: rows left out, and files that were not loaded."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.customer_store import digits_of
from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.leads.imports import folder_of
from callcenter.dialer.leads.table_file import written_csv

LAST_DIGITS = 8  # the same in a country's own way of writing and in the international one
GOING = ("preview", "waiting", "running")


def forget_in_imports(session: Session, home: Path, digits: str) -> int:
    """Rows with this number leave the files of imports that are over; how many rows. A file that
    was cancelled or failed goes whole: nothing reads it any more."""
    query = select(LeadImportRow).where(LeadImportRow.state.not_in(GOING))
    count = 0
    for row in session.scalars(query):
        folder = folder_of(home, row.id)
        (folder / "file").unlink(missing_ok=True)
        count += _without(folder / "errors.csv", digits[-LAST_DIGITS:])
    return count


def _without(path: Path, last: str) -> int:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return 0
    rows = list(csv.reader(text.splitlines(keepends=True)))
    kept = [row for row in rows if not any(last in digits_of(cell) for cell in row)]
    if len(kept) < len(rows):
        partly = path.with_suffix(".partly")
        partly.write_bytes(written_csv(kept).encode("utf-8", errors="replace"))
        partly.replace(path)
    return len(rows) - len(kept)
