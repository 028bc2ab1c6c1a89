"""A recording on its way to a browser, and who took it."""

from __future__ import annotations

from pathlib import Path

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call
from callcenter.reports.recordings import wav_bytes, wav_size
from web.access import current_user
from web.auditing import audit
from web.services import services

LARGEST_PART_BYTES = 8 * 1024 * 1024
SAME_LISTEN_SECONDS = 300  # a player asks for one recording in several parts


def audit_listen(session: Session, call: Call, action: str) -> None:
    here = call.node == services().settings.node
    subject = call.id if here else f"{call.node} {call.id}"
    before = select(AuditEntryRow.id).where(
        AuditEntryRow.action == action,
        AuditEntryRow.by == current_user().username,
        AuditEntryRow.subject == subject,
        AuditEntryRow.at > services().clock() - SAME_LISTEN_SECONDS,
    )
    if session.scalar(before.limit(1)) is None:
        audit(session, action, subject)


def wav_answer(path: Path) -> Response:
    """The whole file, or the part that the request asks for."""
    size = wav_size(path)
    wanted = request.range
    if wanted is None or wanted.units != "bytes":
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(size)}
        return Response(wav_bytes(path, 0, size), mimetype="audio/wav", headers=headers)
    part = wanted.range_for_length(size)
    if part is None:
        headers = {"Content-Range": f"bytes */{size}"}
        return Response(status=416, headers=headers)
    start, stop = part[0], min(part[1], part[0] + LARGEST_PART_BYTES)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {start}-{stop - 1}/{size}",
        "Content-Length": str(stop - start),
    }
    return Response(wav_bytes(path, start, stop), 206, headers, mimetype="audio/wav")
