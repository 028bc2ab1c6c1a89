"""Asterisk's own opinion: a throwaway Asterisk started on the candidate files, with no network."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from callcenter.domain.errors import Unavailable
from callcenter.pbx import runtime
from callcenter.pbx.confgen import applications, generations, handwritten, problems
from callcenter.pbx.confgen.problems import Problem
from callcenter.settings import Settings

START_SECONDS = 60  # plenty; a busy machine must not refuse a sound configuration


def run(settings: Settings, files: Mapping[str, str]) -> list[Problem]:
    """What a fresh Asterisk complains about in `files` and the hand-written ones. Takes ~1 s."""
    # A short path: the console's socket inside must fit into 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="cc-trial-"))
    try:
        return _start_and_read(settings, dataclasses.replace(settings, home=home), files)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _start_and_read(real: Settings, trial: Settings, files: Mapping[str, str]) -> list[Problem]:
    runtime.prepare_home(trial)
    for path in real.etc.glob("*"):
        link = trial.etc / path.name
        if path.name not in ("generated", "asterisk.conf") and not link.is_symlink():
            link.symlink_to(path)
    generations.put_in_force(trial, generations.write(trial, files))
    output = trial.home / "output"
    started, shown = _start(real, trial, output)
    text = output.read_text(encoding="utf-8", errors="replace")
    lines = text.replace(f"{trial.etc}/", "").splitlines()
    found = problems.of_log(lines)
    written = handwritten.lines(real.asterisk_conf, real.etc, files, "extensions.conf")
    known = applications.listed(shown)
    found += applications.problems(written, known)
    agents = handwritten.read(files.get("agents.conf", ""), "agents.conf")
    found += applications.missing_for_open_lines(agents, known)
    return found if started or found else [Problem("", f"Asterisk did not start: {lines[-3:]}")]


def _start(real: Settings, trial: Settings, output: Path) -> tuple[bool, str]:
    """Whether it started, and the applications it has."""
    argv = _without_network(runtime.command(trial, "-f", extra_binds=[real.etc]))
    with output.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - argv is ours
            argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
        )
        try:
            runtime.wait_until_up(trial, START_SECONDS, process)
            return True, runtime.console(trial, "core show applications")
        except Unavailable:
            return False, ""
        finally:
            runtime.stop(trial, seconds=0.5)
            process.kill()
            process.wait()


def _without_network(argv: list[str]) -> list[str]:
    """The same command in an empty network, where every port is free and nobody hears it."""
    if argv[0].endswith("bwrap"):
        return [argv[0], "--unshare-net", *argv[1:]]
    if shutil.which("bwrap"):
        return ["bwrap", "--die-with-parent", "--unshare-net", "--dev-bind", "/", "/", *argv]
    return ["unshare", "--net", "--map-root-user", *argv]
