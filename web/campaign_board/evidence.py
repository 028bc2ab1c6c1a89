"""Evidence packs from the board: made for administrators, checked for whoever sees boards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from callcenter.db.site_store import site_zone
from callcenter.dialer.evidence.key import fingerprint, public_text, signing_key
from callcenter.dialer.evidence.pack import milliseconds, pack
from callcenter.dialer.evidence.verify import verify
from callcenter.domain.errors import InvalidInput
from callcenter.domain.periods import day_from, day_start
from web.access import current_user, requires
from web.auditing import audit
from web.campaign_board.blueprint import blueprint
from web.campaign_board.board import campaign_seen
from web.campaign_board.views import board_page
from web.formats import local_time
from web.services import services


@blueprint.get("/<name>/evidence")
@requires("admin")
def evidence(name: str) -> ResponseReturnValue:
    try:
        return _streamed(name)
    except InvalidInput as refused:
        return board_page(name, f"No pack is made: {refused}"), 400


def _streamed(name: str) -> Response:
    """The pack, line by line as the books are read: a year of calls does not fit in memory."""
    first, last = _day("from"), _day("to")
    by = current_user().username
    key = signing_key(services().settings.home)
    make_session = services().sessions
    with make_session.begin() as session:
        campaign_seen(session, name)
        zone = site_zone(session)
        audit(session, "evidence_exported", name, f"{first} to {last}")
    since, until = day_start(first, zone), day_start(last + timedelta(days=1), zone)

    def lines() -> Iterator[str]:
        with make_session() as session:
            for line in pack(session, name, since, until, key, by):
                yield line + "\n"

    with make_session() as session:
        pack(session, name, since, until, key, by)  # refuses now what could only break off later
    named = f"{name}-{first}-{last}.evidence"
    headers = {"Content-Disposition": f"attachment; filename={named}"}
    return Response(lines(), headers=headers, mimetype="application/x-ndjson")


@blueprint.get("/check-evidence")
@requires("supervisor")
def check_evidence() -> str:
    return render_template("campaign_board/check.html", found=None, **_own_key())


@blueprint.post("/check-evidence")
@requires("supervisor")
def check_evidence_submitted() -> str:
    upload = request.files.get("pack")
    if upload is None or not upload.filename:
        raise InvalidInput("choose the file of a pack")
    text = io.TextIOWrapper(upload.stream, encoding="utf-8", errors="replace", newline="\n")
    found = verify(text)
    text.detach()
    return render_template(
        "campaign_board/check.html", found=found, name=upload.filename,
        at=_by_its_clock(found.header) if found.good else {}, **_own_key(),
    )  # fmt: skip


def _by_its_clock(header: dict[str, Any]) -> dict[str, str]:
    """The instants of a pack by the clock of the site that made it, whose days it counts."""
    return {name: _local(header[name], header["timezone"]) for name in ("from", "to", "made_at")}


def _local(instant: Any, zone: str) -> str:
    try:
        return local_time((milliseconds(instant) or 0) / 1000, zone)
    except (TypeError, ValueError):  # anybody may sign anything
        return str(instant)


def _own_key() -> dict[str, str]:
    public = public_text(signing_key(services().settings.home))
    return {"own_key": public, "own_fingerprint": fingerprint(public)}


def _day(name: str) -> date:
    return day_from(request.args.get(name, ""))
