"""The changes that wait: what Asterisk would get, whether it is accepted, apply, roll back.

All through the controller; this page never touches Asterisk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from callcenter.db.models.audit import AuditEntryRow
from callcenter.domain.errors import CallcenterError
from web.access import current_user, requires
from web.auditing import audit
from web.services import services
from web.site.blueprint import blueprint

APPLY_SECONDS = 60.0
DIFF_SECONDS = 20.0
APPLIES = ("config_apply", "config_rollback")
CHANGES = ("site_added", "site_changed", "site_removed")
MOST_CHANGES = 200
LOOK_SECONDS = 2.0  # for the banner on every page of the site: never wait long for it


@dataclass(frozen=True)
class Waiting:
    """What config_diff answered. `lines` is (kind of line, text) for the page."""

    files: tuple[str, ...]
    lines: list[tuple[str, str]]
    problems: list[dict[str, str]]
    generation: int | None


@blueprint.get("/site/config")
@requires("admin")
def config() -> ResponseReturnValue:
    try:
        waiting = ask_waiting(DIFF_SECONDS)
    except CallcenterError as refused:
        return render_template("site/config.html", waiting=None, refused=str(refused))
    return render_template("site/config.html", waiting=waiting, refused="")


@blueprint.post("/site/config/apply")
@requires("admin")
def apply_config() -> ResponseReturnValue:
    return _command("config_apply", "Applied. Calls in progress were not touched.")


@blueprint.post("/site/config/rollback")
@requires("admin")
def roll_back_config() -> ResponseReturnValue:
    return _command("config_rollback", "Rolled back to the configuration before.")


def ask_waiting(deadline_seconds: float, *, check: bool = True) -> Waiting:
    """Raises CallcenterError. The check takes about a second: without it nothing is refused."""
    answer = services().control.request(
        "config_diff",
        {"check": check},
        by=current_user().username,
        deadline_seconds=deadline_seconds,
    )
    return read_answer(answer)


def read_answer(answer: dict[str, Any]) -> Waiting:
    """`files` with a diff each, or one `text` in unified form."""
    files = list(answer.get("files", []))
    text = "".join(each["diff"] for each in files) or str(answer.get("text", ""))
    names = tuple(each["name"] for each in files) or tuple(
        line[4:].split("\t")[0].rpartition("/")[2]
        for line in text.splitlines()
        if line.startswith("+++ ")
    )
    lines = [(_kind(line), line) for line in text.splitlines()]
    return Waiting(names, lines, list(answer.get("problems", [])), answer.get("generation"))


@blueprint.app_template_global("waiting_files")
def waiting_files() -> tuple[str, ...]:
    """Files that an apply would change; none when the controller does not answer."""
    try:
        return ask_waiting(LOOK_SECONDS, check=False).files
    except CallcenterError:
        return ()


@blueprint.app_template_global("waiting_changes")
def waiting_changes() -> list[tuple[str, str]]:
    """What people changed since the last apply, as (place, what was done), the newest first."""
    with services().sessions() as session:
        applied = session.scalar(
            select(func.max(AuditEntryRow.id)).where(
                AuditEntryRow.action.in_(APPLIES), AuditEntryRow.detail.not_like("refused%")
            )
        )
        changed = select(AuditEntryRow.subject, AuditEntryRow.action).where(
            AuditEntryRow.action.in_(CHANGES), AuditEntryRow.id > (applied or 0)
        )
        rows = session.execute(changed.order_by(AuditEntryRow.id.desc()).limit(MOST_CHANGES))
        found: dict[str, str] = {}
        for place, action in rows:
            found.setdefault(place, action.removeprefix("site_"))
        return list(found.items())


def _command(command: str, said: str) -> ResponseReturnValue:
    by = current_user().username
    try:
        answer = services().control.request(command, by=by, deadline_seconds=APPLY_SECONDS)
    except CallcenterError as refused:
        _audit(command, f"refused: {refused}")
        return render_template("site/config.html", waiting=None, refused=str(refused)), 409
    _audit(command, f"generation {answer.get('generation', '?')}")
    flash(said)
    if answer.get("restart_needed"):
        flash(f"Asterisk has to be restarted for a part of it: {answer['restart_needed']}")
    return redirect(url_for("site.config"))


def _audit(command: str, detail: str) -> None:
    with services().sessions.begin() as session:
        audit(session, command, detail=detail)


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "same")
