"""What callers and agents say, spoken once by the local TTS into HOME/demo/sounds (8 kHz µ-law,
so that Asterisk plays it without transcoding)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from callcenter.demo.behaviour import VOICES
from callcenter.domain.errors import Unavailable

_CALLER_PHRASES = (
    "Hello, I would like to change the date of my flight, please.",
    "Yes, that is right. It was booked under my name.",
    "Could you tell me what the difference in price would be?",
    "I have been waiting for the confirmation since last week.",
    "All right, that sounds good to me.",
    "And is the luggage included in that?",
)
_AGENT_PHRASES = (
    "I see your booking here in front of me.",
    "Let me check that in the system, it will only take a moment.",
    "That would be fifteen euros more, and the change itself is free.",
    "I have just sent you an e-mail with the confirmation.",
    "Is there anything else I can do for you today?",
    "May I have your date of birth, please?",
)
PHRASES = len(_CALLER_PHRASES)
_AGENT_LINES = {
    "agent-greeting": "Northwind Travel, good day. How can I help you?",
    "agent-hold": "One moment please, I will ask a colleague.",
    "agent-back": "Thank you for holding.",
    "agent-offer": "Good day, this is Northwind Travel. May I tell you about our summer offers?",
    "agent-transfer": "I will put you through to a colleague.",
}
_TOWN_LINES = {
    "person-hello": "Hello?",
    "machine-greeting": "Hello, you have reached the family home. We are not here just now, so "
    "please leave your name and number after the tone, and we will call you back.",
    "machine-tone": "Beep.",
}
_CALLER_VOICES = ("en-us+m3", "en-gb+f2", "en-us+f4", "en-gb+m7")
_AGENT_VOICE = "en-us+f3"


@dataclass(frozen=True)
class Utterance:
    name: str
    voice: str
    text: str


def utterances() -> Iterable[Utterance]:
    """Everything the dialplan may play; callers and agents have different voices."""
    for voice in range(VOICES):
        for index, text in enumerate(_CALLER_PHRASES, start=1):
            yield Utterance(f"caller-{voice}-{index}", _CALLER_VOICES[voice], text)
    for index, text in enumerate(_AGENT_PHRASES, start=1):
        yield Utterance(f"agent-{index}", _AGENT_VOICE, text)
    for name, text in _AGENT_LINES.items():
        yield Utterance(name, _AGENT_VOICE, text)
    for name, text in _TOWN_LINES.items():
        yield Utterance(name, _CALLER_VOICES[0], text)


def prepare_sounds(folder: Path) -> None:
    """Speak what is missing. About two seconds the first time. Raises Unavailable."""
    for program in ("espeak-ng", "sox"):
        if shutil.which(program) is None:
            raise Unavailable(f"The demo's voices need {program}: apt-get install {program}")
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in utterances() if not _file(folder, each).exists()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda each: _speak(folder, each), missing))


def _file(folder: Path, utterance: Utterance) -> Path:
    return folder / f"{utterance.name}.ulaw"


def _speak(folder: Path, utterance: Utterance) -> None:
    wav = folder / f"{utterance.name}.wav"
    target = _file(folder, utterance)
    unfinished = target.with_suffix(".part")
    try:
        _run("espeak-ng", "-v", utterance.voice, "-s", "160", "-w", str(wav), utterance.text)
        _run("sox", str(wav), "-r", "8000", "-c", "1", "-t", "ul", str(unfinished), "norm", "-6")
        unfinished.rename(target)
    finally:
        wav.unlink(missing_ok=True)


def _run(*argv: str) -> None:
    try:
        subprocess.run(argv, capture_output=True, check=True, timeout=30)  # noqa: S603 - ours
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{argv[0]} could not speak a phrase: {error}") from error
