"""A message somebody left is heard from the call's page, by supervisors, and written down."""

from __future__ import annotations

import io
import wave
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.calls import Call, CallLeg
from tests.web.call_books import fill_books
from tests.web.test_access import sign_in
from web.services import EXTENSION, Services

PAGE = {"Accept": "text/html"}


def leave_message(folder: Path, number: str, channel: str, at: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = f"[message]\ncallerchan={channel}\ncallerid=0151123\norigtime={int(at)}\nduration=1\n"
    (folder / f"msg{number}.txt").write_text(told)
    with wave.open(str(folder / f"msg{number}.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\1\0" * 8000)


def test_only_the_call_s_own_message_and_only_for_supervisors(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    fill_books(services.settings)
    with services.sessions() as session:
        call = session.scalars(select(Call).where(Call.outcome == "voicemail")).one()
        channel = session.scalars(select(CallLeg.channel).where(CallLeg.call_id == call.id)).one()
    box = services.settings.home / "voicemail/cc/201/INBOX"
    leave_message(box, "0000", channel, call.started_at)
    leave_message(box, "0001", channel, call.started_at + 3600)  # the name came again
    leave_message(box, "0002", "PJSIP/trunk-carrier-0000ffff", call.started_at)
    client = app.test_client()
    sign_in(client, "sue")
    page = client.get(f"/calls/{call.id}", headers=PAGE).text
    assert page.count('class="voicemail"') == 1
    whole = client.get(f"/calls/{call.id}/voicemail/1.wav")
    with wave.open(io.BytesIO(whole.data)) as sound:
        assert sound.getnframes() == 8000
    part = client.get(f"/calls/{call.id}/voicemail/1.wav", headers={"Range": "bytes=44-143"})
    assert (part.status_code, len(part.data)) == (206, 100)
    for number in (0, 2):
        assert client.get(f"/calls/{call.id}/voicemail/{number}.wav").status_code == 404
    with services.sessions() as session:
        entries = session.scalars(
            select(AuditEntryRow).where(AuditEntryRow.action == "listen_voicemail")
        ).all()
        assert [(entry.by, entry.subject) for entry in entries] == [("sue", call.id)]
    agent = app.test_client()
    sign_in(agent, "al")
    assert agent.get(f"/calls/{call.id}/voicemail/1.wav").status_code == 403
