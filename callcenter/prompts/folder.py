"""The prompts folder: which file belongs to which prompt, and making what is missing."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Prompt, Site
from callcenter.domain.site_rules import patterns
from callcenter.prompts.programs import convert, speak


def prompt_path(folder: Path, name: str) -> Path:
    """`folder/<name>.wav`. Raises InvalidInput for a name that is no slug."""
    if patterns.slug(name):
        raise InvalidInput(f"{name!r} is not the name of a prompt")
    return folder / f"{name}.wav"


def make_prompts(folder: Path, site: Site) -> tuple[str, ...]:
    """Speaks every prompt whose audio is missing or of an older text; returns their names.

    Raises Unavailable when the TTS is missing, InvalidInput when it has no such voice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stale = [prompt for prompt in site.prompts if _is_stale(folder, prompt)]
    for prompt in stale:
        _speak(folder, prompt)
    return tuple(prompt.name for prompt in stale)


def forget_text(folder: Path, name: str) -> None:
    """The audio is no longer of any text, so it is spoken anew when people go back to text."""
    _mark(folder, name).unlink(missing_ok=True)


def _is_stale(folder: Path, prompt: Prompt) -> bool:
    if prompt.uploaded or not prompt.text.strip():
        return False
    mark = _mark(folder, prompt.name)
    made = prompt_path(folder, prompt.name).exists() and mark.exists()
    return not made or mark.read_text() != _fingerprint(prompt)


def _speak(folder: Path, prompt: Prompt) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        spoken = Path(scratch) / "spoken.wav"
        speak(prompt.text, prompt.language, spoken)
        convert(spoken, "wav", prompt_path(folder, prompt.name))
    _mark(folder, prompt.name).write_text(_fingerprint(prompt))


def _mark(folder: Path, name: str) -> Path:
    return prompt_path(folder, name).with_suffix(".spoken")


def _fingerprint(prompt: Prompt) -> str:
    return hashlib.sha256(f"{prompt.language}\n{prompt.text}".encode()).hexdigest()
