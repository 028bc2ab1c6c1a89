"""Everything there is about a person as one zip: person.json, and the sound as it can be played."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from sqlalchemy.orm import Session

from callcenter.db.models.calls import Call
from callcenter.domain.errors import NotFound
from callcenter.privacy.person import Person
from callcenter.reports.call_detail import call_detail
from callcenter.reports.recordings import recording_path, wav_bytes, wav_size
from callcenter.settings import Settings

FORM = "callcenter-person/1"


def export_person(session: Session, settings: Settings, person: Person) -> bytes:
    """A zip file's bytes. Instants in it are epoch seconds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        told = _told(session, person)
        archive.writestr("person.json", json.dumps(told, indent=2, ensure_ascii=False))
        for name in person.recordings:
            _put_recording(archive, settings, name)
        for message in person.messages:
            if message.sound:
                inside = f"voicemail/{message.mailbox}-{message.path.stem}{message.sound.suffix}"
                archive.write(message.sound, inside)
    return out.getvalue()


def _told(session: Session, person: Person) -> dict[str, Any]:
    return {
        "form": FORM,
        "number": person.digits,
        "calls": [_call(session, call) for call in person.calls],
        "recordings": [f"recordings/{_sound_name(name)}" for name in person.recordings],
        "voicemail": [
            {"mailbox": each.mailbox, "at": each.at, "seconds": each.seconds}
            for each in person.messages
        ],
        **{name: [row_of(row) for row in rows] for name, rows in person.others.items()},
    }


def _call(session: Session, call: Call) -> dict[str, Any]:
    detail = call_detail(session, call.id, node=call.node)
    return {
        **row_of(call),
        "queue_visits": [row_of(row) for row in detail.visits],
        "talks": [row_of(row) for row in detail.talks],
        "timeline": [row_of(row) for row in detail.timeline],
    }


def row_of(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _sound_name(name: str) -> str:
    return name.removesuffix(".raw").replace("/", "-") + ".wav"


def _put_recording(archive: zipfile.ZipFile, settings: Settings, name: str) -> None:
    try:
        path = recording_path(settings.recordings, name)
    except NotFound:
        return
    with archive.open(f"recordings/{_sound_name(name)}", "w") as target:
        for part in wav_bytes(path, 0, wav_size(path)):
            target.write(part)
