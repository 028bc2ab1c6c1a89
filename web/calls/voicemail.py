"""Messages that a caller left, on the call's page: who may open the call and is a supervisor."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, send_file
from markupsafe import Markup

from callcenter.domain.errors import NotFound
from callcenter.privacy.voicemail import Message, messages_of_call
from callcenter.reports.call_detail import CallDetail
from web.access import current_user, may, requires
from web.calls.listening import audit_listen
from web.calls.views import allowed_call, blueprint
from web.services import services


@blueprint.get("/calls/<call_id>/voicemail/<int:number>.wav")
@requires("supervisor")
def voicemail(call_id: str, number: int) -> Response:
    """`number`: 1 is the call's first message."""
    with services().sessions.begin() as session:
        detail = allowed_call(session, call_id)
        messages = messages_of(detail)
        sound = messages[number - 1].sound if 0 < number <= len(messages) else None
        if sound is None:
            raise NotFound("this message is no longer in the mailbox; it has been deleted or moved")
        audit_listen(session, detail.call, "listen_voicemail")
    # Parts are served too: browsers ask for them when somebody jumps.
    return send_file(sound, mimetype="audio/wav", conditional=True, max_age=0)


def messages_of(detail: CallDetail) -> list[Message]:
    boxes = [event.name for event in detail.timeline if event.kind == "voicemail"]
    if not boxes or detail.call.node != services().settings.node:
        return []
    return messages_of_call(
        services().settings.home / "voicemail",
        boxes,
        [leg.channel for leg in detail.legs],
        detail.call.started_at,
        detail.call.ended_at or services().clock(),
    )


@blueprint.app_context_processor
def _shown() -> dict[str, Any]:
    return {"voicemail_of": _drawn} if request.blueprint == "calls" else {}


def _drawn(detail: CallDetail) -> Markup:
    messages = messages_of(detail) if may(current_user(), "supervisor") else []
    return Markup(render_template("calls/voicemail.html", detail=detail, messages=messages))  # noqa: S704 - a template's own output
