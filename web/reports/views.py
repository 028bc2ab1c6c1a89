"""`/reports/…`: one page for all reports, and the files they are downloaded as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from callcenter.db.site_store import load_site
from callcenter.domain.counts import Counts
from callcenter.domain.errors import NotFound
from callcenter.domain.metrics import METRICS, Metric
from callcenter.domain.periods import GROUPINGS
from callcenter.domain.site import Site
from callcenter.reports.charts import chart_of
from callcenter.reports.question import PERIODS, Question, read_question
from callcenter.reports.shown import NUMBERS, Shown
from callcenter.reports.table import AGENT, CALL, QUEUE, REPORTS, Label, Report, report_named
from callcenter.reports.written import TYPES, Written
from web.access import requires, sight
from web.auditing import audit
from web.reports.links import behind
from web.services import services

blueprint = Blueprint("reports", __name__, template_folder="templates")

MOST_ROWS_SHOWN = 1000
OF_THE_DAY = ("signed_in", "ready", "busy", "paused", "occupancy")  # open to the agent's day
GROUPING_WORDS = {"15min": "15 minutes"}


@dataclass(frozen=True)
class Total:
    """The last line of the table, as a row."""

    counts: Counts


@blueprint.get("/reports/")
@blueprint.get("/reports/<name>")
@requires("supervisor")
def page(name: str = "interval") -> str:
    report = report_named(name)
    site, question, rows = _run(report)
    shown = Shown(question.asked.zone, question.asked.by, _names(site))
    total = report.total(rows)
    return render_template(
        "reports/page.html",
        report=report,
        reports=REPORTS,
        question=question,
        columns=report.columns,
        numbers=NUMBERS,
        table=[[_cell(report, each, row, question, shown) for each in report.columns]
               for row in rows[:MOST_ROWS_SHOWN]],
        total=total and [
            _cell(report, each, Total(total), question, shown) if isinstance(each, Metric)
            else ("", None)
            for each in report.columns
        ],
        left_out=max(0, len(rows) - MOST_ROWS_SHOWN),
        chart=chart_of(report, rows, question.asked, shown.name_of),
        any_calls=bool(rows) and (total is None or any(vars(total).values())),
        periods=PERIODS,
        groupings=[(each, GROUPING_WORDS.get(each, each)) for each in GROUPINGS],
        names=_names(site),
        zone=site.timezone,
        metrics=METRICS,
    )  # fmt: skip


@blueprint.get("/reports/<name>/download.<kind>")
@requires("supervisor")
def download(name: str, kind: str) -> Response:
    if kind not in TYPES:
        raise NotFound(f"reports are written as {', '.join(TYPES)}")
    report = report_named(name)
    site, question, rows = _run(report)
    written = Written(
        report, rows, question.asked.zone, _names(site), asked=question.asked, site=site.name
    )
    data = written.as_bytes(kind)
    named = f"{name}-{question.first}-{question.last}.{kind}"
    with services().sessions.begin() as session:
        audit(session, "report_exported", named)
    headers = {"Content-Disposition": f"attachment; filename={named}"}
    return Response(data, headers=headers, mimetype=TYPES[kind])


def _run(report: Report) -> tuple[Site, Question, list[Any]]:
    with services().sessions.begin() as session:
        site = load_site(session)
        question = read_question(request.args, site, services().clock(), sight())
        return site, question, report.run(session, question.asked)


def _names(site: Site) -> dict[str, dict[str, str]]:
    return {
        QUEUE: {each.name: each.title for each in site.queues},
        AGENT: {each.number: each.name for each in site.agents},
    }


def _cell(
    report: Report, column: Label | Metric, row: Any, question: Question, shown: Shown
) -> tuple[str, str | None]:
    """(text, address of what is behind it or None)."""
    text = shown.cell(column, row)
    if column.unit == CALL:
        return text, url_for("calls.show", call_id=row.call_id)
    if column.name == "seconds" and report.name == "pauses":
        kept = question.kept | {"agent": row.agent}
        return text, url_for("reports.page", name="agent-activity", **_values(kept))
    if column.name in OF_THE_DAY and hasattr(row, "agent"):
        kept = question.kept | {"agent": row.agent}
        return text, url_for("reports.page", name="agent-activity", **_values(kept))
    filters = behind(report, column, row, question.asked) if text not in ("–", "0") else None
    return text, url_for("calls.index", **_values(filters)) if filters else None


def _values(texts: dict[str, str]) -> dict[str, Any]:
    """url_for's own parameters all begin with an underscore; none of ours does."""
    return dict(texts)
