"""Start, ask and stop one Asterisk, that of `settings.home`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from callcenter.domain.errors import Unavailable
from callcenter.pbx.runtime import sandbox
from callcenter.pbx.runtime.install import AsteriskInstall, find_asterisk
from callcenter.settings import Settings

CONSOLE_SECONDS = 10
UMASK = 0o027  # recordings, voicemail and call records are nobody else's
POLL_SECONDS = 0.05


def command(
    settings: Settings,
    *args: str,
    extra_binds: Iterable[Path] = (),
    install: AsteriskInstall | None = None,
) -> list[str]:
    """argv that runs the Asterisk binary with `-C HOME/asterisk/etc/asterisk.conf ARGS`."""
    chosen = install or find_asterisk()
    own = [str(chosen.binary), "-C", str(settings.etc / "asterisk.conf"), *args]
    if chosen.root is None:
        return own
    return [*_sandbox(settings, chosen.root, extra_binds), *own]


def start(
    settings: Settings, *, output: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start Asterisk in the foreground of a child process; it dies with us."""
    return subprocess.Popen(  # noqa: S603 - argv is ours
        command(settings, "-f"),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        umask=UMASK,
    )


def console(settings: Settings, line: str, *, seconds: float = CONSOLE_SECONDS) -> str:
    """What `asterisk -rx LINE` prints. Raises Unavailable when Asterisk does not answer."""
    try:
        answer = subprocess.run(  # noqa: S603 - argv is ours, the line is one argument
            command(settings, "-rx", line),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Asterisk did not answer {line!r} within {seconds} s") from None
    text = answer.stdout.decode("utf-8", "replace")
    if answer.returncode != 0:
        raise Unavailable(_why_not(settings, text + answer.stderr.decode("utf-8", "replace")))
    return text


def wait_until_up(
    settings: Settings, seconds: float, process: subprocess.Popen[bytes] | None = None
) -> None:
    """Return once Asterisk has fully booted; raises Unavailable after `seconds`, or at once when
    `process` has ended."""
    deadline = time.monotonic() + seconds
    socket = settings.home / "asterisk/run/asterisk.ctl"
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise Unavailable(_why_not(settings, f"Asterisk ended with {process.returncode}"))
        if socket.exists():
            try:
                left = max(0.1, deadline - time.monotonic())
                if "fully booted" in console(settings, "core waitfullybooted", seconds=left):
                    return
            except Unavailable:
                pass  # the socket is there before anyone listens, or is one left by a crash
        time.sleep(POLL_SECONDS)
    raise Unavailable(_why_not(settings, f"Asterisk was not up after {seconds} s"))


def running_pid(settings: Settings) -> int | None:
    """The pid of the Asterisk of this home, None when it does not run."""
    try:
        pid = int((settings.home / "asterisk/run/asterisk.pid").read_text())
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, ValueError):
        return None
    # `pid (name) state …`; one that has ended and waits for its parent to notice is gone for us.
    return pid if "(asterisk) " in stat and "(asterisk) Z" not in stat else None


def stop(settings: Settings, *, seconds: float = 5) -> None:
    """SIGTERM, then SIGKILL after `seconds`. Returns when it is gone; silent if it never ran."""
    pid = running_pid(settings)
    if pid is None:
        return
    _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while running_pid(settings) == pid:
        if time.monotonic() > deadline:
            _send(pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _sandbox(settings: Settings, root: Path, extra_binds: Iterable[Path]) -> list[str]:
    base = settings.home / "asterisk"
    return sandbox.enclose(
        root,
        writable=[settings.home],
        read_only=[settings.asterisk_conf, settings.agi_scripts, *extra_binds],
        etc={"hosts": base / "hosts", "resolv.conf": base / "resolv.conf"},
    )


def _why_not(settings: Settings, reason: str) -> str:
    return f"{reason.strip()}; see {settings.logs / 'asterisk.log'} and {settings.asterisk_log}"
