"""Which frequencies a recording holds: Goertzel's filter, in dB relative to a full-scale sine."""

from __future__ import annotations

import math
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

HEARD_DB = -35.0  # a phone's tone arrives at about -12 dB
ABSENT_DB = -50.0
FLOOR_DB = -120.0
WINDOW_SECONDS = 0.1
WAV_HEADER_BYTES = 44


class Unclear(AssertionError):
    """Between heard and absent, the measurement proves nothing (a change fell into it)."""


def level_db(samples: Samples, hz: float, rate: int = 8000) -> float:
    """Level of the one frequency `hz`: 0 dB is a full-scale sine, FLOOR_DB is silence."""
    count = len(samples)
    if count == 0:
        return FLOOR_DB
    window = np.hanning(count)
    angle = 2 * math.pi * hz / rate * np.arange(count)
    # Goertzel's recurrence in closed form: one bin of the Fourier transform.
    bin_ = np.dot(samples * window, np.exp(-1j * angle))
    amplitude = 2 * abs(bin_) / window.sum()
    return max(FLOOR_DB, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DB


def loudness_db(samples: Samples) -> float:
    """Level of everything together (root mean square), 0 dB being a full-scale sine."""
    if len(samples) == 0:
        return FLOOR_DB
    power = float(np.mean(samples**2)) * 2
    return max(FLOOR_DB, 10 * math.log10(power)) if power > 0 else FLOOR_DB


@dataclass(frozen=True)
class Tones:
    """Audio of one channel."""

    samples: Samples
    rate: int = 8000

    @classmethod
    def read(cls, path: Path, channel: int = 0) -> Tones:
        """A wav file; or `.raw`: interleaved stereo, 8 kHz, signed 16 bit (our recordings)."""
        if path.suffix == ".raw":
            return cls._of(path.read_bytes(), 2, channel, 8000)
        with wave.open(str(path), "rb") as wav:
            assert wav.getsampwidth() == 2, f"{path} is not 16 bit"
            frames = wav.readframes(wav.getnframes())
            return cls._of(frames, wav.getnchannels(), channel, wav.getframerate())

    @classmethod
    def so_far(cls, path: Path) -> Tones:
        """A phone's recording that goes on; its last quarter of a second may not be written."""
        return cls._of(path.read_bytes()[WAV_HEADER_BYTES:], 1, 0, 8000)

    @classmethod
    def _of(cls, frames: bytes, channels: int, channel: int, rate: int) -> Tones:
        whole = frames[: len(frames) // (2 * channels) * 2 * channels]
        samples = np.frombuffer(whole, "<i2").astype(np.float64) / 32768
        return cls(samples[channel::channels], rate)

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def part(self, start_seconds: float, end_seconds: float) -> Tones:
        return Tones(
            self.samples[int(start_seconds * self.rate) : int(end_seconds * self.rate)], self.rate
        )

    def level(self, hz: float) -> float:
        return level_db(self.samples, hz, self.rate)

    def loudness(self) -> float:
        return loudness_db(self.samples)

    def has(self, hz: float) -> bool:
        """True when heard, False when absent; raises Unclear between the two.

        The middle level of short windows: a lost packet's click spreads over all frequencies but
        touches few windows.
        """
        level = float(np.median([window.level(hz) for window in self._windows()]))
        if ABSENT_DB < level < HEARD_DB:
            raise Unclear(f"{hz} Hz is neither heard nor absent: {level:.1f} dB")
        return level >= HEARD_DB

    def _windows(self) -> list[Tones]:
        count = max(1, int(self.seconds / WINDOW_SECONDS))
        return [self.part(n * WINDOW_SECONDS, (n + 1) * WINDOW_SECONDS) for n in range(count)]

    def heard(self, candidates_hz: Iterable[int]) -> set[int]:
        """Which of the candidates are in it."""
        return {hz for hz in candidates_hz if self.has(hz)}


def heard_hz(path: Path, candidates_hz: Iterable[int], channel: int = 0) -> set[int]:
    """Which of the candidates the recording holds."""
    return Tones.read(path, channel).heard(candidates_hz)


def tones_over_time(
    audio: Tones, candidates_hz: Iterable[int], window_seconds: float = 0.25
) -> list[tuple[float, frozenset[int]]]:
    """(start second, tones at HEARD_DB or more) for each window: proves *when* a tone was there."""
    candidates = list(candidates_hz)
    steps = int(audio.seconds / window_seconds)
    windows = ((n * window_seconds, (n + 1) * window_seconds) for n in range(steps))
    return [
        (
            start,
            frozenset(hz for hz in candidates if audio.part(start, end).level(hz) >= HEARD_DB),
        )
        for start, end in windows
    ]
