"""Sounds that phones of the tests play, and when a tone is heard in a recording."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tests.phones.tones import HEARD_DB, Tones


def write_sound(path: Path, *parts: tuple[int, float]) -> Path:
    """Parts are (Hz, seconds); 0 Hz is silence."""
    pieces = [
        8000 * np.sin(2 * np.pi * hz * np.arange(int(8000 * seconds)) / 8000)
        for hz, seconds in parts
    ]
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(np.concatenate(pieces).astype("<i2").tobytes())
    return path


def heard_between(path: Path, hz: int) -> tuple[float, float]:
    """First and last second in which this tone is in the recording."""
    tones = Tones.read(path)
    tenths = range(int(tones.seconds * 10))
    loud = [each for each in tenths if tones.part(each / 10, each / 10 + 0.1).level(hz) > HEARD_DB]
    assert loud, f"{hz} Hz was never heard"
    return loud[0] / 10, (loud[-1] + 1) / 10
