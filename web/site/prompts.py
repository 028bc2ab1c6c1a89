"""Prompt audio: what plays in the page, what is uploaded, what is spoken."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from callcenter.db.site_store import load_site
from callcenter.domain.errors import CallcenterError, NotFound
from callcenter.domain.site import Prompt
from callcenter.prompts import MAX_UPLOAD_BYTES, keep_upload, make_prompts, prompt_path
from web.access import requires
from web.services import services
from web.site.blueprint import blueprint


@blueprint.get("/site/prompts/audio/<name>")
@requires("admin")
def prompt_audio(name: str) -> ResponseReturnValue:
    path = prompt_path(services().settings.prompts, name)
    if not path.is_file():
        raise NotFound("this prompt has no audio yet")
    return send_file(path, mimetype="audio/wav", conditional=True)


def with_upload(record: Any) -> Any:
    """The record, marked as uploaded when the form brought a file."""
    if isinstance(record, Prompt) and _upload() is not None:
        return dataclasses.replace(record, uploaded=True)
    return record


def keep_audio(record: Any) -> None:
    """The file the form brought becomes the prompt's audio. Raises InvalidInput when it is none."""
    upload = _upload()
    if isinstance(record, Prompt) and upload is not None:
        data = upload.stream.read(MAX_UPLOAD_BYTES + 1)
        keep_upload(services().settings.prompts, record.name, data)


def speak_missing() -> tuple[str, ...]:
    """Makes what is missing; a TTS that fails is told, and the site stays saved."""
    with services().sessions() as session:
        site = load_site(session)
    try:
        make_prompts(services().settings.prompts, site)
    except CallcenterError as error:
        return (f"Saved, but a prompt has no audio: {error}",)
    return ()


def _upload() -> FileStorage | None:
    upload = request.files.get("audio")
    return upload if upload is not None and upload.filename else None
