"""Running espeak-ng and sox: argument lists, no shell, a time limit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from callcenter.domain.errors import InvalidInput, Unavailable

SPEAK_SECONDS = 60
CONVERT_SECONDS = 60
MAX_PROMPT_SECONDS = 600
SAMPLE_RATE = 8000
PEAK_DECIBELS = "-3"  # all prompts equally loud, with room for the codec


def speak(text: str, language: str, wav: Path) -> None:
    """Text to speech into a WAV of espeak's own rate. `language` is a code such as en or en_GB."""
    voice = language.replace("_", "-").lower()
    command = ["espeak-ng", "-v", voice, "-s", "150", "--stdin", "-w", str(wav)]
    _run(command, text.encode(), SPEAK_SECONDS, f"no voice speaks {language!r}; choose another")


def convert(source: Path, kind: str, target: Path) -> None:
    """Any audio to the form Asterisk plays, put in place whole. `kind` is sox's type word."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    form = ["-t", "wav", "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", "-e", "signed-integer"]
    # Small first: `norm` keeps all of it in a file, and a few bytes can say 8 channels at 655 kHz.
    small = ["trim", "0", str(MAX_PROMPT_SECONDS), "channels", "1", "rate", str(SAMPLE_RATE)]
    effects = [*small, "norm", PEAK_DECIBELS]
    command = ["sox", "-V1", "-t", kind, str(source), *form, str(draft), *effects]
    try:
        _run(command, b"", CONVERT_SECONDS, "that file cannot be read as audio; try a WAV file")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _run(command: list[str], given: bytes, seconds: int, refusal: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - argument list, fixed program
            command, input=given, capture_output=True, timeout=seconds, check=False
        )
    except FileNotFoundError as error:
        program = command[0]
        raise Unavailable(f"{program} is not installed; `apt install {program}`") from error
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(f"{refusal} (it took more than {seconds} s)") from error
    if done.returncode != 0:
        raise InvalidInput(refusal)
