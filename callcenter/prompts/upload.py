"""Uploaded prompts: known by their first bytes, read by sox under a type we name, size-limited."""

from __future__ import annotations

import tempfile
from pathlib import Path

from callcenter.domain.errors import InvalidInput
from callcenter.prompts.folder import forget_text, prompt_path
from callcenter.prompts.programs import convert

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
_HEADER_BYTES = 64


def keep_upload(folder: Path, name: str, data: bytes) -> Path:
    """The audio of prompt `name` from now on. Raises InvalidInput when `data` is no audio."""
    target = prompt_path(folder, name)
    if len(data) > MAX_UPLOAD_BYTES:
        raise InvalidInput(f"the file is larger than {MAX_UPLOAD_BYTES // 1024 // 1024} MB")
    kind = _kind(data[:_HEADER_BYTES])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".upload-") as scratch:
        scratch.write(data)
        scratch.flush()
        convert(Path(scratch.name), kind, target)
    forget_text(folder, name)
    return target


def _kind(header: bytes) -> str:
    """sox's type word. Formats that refer to other files are not among them."""
    if header[:4] == b"RIFF" and header[8:12] == b"WAVE":
        return "wav"
    if header[:4] == b"fLaC":
        return "flac"
    if header[:4] == b"OggS" and b"\x01vorbis" in header:
        return "vorbis"
    raise InvalidInput("that is not a WAV, FLAC or Ogg Vorbis file; convert it to WAV first")
