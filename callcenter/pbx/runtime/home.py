"""The folder tree of docs/architecture.md, and what Asterisk needs before confgen has rendered."""

from __future__ import annotations

import math
import os
import socket
import struct
import wave
from pathlib import Path

from callcenter.pbx.runtime.install import AsteriskInstall, find_asterisk
from callcenter.settings import Settings

FOLDERS = (
    "run",
    "log",
    "prompts",
    "recordings",
    "voicemail",
    "asterisk/etc",
    "asterisk/generations",
    "asterisk/log/cel-custom",
    "asterisk/log/cdr-custom",
    "asterisk/run",
    "asterisk/db/keys",
    "asterisk/spool",
)

# What an agent on an open line hears when a caller arrives (generated/agents.conf). Asterisk joins
# the two when it is over, and its own beeps take 0.2 to 0.4 s.
LINE_TONE = "asterisk/line-tone.wav"
LINE_TONE_HZ, LINE_TONE_SECONDS, LINE_TONE_LEVEL = 880, 0.08, 8000

# One second and one try: a dead resolver must not hold up calls.
RESOLVER_OPTIONS = "options timeout:1 attempts:1\n"


def prepare_home(settings: Settings) -> None:
    """Make the folders, link the hand-written files, write asterisk.conf. Safe to repeat."""
    settings.home.mkdir(mode=0o750, parents=True, exist_ok=True)
    _close_to_others(settings.home)
    for folder in FOLDERS:
        (settings.home / folder).mkdir(parents=True, exist_ok=True)
    _link(settings.home / "asterisk/spool/voicemail", settings.home / "voicemail")
    _link_hand_written_files(settings)
    _write_if_changed(settings.etc / "asterisk.conf", asterisk_conf(settings, find_asterisk()))
    _write_line_tone(settings.home / LINE_TONE)
    _write_if_changed(settings.home / "asterisk/hosts", hosts(_read("/etc/hosts"), _hostname()))
    _write_if_changed(
        settings.home / "asterisk/resolv.conf", _read("/etc/resolv.conf") + RESOLVER_OPTIONS
    )


def _close_to_others(home: Path) -> None:
    """Calls, voices and secrets lie below: group may read, others may not even enter."""
    status = home.stat()
    if status.st_mode & 0o007 and status.st_uid == os.geteuid():
        home.chmod(status.st_mode & 0o7770)


def asterisk_conf(settings: Settings, install: AsteriskInstall) -> str:
    """The text of asterisk.conf: our folders, and the node's name in every uniqueid."""
    base = settings.home / "asterisk"
    directories = {
        "astetcdir": settings.etc,
        "astmoddir": install.modules,
        "astvarlibdir": base / "db",
        "astdbdir": base / "db",
        "astkeydir": base / "db",
        "astcachedir": base / "spool",
        "astdatadir": Path("/usr/share/asterisk"),
        "astagidir": settings.agi_scripts,
        "astspooldir": base / "spool",
        "astrundir": base / "run",
        "astlogdir": settings.asterisk_log,
        "astsbindir": install.binary.parent,
    }
    options = {
        "systemname": settings.node,
        "nocolor": "yes",
        "verbose": "1",
        "hideconnect": "yes",
        "disable_remote_console_shell": "yes",
        # The dialplan may not reach System() or the file system from outside.
        "live_dangerously": "no",
    }
    lines = ["; Written by callcenter on every start; change callcenter.toml instead."]
    lines += ["[directories]", *(f"{key} => {value}" for key, value in directories.items())]
    lines += ["", "[options]", *(f"{key} = {value}" for key, value in options.items())]
    lines += ["", "[files]", "astctlpermissions = 0660", ""]
    return "\n".join(lines)


def hosts(text: str, hostname: str) -> str:
    """`/etc/hosts` with the machine's own name in it.

    Without it Asterisk asks DNS for its own name, then for A.ROOT-SERVERS.NET, at every call.
    """
    named = {name for line in text.splitlines() for name in line.partition("#")[0].split()[1:]}
    if hostname in named:
        return text
    return f"{text.rstrip()}\n127.0.1.1 {hostname}\n".lstrip()


def _hostname() -> str:
    return socket.gethostname()


def _write_line_tone(path: Path) -> None:
    if path.exists():
        return
    turns = (2 * math.pi * LINE_TONE_HZ * n / 8000 for n in range(int(8000 * LINE_TONE_SECONDS)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(
            b"".join(struct.pack("<h", int(LINE_TONE_LEVEL * math.sin(turn))) for turn in turns)
        )


def _link_hand_written_files(settings: Settings) -> None:
    wanted = {path.name: path for path in sorted(settings.asterisk_conf.glob("*.conf"))}
    for link in settings.etc.glob("*.conf"):
        gone = link.name not in wanted or not wanted[link.name].exists()
        if link.is_symlink() and gone:
            link.unlink()
    for name, path in wanted.items():
        _link(settings.etc / name, path)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    if not link.exists():
        link.symlink_to(target)


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
