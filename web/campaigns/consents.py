"""Consents by the file: taken with an answer for every row that could not be."""

from __future__ import annotations

import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from callcenter.db.models.permissions import ConsentRow
from callcenter.db.site_store import load_site
from callcenter.dialer.leads.consents import COLUMNS, Defaults, Taken, take_file
from callcenter.dialer.leads.table_file import MAX_BYTES
from callcenter.domain.errors import InvalidInput
from web.access import current_user, requires
from web.auditing import audit
from web.campaigns.blueprint import blueprint
from web.services import services
from web.uploads import takes_files

SHOWN = 50


@blueprint.get("/dialer/consents")
@requires("admin")
def consents() -> str:
    return _page("")


@blueprint.post("/dialer/consents")
@requires("admin")
@takes_files(MAX_BYTES)
def load_consents() -> ResponseReturnValue:
    try:
        return _page("", _load())
    except InvalidInput as refused:
        return _page(str(refused)), 400


def _load() -> Taken:
    typed, file = request.form, request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("choose the file of consents")
    with tempfile.NamedTemporaryFile(dir=services().settings.home, prefix="consents-") as kept:
        file.save(kept)
        kept.flush()
        with services().sessions.begin() as session:
            defaults = Defaults(
                typed.get("country", "").strip().upper(), typed.get("source", "").strip(),
                ZoneInfo(load_site(session).timezone),
            )  # fmt: skip
            taken = take_file(
                session, Path(kept.name), defaults, current_user().username, services().clock()
            )
            audit(session, "consents_loaded", file.filename[:80], f"{taken.added} consents")
    return taken


def _page(refusal: str, taken: Taken | None = None) -> str:
    row = ConsentRow
    with services().sessions() as session:
        rows = list(session.scalars(select(row).order_by(row.id.desc()).limit(SHOWN)))
        in_force = select(func.count()).select_from(row).where(row.revoked_at.is_(None))
        count, zone = session.scalar(in_force) or 0, load_site(session).timezone
    return render_template(
        "campaigns/consents.html", rows=rows, count=count, zone=zone, refusal=refusal,
        taken=taken, columns=COLUMNS, typed=request.form, now=services().clock(),
    )  # fmt: skip
