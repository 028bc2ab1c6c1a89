"""`/reports/runs…`: reports that take long, how far they are, and the way to stop them."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.db.models.reports import ReportRunRow
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.reports import run_rows
from callcenter.reports.question import read_question
from callcenter.reports.runs import Request
from callcenter.reports.table import REPORTS, report_named
from callcenter.reports.written import TYPES
from web.access import current_user, may, requires, sight
from web.auditing import audit
from web.formats import local_time
from web.reports.blueprint import blueprint, desk
from web.reports.cells import values
from web.services import services

MOST_SHOWN = 100
STATES = {
    "running": ("Running", "info"), "done": ("Done", "good"), "failed": ("Failed", "bad"),
    "cancelled": ("Cancelled", "idle"),
}  # fmt: skip


@blueprint.get("/reports/runs")
@requires("supervisor")
def run_list() -> str:
    user = current_user()
    everybody = may(user, "admin")
    now = services().clock()
    with services().sessions() as session:
        rows = run_rows.newest(session, None if everybody else user.username, MOST_SHOWN)
        zone = load_site(session).timezone
    return render_template(
        "reports/runs.html", runs=rows, reports=REPORTS, states=STATES, everybody=everybody,
        local=lambda at: local_time(at, zone), address=_address, now=now,
        state_of=lambda row: _state_of(row, now),
    )  # fmt: skip


@blueprint.get("/reports/runs/<run>")
@requires("supervisor")
def run_page(run: str) -> ResponseReturnValue:
    row, progress = _progress(run)
    if row.state == "done":
        return redirect(progress["address"])
    return render_template(
        "reports/run.html", run=row, report=report_named(row.report), states=STATES, **progress
    )


@blueprint.get("/reports/runs/<run>/progress")
@requires("supervisor")
def run_progress(run: str) -> ResponseReturnValue:
    return jsonify(_progress(run)[1])


@blueprint.post("/reports/runs/<run>/cancel")
@requires("supervisor")
def run_cancel(run: str) -> Response:
    row, _ = _progress(run)
    desk().cancel(run, current_user().username)
    with services().sessions.begin() as session:
        audit(session, "report_cancelled", f"{row.report} {run}")
    return redirect(url_for("reports.run_page", run=run))


def _progress(run: str) -> tuple[ReportRunRow, dict[str, Any]]:
    """The row, and what a page shows of it. `share` None: nothing like it was ever done."""
    now = services().clock()
    with services().sessions() as session:
        row = run_rows.find(session, run, now)
        if row is None or not _is_ones_own(session, row, now):
            raise NotFound("there is no such run; runs are kept for a day")
        expected = run_rows.expected_seconds(session, row) if row.state == "running" else None
    seconds = max(0.0, (row.ended_at or now) - row.started_at)
    kind = request.args.get("kind", "")
    return row, {
        "state": row.state,
        "seconds": round(seconds, 1),
        "expected_seconds": None if expected is None else round(expected, 1),
        "share": None if not expected else min(0.97, seconds / expected),
        "error": row.error,
        "cancelled_by": row.cancelled_by,
        "address": _address(row, kind if kind in TYPES else ""),
        "again": url_for("reports.page", name=row.report, **values(row.question)),
    }


def _is_ones_own(session: Session, row: ReportRunRow, now: float) -> bool:
    """Asked for by this person, or the same question with the same sight, which joined it."""
    user = current_user()
    if row.asked_by == user.username or may(user, "admin"):
        return True
    asked = read_question(row.question, load_site(session), now, sight()).asked
    return Request(report_named(row.report), asked, user.username).key == row.key


def _state_of(row: ReportRunRow, now: float) -> str:
    """A run that its process no longer says it is at has failed with that process."""
    dead = row.state == "running" and row.seen_at <= now - run_rows.DEAD_SECONDS
    return "failed" if dead else row.state


def _address(row: ReportRunRow, kind: str = "") -> str:
    """Of what the run found: the page, or a file."""
    asked = {**values(row.question), "run": row.id}
    if kind:
        return url_for("reports.download", name=row.report, kind=kind, **asked)
    return url_for("reports.page", name=row.report, **asked)
