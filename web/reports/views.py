"""`/reports/…`: one page for all reports, and the files they are downloaded as."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callcenter.db.site_store import load_site
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.domain.metrics import METRICS, Metric
from callcenter.domain.periods import GROUPINGS
from callcenter.domain.site import Site
from callcenter.reports.agent_activity import further_after
from callcenter.reports.charts import chart_of
from callcenter.reports.comparison import COMPARED
from callcenter.reports.heading import GROUPING_WORDS
from callcenter.reports.prepared import names_of
from callcenter.reports.question import LONGEST_TEXT, PERIODS, Question, read_question
from callcenter.reports.ranking import MOST, ranked
from callcenter.reports.runs import Request, StillRunning
from callcenter.reports.shown import NUMBERS, Shown
from callcenter.reports.table import REPORTS, Label, Report, report_named
from callcenter.reports.templates import (
    hidden_columns,
    hide_columns,
    sharing_choices,
    template_for,
    templates_for,
)
from callcenter.reports.written import TYPES, Written
from web.access import current_user, requires, sight
from web.auditing import audit
from web.reports.blueprint import blueprint, desk
from web.reports.cells import Cells, values
from web.reports.headings import headings
from web.services import services

MOST_ROWS_SHOWN = 1000
PAGED = ("agent-activity",)  # by agents


@dataclass(frozen=True)
class Opened:
    """What an address asks for: a report, its question, and the columns to leave out."""

    report: Report
    site: Site
    question: Question
    hidden: frozenset[str]
    template: int = 0  # opened from this one
    template_name: str = ""

    @property
    def request(self) -> Request:
        return Request(
            self.report, self.question.asked, current_user().username, self.question.kept
        )

    @property
    def page_request(self) -> Request:
        """Some reports show their first agents only, and the next ones on the next page."""
        if self.report.name not in PAGED:
            return self.request
        after = request.args.get("after", "")[:LONGEST_TEXT]
        asked = replace(self.question.asked, after_agent=after)
        kept = self.question.kept | ({"after": after} if after else {})
        return replace(self.request, asked=asked, kept=kept)

    @property
    def address(self) -> dict[str, Any]:
        """What every link to this very report carries on."""
        template = {"template": self.template} if self.template else {}
        return {"name": self.report.name, **values(self.question.kept), **template}


@blueprint.get("/reports/")
@blueprint.get("/reports/<name>")
@requires("supervisor")
def page(name: str = "interval") -> ResponseReturnValue:
    with services().sessions() as session:
        opened = _opened(session, name)
        user = current_user()
        kept = templates_for(session, user.username, user.role)
    found = desk().rows(opened.page_request, request.args.get("run", ""))
    if isinstance(found, StillRunning):
        return redirect(url_for("reports.run_page", run=found.run))
    report, question, rows = opened.report, opened.question, found.rows
    in_order = ranked(report, rows, question.ranking)
    names = names_of(opened.site)
    shown = Shown(question.asked.zone, question.asked.by, names)
    cells = Cells(report, report.columns, question, shown)
    total = report.total(rows)
    drawn = METRICS[report.chart[1]] if report.chart[1:] else report.columns[-1]
    return render_template(
        "reports/page.html",
        opened=opened,
        report=report,
        reports=REPORTS,
        templates=kept,
        question=question,
        columns=report.columns,
        hidden=opened.hidden,
        numbers=NUMBERS,
        table=[cells.line(row) for row in in_order[:MOST_ROWS_SHOWN]],
        total=cells.total_line(total),
        left_out=max(0, len(in_order) - MOST_ROWS_SHOWN),
        ranking=question.ranking,
        headings=headings(report, question),
        row_choices=[(most, f"First {most}") for most in MOST],
        further=further_after(rows) if report.name in PAGED else "",
        chart=chart_of(
            report, rows, question.asked, shown.name_of, lambda row: cells.calls(drawn, row) or ""
        ),
        any_calls=bool(rows) and (total is None or any(vars(total).values())),
        periods=PERIODS,
        groupings=[(each, GROUPING_WORDS.get(each, each)) for each in GROUPINGS],
        names=names,
        zone=opened.site.timezone,
        defined=_defined(report),
        sharing=sharing_choices(),
        run=found.run,
        read_at=found.at,
    )


def _defined(report: Report) -> list[Label | Metric]:
    """What the page says the meaning of."""
    compared = [METRICS[name] for name in COMPARED] if report.name == "comparison" else []
    return [each for each in report.columns if each.text] + compared


@blueprint.get("/reports/<name>/download.<kind>")
@requires("supervisor")
def download(name: str, kind: str) -> ResponseReturnValue:
    if kind not in TYPES:
        raise NotFound(f"reports are written as {', '.join(TYPES)}")
    with services().sessions() as session:
        opened = _opened(session, name)
    found = desk().rows(opened.request, request.args.get("run", ""))
    if isinstance(found, StillRunning):
        return redirect(url_for("reports.run_page", run=found.run, kind=kind))
    site, question = opened.site, opened.question
    written = Written(
        opened.report, ranked(opened.report, found.rows, question.ranking), question.asked.zone,
        names_of(site), opened.hidden, question.asked, site.name,
    )  # fmt: skip
    data = written.as_bytes(kind)
    named = f"{name}-{question.first}-{question.last}.{kind}"
    with services().sessions.begin() as session:
        audit(session, "report_exported", named)
    headers = {"Content-Disposition": f"attachment; filename={named}"}
    return Response(data, headers=headers, mimetype=TYPES[kind])


@blueprint.post("/reports/<name>/columns")
@requires("supervisor")
def columns(name: str) -> Response:
    """`{"hidden": [names]}`, remembered for this person."""
    asked = request.get_json(silent=True)
    hidden = asked.get("hidden") if isinstance(asked, dict) else None
    if not isinstance(hidden, list) or not all(isinstance(each, str) for each in hidden):
        raise InvalidInput("say which columns are hidden")
    with services().sessions.begin() as session:
        chosen = hide_columns(session, current_user().id, name, hidden)
    return jsonify({"hidden": chosen})


def _opened(session: Session, name: str) -> Opened:
    report = report_named(name)
    site = load_site(session)
    question = read_question(request.args, site, services().clock(), sight())
    user = current_user()
    number = request.args.get("template", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        hidden = hidden_columns(session, user.id, name)
        return Opened(report, site, question, hidden)
    template = template_for(session, int(number), user.username, user.role)
    hidden = frozenset(template.hidden) if template.report == name else frozenset()
    return Opened(report, site, question, hidden, template.id, template.name)
