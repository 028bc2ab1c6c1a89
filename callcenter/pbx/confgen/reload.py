"""Make a running Asterisk read the files that changed, and see whether it did."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

from callcenter.domain.errors import Unavailable
from callcenter.pbx import runtime
from callcenter.pbx.confgen import handwritten, problems
from callcenter.pbx.confgen.problems import Problem
from callcenter.pbx.confgen.render import DIALPLAN, MARK_CONTEXT
from callcenter.settings import Settings

# In the order in which they are reloaded: what others refer to comes first.
COMMANDS = {
    "musiconhold.conf": "moh reload",
    "rtp.conf": "module reload res_rtp_asterisk.so",
    "pjsip.conf": "module reload res_pjsip.so",
    "voicemail.conf": "voicemail reload",
    "agents.conf": "module reload app_agent_pool.so",
    "queues.conf": "queue reload all",
    "extensions.conf": "dialplan reload",
    "manager.conf": "manager reload",
    "http.conf": "module reload http",
    "features.conf": "module reload features",
    "res_parking.conf": "module reload res_parking.so",
    "logger.conf": "logger reload",
}
TAKES_SECONDS = 5.0
POLL_SECONDS = 0.05
# An Asterisk that has run since before an update, or whose modules.conf is older (its owner's,
# never overwritten), has no such module yet.
_NOT_LOADED = re.compile(r"No such module|not properly initialized")
LOADED_WITH = {"module load app_agent_pool.so": "module load app_softhangup.so"}
_REFUSED = re.compile(r"No such command|No such module|failed|error", re.IGNORECASE)
_TRANSPORT = re.compile(r"^\[transport-\w+\]\n(?:.+\n)*", re.MULTILINE)


def commands(changed: Iterable[str]) -> tuple[str, ...]:
    names = set(changed)
    return tuple(command for name, command in COMMANDS.items() if name in names)


def restart_needed(
    old: Mapping[str, str], new: Mapping[str, str], by_hand: Iterable[str] = ()
) -> str:
    """Why the change takes effect only after a restart; '' when it has already."""
    before, after = (_TRANSPORT.findall(files.get("pjsip.conf", "")) for files in (old, new))
    if before and before != after:
        return "SIP addresses or ports changed; restart Asterisk when no call is up"
    unread = [name for name in by_hand if name not in COMMANDS]
    if unread:
        return f"{', '.join(unread)}: read at a start only; restart Asterisk when no call is up"
    return ""


def reload(settings: Settings, changed: Iterable[str], files: Mapping[str, str]) -> list[Problem]:
    """Reload what changed. What Asterisk complained about or did not take; empty: all is well."""
    log = settings.asterisk_log / "full"
    seen = log.stat().st_size if log.exists() else 0
    names = tuple(changed)
    try:
        refused = [problem for command in commands(names) for problem in _say(settings, command)]
        missing = [problem for name in names for problem in _not_taken(settings, name, files)]
    except Unavailable as error:
        return [Problem("", str(error))]
    return refused + problems.of_log(_written_since(settings, seen)) + missing


def _say(settings: Settings, command: str) -> list[Problem]:
    answer = runtime.console(settings, command).strip()
    if command.endswith(".so") and _NOT_LOADED.search(answer):
        command = command.replace("module reload", "module load")
        if other := LOADED_WITH.get(command):
            runtime.console(settings, other)  # it may be there
        answer = runtime.console(settings, command).strip()
    if _REFUSED.search(answer):
        return [Problem("", f"Asterisk answered {command!r} with: {answer}")]
    return []


def _written_since(settings: Settings, seen: int) -> list[str]:
    log = settings.asterisk_log / "full"
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(seen if log.stat().st_size >= seen else 0)
        return file.read().decode("utf-8", "replace").splitlines()


def _not_taken(settings: Settings, name: str, files: Mapping[str, str]) -> list[Problem]:
    """Waits until Asterisk shows what the file defines."""
    question, wanted = _shows(name, files.get(name, ""))
    until = time.monotonic() + TAKES_SECONDS
    missing = wanted
    while question and missing:
        answer = runtime.console(settings, question)
        missing = {each for each in wanted if each not in answer}
        if not missing or time.monotonic() > until:
            break
        time.sleep(POLL_SECONDS)
    return [Problem(name, f"Asterisk did not take {each}") for each in sorted(missing)]


def _shows(name: str, text: str) -> tuple[str, set[str]]:
    """(console command, what its answer must contain)."""
    lines = list(handwritten.read(text, name))
    if name == DIALPLAN:
        marks = [line for line in lines if line.section == MARK_CONTEXT and line.key == "exten"]
        return f"dialplan show {MARK_CONTEXT}", {f"'{line.value.split(',')[0]}'" for line in marks}
    if name == "queues.conf":
        return "queue show", {f"{each} has" for each in _sections(lines)}
    if name == "pjsip.conf":
        kept = {line.section for line in lines if (line.key, line.value) == ("type", "endpoint")}
        return "pjsip show endpoints", {f" {each}" for each in kept}
    return "", set()


def _sections(lines: Iterable[handwritten.Line]) -> set[str]:
    return {line.section for line in lines} - handwritten.SHARED_SECTIONS
