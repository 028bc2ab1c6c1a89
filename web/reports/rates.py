"""`/reports/rates`: the table of call rates, read from and written to CSV."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.db.rate_store import COLUMNS, BadRows, load_rates, money, read_csv, save_rates
from callcenter.db.rate_store import as_csv as rates_csv
from callcenter.domain.errors import InvalidInput
from callcenter.domain.rates import Rate
from web.access import requires
from web.auditing import audit
from web.reports.blueprint import blueprint
from web.services import services

LARGEST_BYTES = 16 * 1024 * 1024
MOST_SHOWN = 500


@blueprint.get("/reports/rates")
@requires("admin")
def rates() -> str:
    return _page([], "")


@blueprint.post("/reports/rates")
@requires("admin")
def import_rates() -> ResponseReturnValue:
    """A whole file or nothing of it; what is wrong is shown line by line."""
    replace_all = "replace_all" in request.form
    try:
        found = read_csv(_text())
    except BadRows as error:
        return _page(error.errors, str(error).partition(":")[0]), 400
    except InvalidInput as error:
        return _page([], str(error)), 400
    with services().sessions.begin() as session:
        count = save_rates(session, found, replace_all=replace_all)
        how = "instead of all before" if replace_all else "added or changed"
        audit(session, "rates_imported", f"{count} rates", how)
    flash(f"{count:,} rates are in force.")
    return redirect(url_for("reports.rates"))


@blueprint.get("/reports/rates.csv")
@requires("admin")
def export_rates() -> Response:
    with services().sessions() as session:
        text = rates_csv(load_rates(session))
    headers = {"Content-Disposition": "attachment; filename=rates.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


def _text() -> str:
    """Of the file chosen, or what was typed. Raises InvalidInput."""
    file = request.files.get("file")
    data = file.stream.read(LARGEST_BYTES + 1) if file and file.filename else b""
    data = data or request.form.get("text", "").encode()
    if len(data) > LARGEST_BYTES:
        raise InvalidInput("the file is larger than 16 MB; split it")
    if not data.strip():
        raise InvalidInput("choose a file, or write the lines")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("the file is not UTF-8; save it as “CSV UTF-8”") from None


def _page(errors: list[tuple[int, str]], problem: str) -> str:
    with services().sessions() as session:
        found: list[Rate] = load_rates(session)
    return render_template(
        "reports/rates.html", rates=found[:MOST_SHOWN], count=len(found), errors=errors,
        problem=problem, columns=COLUMNS, money=money, typed=request.form.get("text", ""),
    )  # fmt: skip
