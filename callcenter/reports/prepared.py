"""A scheduled report made ready to be sent: the file, its name, and the words around it.

It is what its owner would have seen at the moment it was due, also when it goes out later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.db.models.reports import ReportScheduleRow, ReportTemplateRow
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.domain.sight import sight_of
from callcenter.domain.site import Site
from callcenter.reports.asked import Asked
from callcenter.reports.heading import Heading, heading_of
from callcenter.reports.places import place_names
from callcenter.reports.question import read_question
from callcenter.reports.ranking import ranked
from callcenter.reports.runs import Request, RunDesk
from callcenter.reports.schedules import may_send
from callcenter.reports.table import AGENT, PLACE, QUEUE, report_named
from callcenter.reports.written import TYPES, Written

GIVE_UP_SECONDS = 3600.0


@dataclass(frozen=True)
class Prepared:
    """`mime_type` such as `text/csv`; `subject` and `text` are plain."""

    subject: str
    text: str
    file_name: str
    mime_type: str
    data: bytes


def prepare(
    session: Session, desk: RunDesk, schedule_id: int, due_at: float, web_address: str
) -> Prepared:
    """Raises NotFound, and what the report raises."""
    schedule = session.get(ReportScheduleRow, schedule_id)
    template = session.get(ReportTemplateRow, schedule.template_id) if schedule else None
    if schedule is None or template is None:
        raise NotFound("the schedule was deleted")
    if not may_send(session, schedule.owner):
        raise NotFound(f"{schedule.owner} may not see reports any more; schedule it anew")
    site = load_site(session)
    session.rollback()  # the report is read on a connection of its own
    report = report_named(template.report)
    sight = sight_of(site, schedule.owner)
    question = read_question(template.question, site, due_at, sight)
    asked = question.asked
    request = Request(report, asked, schedule.owner, template.question)
    found = desk.finish(request, GIVE_UP_SECONDS)
    rows = ranked(report, found.rows, question.ranking)
    written = Written(
        report, rows, asked.zone, names_of(site), frozenset(template.hidden), asked, site.name
    )
    heading = heading_of(report, asked, site.name, names_of(site))
    return Prepared(
        subject=f"{template.name}: {heading.period}",
        text=_text(template, heading, len(rows), schedule, web_address),
        file_name=f"{report.name}-{_days(asked)}.{schedule.format}",
        mime_type=TYPES[schedule.format],
        data=written.as_bytes(schedule.format),
    )


def names_of(site: Site) -> dict[str, dict[str, str]]:
    """Unit → key → what people call it."""
    return {
        QUEUE: {each.name: each.title for each in site.queues},
        AGENT: {each.number: each.name for each in site.agents},
        PLACE: place_names(site),
    }


def _days(asked: Asked) -> str:
    first, last = (_day(at, asked.zone) for at in (asked.since, asked.until - 1))
    return f"{first}-{last}"


def _day(at: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d}"


def _text(
    template: ReportTemplateRow,
    heading: Heading,
    rows: int,
    schedule: ReportScheduleRow,
    web_address: str,
) -> str:
    lines = [
        f"{heading.title} of {heading.site}", heading.line, "",
        f"{rows:,} row{'' if rows == 1 else 's'}; attached as {schedule.format.upper()}."
        if rows else "Nothing of this kind is in the books for this period.",
    ]  # fmt: skip
    if web_address:
        question = urlencode(template.question)
        address = f"{web_address.rstrip('/')}/reports/{template.report}"
        lines += ["", f"Every number opens to its calls here: {address}?{question}"]
    lines += [
        "", f"Sent by the schedule that {schedule.owner} made for “{template.name}”.",
        "To get it no more, ask them to take your address out.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
