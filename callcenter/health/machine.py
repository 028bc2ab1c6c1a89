"""Checks of the machine and the home folder."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import threading

from callcenter.dialer.evidence.key import FILE_NAME as KEY_FILE_NAME
from callcenter.dialer.evidence.key import fingerprint, public_text, signing_key
from callcenter.health.finding import Finding, broken, ok, warning
from callcenter.settings import FILE_NAME, Settings

LOW_BYTES = 5 * 10**9
NEARLY_FULL_BYTES = 5 * 10**8
LOOK_UP_SECONDS = 1.0
WRITABLE = ("run", "log", "recordings", "prompts", "voicemail", "asterisk/log", "asterisk/db")


def settings_file(settings: Settings) -> Finding:
    part, path = "settings file", settings.home / FILE_NAME
    if not path.exists():
        return broken(part, f"{path} is not there", "run `callcenter init`")
    if stat.S_IMODE(path.stat().st_mode) & 0o037:
        return broken(part, f"{path} can be read by others", f"chmod 0600 {path}")
    if not settings.ami_secret or not settings.web_secret:
        mend = "set both to long random texts (`openssl rand -base64 32`)"
        return broken(part, "ami_secret or web_secret is empty", mend)
    return ok(part, str(path))


def evidence_key(settings: Settings) -> Finding:
    """A lost one is made anew without a word, and then signs as somebody else."""
    part, path = "evidence key", settings.home / KEY_FILE_NAME
    if not path.exists():
        mend = "put it back from a backup, or run `callcenter init`"
        return warning(part, f"{path} is not there", mend)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return broken(part, f"{path} can be read by others", f"chmod 0600 {path}")
    return ok(part, f"signs as {fingerprint(public_text(signing_key(settings.home)))}")


def home_writable(settings: Settings) -> Finding:
    part = "home folder"
    for name in WRITABLE:
        folder = settings.home / name
        if not folder.is_dir():
            return broken(part, f"{folder} is missing", "run `callcenter init`")
        if not os.access(folder, os.W_OK | os.X_OK):
            return broken(part, f"{folder} is not writable", f"chown -R $(id -un) {folder}")
    return ok(part, f"{settings.home}, recordings writable")


def disk_space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    what = f"{free / 1e9:.1f} GB free in {settings.home}"
    # One hour of one stereo recording at 8 kHz and 16 bit is 115 MB.
    mend = "move or delete old recordings; a recorded hour takes 115 MB"
    if free < NEARLY_FULL_BYTES:
        return broken("disk space", what, mend)
    return warning("disk space", what, mend) if free < LOW_BYTES else ok("disk space", what)


def host_name(_settings: Settings) -> Finding:
    """Asterisk looks its own name up at every call; a dead DNS then stalls calls."""
    part, name = "host name", socket.gethostname()
    found: list[str] = []
    look_up = threading.Thread(target=_resolve, args=(name, found), daemon=True)
    look_up.start()
    look_up.join(LOOK_UP_SECONDS)
    if found:
        return ok(part, f"{name} is {found[0]}")
    mend = f"add the line `127.0.1.1 {name}` to /etc/hosts"
    return broken(part, f"{name} does not resolve within {LOOK_UP_SECONDS} s", mend)


def text_to_speech(_settings: Settings) -> Finding:
    missing = [name for name in ("espeak-ng", "sox") if shutil.which(name) is None]
    if missing:
        return broken("text to speech", f"{' and '.join(missing)} missing", "apt install them")
    return ok("text to speech", "espeak-ng, sox")


def _resolve(name: str, found: list[str]) -> None:
    try:
        found.append(str(socket.getaddrinfo(name, None)[0][4][0]))
    except OSError:
        return
