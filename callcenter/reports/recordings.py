"""A recording as people hear and see it: WAV bytes on the fly, and peaks for a waveform.

On disk: raw signed 16 bit, 8 kHz, stereo interleaved; left the channel that recorded (the caller;
of a call dialed by hand the agent), right the other side.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callcenter.domain.errors import NotFound

SAMPLES_A_SECOND = 8000
CHANNELS = 2
BYTES_A_FRAME = 2 * CHANNELS
HEADER_BYTES = 44
CHUNK_BYTES = 64 * 1024
SAMPLES_A_PEAK = 160  # looked at for each; a waveform needs no more


@dataclass(frozen=True)
class Peaks:
    """Loudest sample (0 … 1) of each slice of time, a channel a list."""

    seconds: float
    left: list[float]
    right: list[float]


def recording_path(folder: Path, name: str) -> Path:
    """The file, only if it truly lies under `folder`. Raises NotFound."""
    path = (folder / name).resolve()
    sound = name != "" and path.suffix == ".raw" and path.is_relative_to(folder.resolve())
    if not sound or not path.is_file():
        raise NotFound("this call has no recording, or its file has been removed")
    return path


def wav_size(path: Path) -> int:
    return HEADER_BYTES + _audio_bytes(path)


def wav_bytes(path: Path, start: int, stop: int) -> Iterator[bytes]:
    """Bytes `start` up to but without `stop` of the recording as a WAV file."""
    header = _header(_audio_bytes(path))
    if start < HEADER_BYTES:
        yield header[start:stop]
    position, end = max(start, HEADER_BYTES) - HEADER_BYTES, stop - HEADER_BYTES
    with path.open("rb") as file:
        file.seek(position)
        while position < end:
            data = file.read(min(CHUNK_BYTES, end - position))
            if not data:
                return
            position += len(data)
            yield data


def peaks_of(path: Path, slices: int = 600) -> Peaks:
    size = _audio_bytes(path)
    frames = size // BYTES_A_FRAME
    left: list[float] = []
    right: list[float] = []
    with path.open("rb") as file:
        for number in range(min(slices, frames)):
            begin = number * frames // slices if frames >= slices else number
            after = (number + 1) * frames // slices if frames >= slices else number + 1
            file.seek(begin * BYTES_A_FRAME)
            samples = memoryview(file.read((after - begin) * BYTES_A_FRAME)).cast("h")
            stride = max(1, (after - begin) // SAMPLES_A_PEAK) * CHANNELS
            left.append(_loudest(samples[0::stride]))
            right.append(_loudest(samples[1::stride]))
    return Peaks(frames / SAMPLES_A_SECOND, left, right)


def _loudest(samples: memoryview) -> float:
    return round(max((abs(each) for each in samples), default=0) / 32768, 3)


def _audio_bytes(path: Path) -> int:
    """Whole frames only: a recording that is being written may end in half of one."""
    return path.stat().st_size // BYTES_A_FRAME * BYTES_A_FRAME


def _header(size: int) -> bytes:
    rate = SAMPLES_A_SECOND
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", HEADER_BYTES - 8 + size, b"WAVE", b"fmt ", 16, 1, CHANNELS, rate,
        rate * BYTES_A_FRAME, BYTES_A_FRAME, 16, b"data", size,
    )  # fmt: skip
