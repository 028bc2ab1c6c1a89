"""A file's way into a list: prepared once, then loaded chunk by chunk. The count of rows done
commits with the leads of those rows, so a killed import goes on where it stood, with none lost and
none twice; two processes at one import cannot both count the same rows.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.leads.columns import ParsedLead, checked, read_row
from callcenter.dialer.leads.refusals import Refusals
from callcenter.dialer.leads.store import add_leads
from callcenter.dialer.leads.table_file import Reading, row_count, table_rows, written_csv
from callcenter.domain.errors import Conflict, InvalidInput, NotFound

CHUNK_ROWS = 2000
KEPT_SECONDS = 30 * 86400.0
ORPHAN_SECONDS = 86400.0  # of a list that was deleted, or an upload that was broken off
STALE_SECONDS = 60.0  # a running import that made no progress for so long has lost its process
DUPLICATES = {
    "list": "leave out numbers that are in this list",
    "site": "leave out numbers that are in any list",
    "load": "load them all the same",
}
ERASED_SINCE = "erased at the person's own request, after this file had come"
Clock = Callable[[], float]
HasErased = Callable[[Iterable[str]], bool]  # whether one of the texts is such a person's number
Erased = Callable[[Session, float], HasErased]  # (.., when the file came)


@dataclass(frozen=True)
class ImportOptions:
    columns: dict[int, str]
    reading: Reading = field(default_factory=Reading)
    duplicates: str = "list"

    def plain(self) -> dict[str, Any]:
        columns = {str(index): name for index, name in self.columns.items()}
        return asdict(self) | {"columns": columns}


def options_of(row: LeadImportRow) -> ImportOptions:
    columns = {int(index): name for index, name in row.options["columns"].items()}
    return ImportOptions(columns, Reading(**row.options["reading"]), row.options["duplicates"])


def folder_of(home: Path, import_id: int) -> Path:
    """Its copy of the file, and `errors.csv`."""
    return home / "imports" / str(import_id)


def prepare_import(
    session: Session, home: Path, file: Path, file_name: str, list_name: str, by: str, now: float
) -> LeadImportRow:
    """Copies the file and notes it; it waits for its columns (`start_import`)."""
    list_id = session.scalar(select(LeadListRow.id).where(LeadListRow.name == list_name))
    if list_id is None:
        raise NotFound(f"there is no lead list {list_name}; make it first")
    row = LeadImportRow(
        list_id=list_id, file_name=file_name[:200], path="", digest="", options={},
        state="preview", by=by, started_at=now, progressed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    folder = folder_of(home, row.id)
    shutil.rmtree(folder, ignore_errors=True)  # of an import whose list is gone
    folder.mkdir(parents=True)
    row.path = str(folder / "file")
    try:
        shutil.copyfile(file, row.path)
        with open(row.path, "rb") as copy:
            row.digest = hashlib.file_digest(copy, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}") from error
    return row


def start_import(session: Session, import_id: int, options: ImportOptions, now: float) -> None:
    """From now on the jobs process, or whoever calls `run_import`, loads it."""
    row = find_import(session, import_id)
    if row.state != "preview":
        raise Conflict(f"import {import_id} is {row.state} already")
    if options.duplicates not in DUPLICATES:
        raise InvalidInput(f"duplicates are one of {', '.join(DUPLICATES)}")
    checked(options.columns)
    row.options, row.state, row.progressed_at = options.plain(), "waiting", now


def find_import(session: Session, import_id: int) -> LeadImportRow:
    row = session.get(LeadImportRow, import_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no import {import_id}")
    return row


def cancel_import(session: Session, import_id: int) -> None:
    """What is loaded stays; the rest is not loaded."""
    row = find_import(session, import_id)
    if row.state not in ("preview", "waiting", "running"):
        raise Conflict(f"import {import_id} is {row.state} already")
    row.state = "cancelled"


def imports_to_run(session: Session, now: float) -> list[int]:
    """Those that wait, and those whose process seems to have died."""
    lost = (LeadImportRow.state == "running") & (LeadImportRow.progressed_at < now - STALE_SECONDS)
    query = select(LeadImportRow.id).where((LeadImportRow.state == "waiting") | lost)
    return list(session.scalars(query.order_by(LeadImportRow.id)))


def run_import(
    sessions: sessionmaker[Session],
    home: Path,
    import_id: int,
    clock: Clock,
    tell: Callable[[LeadImportRow], None] = lambda row: None,
    chunk_rows: int = CHUNK_ROWS,
    erased: Erased = lambda session, came_at: lambda texts: False,
) -> LeadImportRow:
    """Loads it from where it stands to its end; `tell` after every chunk. `erased`: of
    privacy/erased_leads.py, so that who was erased does not come back by an old file. A file that
    cannot be read leaves it `failed` with the reason, and what was loaded before stays."""
    try:
        row = _load(sessions, home, import_id, clock, tell, chunk_rows, erased)
        Path(row.path).unlink(missing_ok=True)  # the people in it are in the list now
        return row
    except InvalidInput as error:
        with sessions.begin() as session:
            row = find_import(session, import_id)
            row.state, row.message = "failed", str(error)
        return row


def _load(
    sessions: sessionmaker[Session],
    home: Path,
    import_id: int,
    clock: Clock,
    tell: Callable[[LeadImportRow], None],
    chunk_rows: int,
    erased: Erased,
) -> LeadImportRow:
    with sessions.begin() as session:
        row = find_import(session, import_id)
        if row.state not in ("waiting", "running", "failed"):
            raise Conflict(f"import {import_id} is {row.state}; load the file anew")
        options, path, done = options_of(row), Path(row.path), row.rows_done
        country = session.get_one(LeadListRow, row.list_id).country
        if row.rows_total is None:
            row.rows_total = row_count(path, options.reading)
        row.state, row.progressed_at = "running", clock()
    errors = folder_of(home, import_id) / "errors.csv"
    with table_rows(path, options.reading) as rows:
        header = next(rows, []) if options.reading.header else []
        for _ in islice(rows, done):
            pass
        number = done
        while True:
            chunk = list(islice(rows, chunk_rows))
            parsed = [_parsed(cells, options, country) for cells in chunk]
            loading = _Chunk(number, chunk, parsed, header, last=len(chunk) < chunk_rows)
            with sessions.begin() as session:
                row = _load_chunk(session, import_id, loading, options, errors, clock(), erased)
            tell(row)
            number += len(chunk)
            if row.state != "running":
                return row


@dataclass(frozen=True)
class _Chunk:
    start: int  # rows before it
    cells: list[list[str]]
    parsed: list[ParsedLead | str]  # or why not
    header: list[str]
    last: bool


def _parsed(cells: list[str], options: ImportOptions, country: str) -> ParsedLead | str:
    if not any(cell.strip() for cell in cells):
        return ""
    try:
        return read_row(cells, options.columns, country)
    except InvalidInput as error:
        return str(error)


def _load_chunk(
    session: Session,
    import_id: int,
    chunk: _Chunk,
    options: ImportOptions,
    errors: Path,
    now: float,
    erased: Erased,
) -> LeadImportRow:
    _claim(session, import_id, chunk, now)
    row = find_import(session, import_id)
    refusals = Refusals(session, row, options.duplicates)
    refusals.ask(chunk.parsed)
    has_erased = erased(session, row.started_at)
    loading, refused = [], []
    for index, parsed in enumerate(chunk.parsed):
        reason = refusals.of(parsed) if isinstance(parsed, ParsedLead) else parsed
        line = chunk.start + index + 1 + options.reading.header
        if has_erased(_numbers(parsed, chunk.cells[index])):
            refused.append([str(line), ERASED_SINCE])
        elif isinstance(parsed, ParsedLead) and not reason:
            loading.append(parsed)
        elif reason:
            refused.append([str(line), reason, *chunk.cells[index]])
    add_leads(session, row.list_id, loading, now, import_id=import_id, by=row.by)
    row.loaded += len(loading)
    row.refused += len(refused)
    row.errors_bytes = _write_errors(errors, row.errors_bytes, chunk.header, refused)
    if chunk.last:
        row.state, row.rows_total = "done", row.rows_done
    session.flush()
    return row


def _numbers(parsed: ParsedLead | str, cells: list[str]) -> list[str]:
    read = [each.number for each in parsed.numbers] if isinstance(parsed, ParsedLead) else []
    return [*read, *cells]


def _claim(session: Session, import_id: int, chunk: _Chunk, now: float) -> None:
    """Counts the chunk as ours, which also takes the write lock. Raises Conflict when somebody
    else has gone on with this import, or cancelled it."""
    done = session.execute(
        update(LeadImportRow)
        .where(
            LeadImportRow.id == import_id,
            LeadImportRow.rows_done == chunk.start,
            LeadImportRow.state == "running",
        )
        .values(rows_done=chunk.start + len(chunk.cells), progressed_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"import {import_id} was cancelled or goes on in another process")


def _write_errors(path: Path, size: int, header: list[str], refused: list[list[str]]) -> int:
    """Appends to the file of errors behind what is committed; its new size."""
    if not refused:
        return size
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(size)
        file.seek(size)
        rows = refused if size else [["row", "reason", *header], *refused]
        file.write(written_csv(rows).encode("utf-8", errors="replace"))
        file.flush()
        return file.tell()


def forget_files(session: Session, home: Path, now: float) -> int:
    """Deletes the files, and the rows left out, of imports that ended long ago or were never
    started: they name people. Returns how many."""
    old = LeadImportRow.progressed_at < now - KEPT_SECONDS
    going = LeadImportRow.state.in_(("waiting", "running"))
    ended = set(session.scalars(select(LeadImportRow.id).where(old, ~going)))
    known = set(session.scalars(select(LeadImportRow.id)))
    gone = 0
    for found in (home / "imports").glob("*"):
        number = int(found.name) if found.name.isdecimal() else 0
        orphan = number not in known and found.stat().st_mtime < now - ORPHAN_SECONDS
        if number in ended or orphan:
            shutil.rmtree(found) if found.is_dir() else found.unlink()
            gone += 1
    return gone


def import_rows(session: Session, list_name: str = "") -> Iterator[Any]:
    """The newest first, with the name of the list."""
    query = select(LeadImportRow, LeadListRow.name).join(
        LeadListRow, LeadListRow.id == LeadImportRow.list_id
    )
    if list_name:
        query = query.where(LeadListRow.name == list_name)
    yield from session.execute(query.order_by(LeadImportRow.id.desc())).all()
