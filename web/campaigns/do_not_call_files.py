"""Do-not-call lists by the file: those of others, replaced whole, and files of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callcenter.dialer.leads import do_not_call as entries
from callcenter.dialer.leads.number_file import RefusedRows, numbers_in
from callcenter.dialer.leads.table_file import MAX_BYTES
from callcenter.domain.errors import InvalidInput
from web.access import current_user, requires
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.campaigns.do_not_call import do_not_call_page
from web.services import services
from web.uploads import takes_files

# (session, name, file's name, its numbers, the day it is of) → how many
Loading = Callable[[Session, str, str, Iterator[str], datetime], int]


@blueprint.post("/dialer/do-not-call/outside")
@requires("admin")
@takes_files(MAX_BYTES)
def load_outside() -> ResponseReturnValue:
    return _loaded(_outside)


@blueprint.post("/dialer/do-not-call/own")
@requires("admin")
@takes_files(MAX_BYTES)
def load_own() -> ResponseReturnValue:
    return _loaded(_own)


@blueprint.post("/dialer/do-not-call/outside/<name>/drop")
@requires("admin")
def drop_outside(name: str) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        entries.drop_outside_list(session, name)
        audit(session, "outside_list_dropped", name)
    flash(f"The list {name} is forgotten.")
    return redirect(url_for("campaigns.do_not_call"))


@blueprint.post("/dialer/do-not-call/own/<name>/drop")
@requires("admin")
def drop_own(name: str) -> ResponseReturnValue:
    with services().sessions.begin() as session:
        count = entries.drop_own_file(session, name)
        audit(session, "do_not_call_file_dropped", name, f"{count} numbers")
    flash(f"{count:,} numbers of {name} are taken out.")
    return redirect(url_for("campaigns.do_not_call"))


def _loaded(load: Loading) -> ResponseReturnValue:
    try:
        return do_not_call_page("", _load(load))
    except InvalidInput as wrong:
        return do_not_call_page(str(wrong)), 400


def _load(load: Loading) -> tuple[int, RefusedRows]:
    typed, file, refused = request.form, request.files.get("file"), RefusedRows()
    if file is None or not file.filename:
        raise InvalidInput("choose the file of the list")
    name, day = typed.get("name", "").strip(), _day(typed.get("scrubbed", ""))
    with tempfile.NamedTemporaryFile(dir=services().settings.home, prefix="numbers-") as taken:
        file.save(taken)
        taken.flush()
        numbers = numbers_in(Path(taken.name), typed.get("country", ""), refused.note)
        with services().sessions.begin() as session:
            count = load(session, name, file.filename[:200], numbers, day)
    return count, refused


def _outside(
    session: Session, name: str, file_name: str, numbers: Iterator[str], day: datetime
) -> int:
    typed, days = request.form, request.form.get("days", "31")
    if not days.isdecimal() or len(days) > 4:
        raise InvalidInput("write for how many days it may be relied on")
    count = entries.replace_outside_list(
        session, name, typed.get("title", "").strip()[:80] or name, numbers, services().clock(),
        scrubbed_at=day.timestamp(), expires_at=(day + timedelta(days=int(days))).timestamp(),
        by=current_user().username,
    )  # fmt: skip
    audit(session, "outside_list_loaded", name, f"{count} numbers")
    return count


def _own(session: Session, name: str, file_name: str, numbers: Iterator[str], day: datetime) -> int:
    count = entries.load_own_file(
        session, name, file_name, numbers, services().clock(), scrubbed_at=day.timestamp(),
        by=current_user().username, reason=request.form.get("reason", "").strip()[:500],
    )  # fmt: skip
    audit(session, "do_not_call_file_loaded", name, f"{count} numbers of {file_name}"[:200])
    return count


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput("write the day on which the list was fetched") from None
