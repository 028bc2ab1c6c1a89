"""Reports kept under a name, each with its question and columns; own ones and shared ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from callcenter.db.models.reports import ReportColumnsRow, ReportTemplateRow
from callcenter.domain.errors import Forbidden, InvalidInput, NotFound
from callcenter.domain.site import Role
from callcenter.reports.table import report_named

EVERYONE = "everyone"
ROLES: tuple[str, ...] = get_args(Role)  # each may do what the ones before it may
LONGEST_NAME = 80
MOST = 200  # of one person
NOT_KEPT = ("run",)  # of a question: belongs to the moment


def sharing_choices() -> dict[str, str]:
    """Value → words. A role stands for itself and those above it."""
    roles = {role: f"Every {role}" for role in ROLES[1:]}
    return {"": "Only me", EVERYONE: "Everyone who sees reports"} | roles


def save_template(
    session: Session,
    *,
    name: str,
    report: str,
    question: Mapping[str, str],
    hidden: Iterable[str],
    owner: str,
    shared_with: str,
    at: float,
) -> ReportTemplateRow:
    """A new one, or the person's own of the same name changed. Raises InvalidInput, NotFound."""
    report_named(report)
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"give it a name of 1 to {LONGEST_NAME} letters")
    if shared_with not in sharing_choices():
        raise InvalidInput(f"share with one of {', '.join(filter(None, sharing_choices()))}")
    row = session.scalar(
        select(ReportTemplateRow).where(
            ReportTemplateRow.owner == owner, ReportTemplateRow.name == name
        )
    )
    if row is None:
        _refuse_too_many(session, owner)
        row = ReportTemplateRow(name=name, owner=owner, made_at=at)
        session.add(row)
    row.report, row.shared_with = report, shared_with
    row.question = {key: value for key, value in question.items() if key not in NOT_KEPT}
    row.hidden = sorted(hidden)
    session.flush()
    return row


def templates_for(session: Session, username: str, role: str) -> list[ReportTemplateRow]:
    """Own ones and those shared with this person, by name."""
    query = select(ReportTemplateRow).where(_visible(username, role))
    return list(session.scalars(query.order_by(func.lower(ReportTemplateRow.name))))


def template_for(session: Session, number: int, username: str, role: str) -> ReportTemplateRow:
    """Raises NotFound, also for one that this person may not see. An admin may see each: who
    leaves the house leaves schedules behind."""
    query = select(ReportTemplateRow).where(ReportTemplateRow.id == number)
    row = session.scalar(query if role == "admin" else query.where(_visible(username, role)))
    if row is None:
        raise NotFound("there is no such template; its owner may have deleted it or unshared it")
    return row


def delete_template(session: Session, number: int, username: str, role: str) -> ReportTemplateRow:
    """With its schedules. Only its owner or an admin may. Raises Forbidden, NotFound."""
    row = template_for(session, number, username, role)
    if row.owner != username and role != "admin":
        raise Forbidden(f"this template belongs to {row.owner}; ask them or an administrator")
    session.delete(row)
    return row


def hidden_columns(session: Session, user_id: int, report: str) -> frozenset[str]:
    """Columns this person has taken out of this report."""
    row = session.get(ReportColumnsRow, (user_id, report))
    return frozenset(row.hidden if row else ())


def hide_columns(session: Session, user_id: int, report: str, hidden: Iterable[str]) -> list[str]:
    """Remembered for this person; names the report does not have are left out."""
    known = {each.name for each in report_named(report).columns}
    chosen = sorted(known.intersection(hidden))
    if len(chosen) == len(known):
        raise InvalidInput("a report needs at least one column")
    row = session.get(ReportColumnsRow, (user_id, report))
    if row is None:
        session.add(ReportColumnsRow(user_id=user_id, report=report, hidden=chosen))
    else:
        row.hidden = chosen
    return chosen


def _visible(username: str, role: str) -> Any:
    shared = (EVERYONE, *ROLES[1 : ROLES.index(role) + 1])
    return or_(ReportTemplateRow.owner == username, ReportTemplateRow.shared_with.in_(shared))


def _refuse_too_many(session: Session, owner: str) -> None:
    query = select(func.count()).where(ReportTemplateRow.owner == owner)
    if (session.scalar(query) or 0) >= MOST:
        raise InvalidInput(f"you have {MOST} templates; delete one first")
