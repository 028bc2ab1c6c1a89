"""Prompt audio by the real espeak-ng and sox."""

from __future__ import annotations

import struct
import subprocess
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Prompt, Site
from callcenter.prompts import MAX_UPLOAD_BYTES, keep_upload, make_prompts, prompt_path


def loudness(path: Path) -> tuple[int, float]:
    """Peak sample and seconds; asserts the form Asterisk plays."""
    with wave.open(str(path)) as audio:
        assert (audio.getframerate(), audio.getnchannels(), audio.getsampwidth()) == (8000, 1, 2)
        frames = audio.readframes(audio.getnframes())
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    return max(map(abs, samples)), len(samples) / 8000


def test_a_text_is_spoken_once_and_again_when_it_changes(tmp_path: Path) -> None:
    site = Site(prompts=(Prompt("welcome", "Welcome to the shop"), Prompt("up", uploaded=True)))
    assert make_prompts(tmp_path, site) == ("welcome",)
    peak, seconds = loudness(tmp_path / "welcome.wav")
    assert peak > 15_000
    assert 0.5 < seconds < 5
    assert make_prompts(tmp_path, site) == ()
    longer = replace(site, prompts=(Prompt("welcome", "Welcome to the shop " * 4),))
    assert make_prompts(tmp_path, longer) == ("welcome",)
    assert loudness(tmp_path / "welcome.wav")[1] > 2 * seconds


def test_a_text_that_looks_like_an_option_or_a_command_is_only_spoken(tmp_path: Path) -> None:
    site = Site(prompts=(Prompt("odd", f"--help; touch {tmp_path}/pwned `id` $(id)"),))
    make_prompts(tmp_path, site)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.spoken", "odd.wav"]


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg"])
def test_an_upload_is_converted_to_what_asterisk_plays(tmp_path: Path, kind: str) -> None:
    tone = tmp_path / f"tone.{kind}"
    subprocess.run(
        ["sox", "-n", "-r", "44100", "-c", "2", tone, "synth", "1", "sine", "440"], check=True
    )
    path = keep_upload(tmp_path / "prompts", "tone", tone.read_bytes())
    peak, seconds = loudness(path)
    assert peak > 15_000
    assert seconds == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    "data",
    [b"", b"<script>alert(1)</script>", b"RIFF\x00\x00\x00\x00WAVEnothing", b"#!/bin/sh\nid\n",
     b"sox://x", b"ID3\x03mp3"],
)  # fmt: skip
def test_what_is_no_audio_is_refused_and_the_old_file_stays(tmp_path: Path, data: bytes) -> None:
    make_prompts(tmp_path, Site(prompts=(Prompt("welcome", "hello"),)))
    before = (tmp_path / "welcome.wav").read_bytes()
    with pytest.raises(InvalidInput):
        keep_upload(tmp_path, "welcome", data)
    assert (tmp_path / "welcome.wav").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="larger than"):
        keep_upload(tmp_path, "big", b"\0" * (MAX_UPLOAD_BYTES + 1))


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "A", "x" * 41, "a\0"])
def test_only_the_name_of_a_prompt_makes_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        prompt_path(tmp_path, name)
