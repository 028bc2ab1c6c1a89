"""A file's way into a list: upload, which column is what, progress, and the rows left out."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from callcenter.db.models.campaigns import LeadListRow
from callcenter.db.models.leads import LeadImportRow
from callcenter.dialer.leads import imports
from callcenter.dialer.leads.columns import (
    CUSTOM,
    NUMBERS,
    TITLES,
    custom_name,
    guessed,
    looks_like_lead,
    number_column,
)
from callcenter.dialer.leads.imports import DUPLICATES, ImportOptions
from callcenter.dialer.leads.manage import lists_with_figures
from callcenter.dialer.leads.table_file import ENCODINGS, MAX_BYTES, Reading, first_rows
from callcenter.domain.errors import InvalidInput, NotFound
from web.access import current_user, requires
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.import_rows import SHOWN_ROWS, Tried, first_left_out, tried
from web.services import services
from web.uploads import takes_files

PREVIEW_ROWS = 6
AS_CUSTOM = "custom"


@blueprint.get("/dialer/imports/new")
@requires("admin")
def upload() -> str:
    return _upload_page("")


@blueprint.post("/dialer/imports/new")
@requires("admin")
@takes_files(MAX_BYTES)
def uploaded() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page("choose a file"), 400
    with tempfile.NamedTemporaryFile(dir=_folder(), prefix="upload-") as taken:
        file.save(taken)
        taken.flush()
        try:
            first_rows(Path(taken.name), Reading(), 2)
        except InvalidInput as refused:
            return _upload_page(str(refused)), 400
        with services().sessions.begin() as session:
            row = imports.prepare_import(
                session, services().settings.home, Path(taken.name), file.filename,
                request.form.get("list", ""), current_user().username, services().clock(),
            )  # fmt: skip
            audit(session, "lead_file_uploaded", f"import {row.id}", file.filename[:200])
    return redirect(url_for("campaigns.columns", import_id=row.id))


@blueprint.get("/dialer/imports/<int:import_id>/columns")
@requires("admin")
def columns(import_id: int) -> ResponseReturnValue:
    row = _import(import_id)
    if row.state != "preview":
        return redirect(url_for("campaigns.progress", import_id=import_id))
    reading = _reading(request.args)
    if "header" not in request.args and _first_is_lead(row, reading):
        reading = replace(reading, header=False)
    return _columns_page(row, reading, None, "")


@blueprint.post("/dialer/imports/<int:import_id>/columns")
@requires("admin")
def columns_chosen(import_id: int) -> ResponseReturnValue:
    row, reading = _import(import_id), _reading(request.form)
    chosen = _chosen(row, reading)
    options = ImportOptions(chosen, reading, request.form.get("duplicates", "list"))
    if set(chosen.values()) & set(NUMBERS) and not _tried(row, reading, chosen).readable:
        return _columns_page(row, reading, chosen, "none of the first rows can be loaded so"), 400
    with services().sessions.begin() as session:
        try:
            imports.start_import(session, import_id, options, services().clock())
            audit(session, "leads_imported", f"import {import_id}", row.file_name)
        except InvalidInput as refused:
            session.rollback()
            return _columns_page(row, reading, chosen, str(refused)), 400
    return redirect(url_for("campaigns.progress", import_id=import_id))


@blueprint.get("/dialer/imports/<int:import_id>")
@requires("admin")
def progress(import_id: int) -> ResponseReturnValue:
    row = _import(import_id)
    if row.state == "preview":
        return redirect(url_for("campaigns.columns", import_id=import_id))
    with services().sessions() as session:
        list_name = session.get_one(LeadListRow, row.list_id).name
    folder = imports.folder_of(services().settings.home, import_id)
    return render_template(
        "campaigns/progress.html", row=row, list_name=list_name,
        left_out=first_left_out(folder / "errors.csv"),
    )  # fmt: skip


@blueprint.get("/api/dialer/imports/<int:import_id>")
@requires("admin")
def progress_figures(import_id: int) -> dict[str, Any]:
    row = _import(import_id)
    names = ("state", "rows_done", "rows_total", "loaded", "refused", "duplicates", "blocked")
    return {name: getattr(row, name) for name in names}


@blueprint.post("/dialer/imports/<int:import_id>/cancel")
@requires("admin")
def cancel(import_id: int) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        imports.cancel_import(session, import_id)
        audit(session, "lead_import_cancelled", f"import {import_id}")
    flash(f"Import {import_id} is cancelled. What was loaded before stays.")
    return redirect(url_for("campaigns.lists"))


@blueprint.get("/dialer/imports/<int:import_id>/left-out.csv")
@requires("admin")
def left_out(import_id: int) -> ResponseReturnValue:
    path = imports.folder_of(services().settings.home, _import(import_id).id) / "errors.csv"
    if not path.exists():
        raise NotFound("no row of this file was left out")
    name = f"left-out-{import_id}.csv"
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=name)


def _import(import_id: int) -> LeadImportRow:
    with services().sessions() as session:
        return imports.find_import(session, import_id)


def _folder() -> Path:
    folder = services().settings.home / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _reading(typed: Any) -> Reading:
    header = typed.get("header", "yes") == "yes"
    return Reading(
        typed.get("encoding", ""), typed.get("delimiter", ""), typed.get("sheet", ""), header
    )


def _chosen(row: LeadImportRow, reading: Reading) -> dict[int, str]:
    header = _rows(row, reading)[0]
    found = {}
    for index, title in enumerate(header):
        name = request.form.get(f"column-{index}", "")
        if name == AS_CUSTOM:
            shown = title if reading.header else ""
            name = CUSTOM + custom_name(shown or f"column {index + 1}")
        if name:
            found[index] = name
    return found


def _tried(row: LeadImportRow, reading: Reading, columns: dict[int, str]) -> Tried:
    try:
        return tried(Path(row.path), reading, columns, _country(row))
    except InvalidInput:  # the page says what is wrong with the file
        return Tried(0, [])


def _rows(row: LeadImportRow, reading: Reading) -> list[list[str]]:
    rows = first_rows(Path(row.path), reading, PREVIEW_ROWS)
    width = max((len(cells) for cells in rows), default=0)
    return [cells + [""] * (width - len(cells)) for cells in rows] or [[]]


def _first_is_lead(row: LeadImportRow, reading: Reading) -> bool:
    try:
        return looks_like_lead(_rows(row, reading)[0], _country(row)) is not None
    except InvalidInput:  # the page says what is wrong with the file
        return False


def _list(row: LeadImportRow) -> LeadListRow:
    with services().sessions() as session:
        return session.get_one(LeadListRow, row.list_id)


def _country(row: LeadImportRow) -> str:
    return _list(row).country


def _columns_page(
    row: LeadImportRow, reading: Reading, chosen: dict[int, str] | None, refusal: str
) -> str:
    try:
        rows = _rows(row, reading)
    except InvalidInput as broken:
        rows, refusal = [[]], str(broken)
    header = rows[0] if reading.header else []
    mapped = guessed(header) if chosen is None else chosen
    if chosen is None and not set(mapped.values()) & set(NUMBERS):
        index = number_column(rows[len(header) > 0 :], mapped, _country(row))
        mapped = mapped if index is None else mapped | {index: "number"}
    titles = header or [f"Column {index + 1}" for index in range(len(rows[0]))]
    shown = [
        {
            "index": index,
            "title": title or f"Column {index + 1}",
            "field": AS_CUSTOM
            if mapped.get(index, "").startswith(CUSTOM)
            else mapped.get(index, ""),
            "values": [cells[index][:60] for cells in rows[reading.header :] if cells[index]][:3],
        }
        for index, title in enumerate(titles)
    ]
    return render_template(
        "campaigns/columns.html", row=row, columns=shown, fields=TITLES, reading=reading,
        duplicates=DUPLICATES, encodings=ENCODINGS, refusal=refusal, list_name=_list(row).name,
        list_country=_country(row),
        found=_tried(row, reading, mapped) if set(mapped.values()) & set(NUMBERS) else None,
        shown_rows=SHOWN_ROWS,
    )  # fmt: skip


def _upload_page(refusal: str) -> str:
    with services().sessions() as session:
        lists = [figures.row for figures in lists_with_figures(session)]
    wanted = request.values.get("list", "")
    return render_template("campaigns/upload.html", lists=lists, wanted=wanted, refusal=refusal)
