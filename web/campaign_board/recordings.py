"""Recordings of attempts, so that the verdicts of machine detection can be heard again."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.domain.errors import NotFound
from callcenter.reports.recordings import recording_path
from web.access import requires
from web.calls.listening import audit_listen, wav_answer
from web.campaign_board.blueprint import blueprint
from web.campaign_board.board import campaign_seen
from web.services import services


@blueprint.get("/<name>/attempts/<attempt>/recording.wav")
@requires("supervisor")
def recording(name: str, attempt: str) -> Response:
    """Of the campaigns this person sees; a call that a machine took was in no queue."""
    with services().sessions.begin() as session:
        campaign_seen(session, name)
        call = _call(session, name, attempt)
        path = recording_path(services().settings.recordings, call.recording)
        audit_listen(session, call, "listen_recording")
    return wav_answer(path)


def _call(session: Session, campaign: str, attempt: str) -> Call:
    of = DialAttemptRow
    joined = (of.node == Call.node) & (of.call_id == Call.id)
    query = select(Call).join(of, joined).where(of.id == attempt, of.campaign == campaign)
    found = session.scalar(query)
    if found is None:
        raise NotFound("there is no recording of that call")
    return found
