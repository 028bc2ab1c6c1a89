"""What is wrong with a configuration, with its place; and Asterisk's own words as problems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.domain.errors import InvalidInput


@dataclass(frozen=True)
class Problem:
    """`place` is `file:line`, `file`, or '' when Asterisk did not say."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ConfigRefused(InvalidInput):
    code = "config_refused"

    def __init__(self, what: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{what}; nothing was changed:\n{lines}")


# `[date] WARNING[1][C-2]: file.c:123 function: text`, with variations between screen and file.
_LOG_LINE = re.compile(
    r"(?P<level>WARNING|ERROR)\[\d+\](?:\[C-[0-9a-f]+\])?:? "
    r"(?P<source>[\w/.-]+\.c):(?:\d+ \w+:)? ?(?P<text>.*)"
)
_READERS_OF_FILES = re.compile(
    r"(^|/)(config|config_options|pbx_config|pbx|extconf|res_sorcery_config|sorcery|app_queue|"
    r"app_voicemail|res_musiconhold|manager|features_config|res_parking|cel|cdr|config_\w+)\.c$|"
    r"(^|/)(res_pjsip\b|res_pjsip/|location|config_auth|config_transport|pjsip_configuration)"
)
_ABOUT_A_FILE = re.compile(r"[\w-]+\.conf\b")
# A name that does not resolve just now is the network's trouble, not the file's.
_NOT_OURS = re.compile(r"resol|lookup|No entry for|Connecting to|Couldn't connect", re.IGNORECASE)
_PLACE = re.compile(r"(?P<file>[\w./-]+\.conf)(?:.{0,12}\bline (?P<a>\d+)|:(?P<b>\d+))?")
_LINE_THEN_FILE = re.compile(r"line (?P<line>\d+) of (?P<file>[\w./-]+\.conf)")


def of_log(lines: Iterable[str]) -> list[Problem]:
    """Asterisk's warnings and errors about configuration files, each once, in its order."""
    found: dict[Problem, None] = {}
    for line in lines:
        match = _LOG_LINE.search(line)
        if match and _is_about_files(match["source"], match["text"]):
            found[Problem(_place_in(match["text"]), f"Asterisk: {match['text'].strip()}")] = None
    return list(found)


def _is_about_files(source: str, text: str) -> bool:
    if _NOT_OURS.search(text):
        return False
    return bool(_READERS_OF_FILES.search(source) or _ABOUT_A_FILE.search(text))


def _place_in(text: str) -> str:
    turned = _LINE_THEN_FILE.search(text)
    if turned:
        return f"{turned['file']}:{turned['line']}"
    match = _PLACE.search(text)
    if not match:
        return ""
    line = match["a"] or match["b"]
    return f"{match['file']}:{line}" if line else match["file"]
