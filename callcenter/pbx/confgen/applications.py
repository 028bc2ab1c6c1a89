"""Hand-written dialplan that names an application Asterisk does not have: it loads all the same,
and breaks the first call that gets there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from callcenter.pbx.confgen.handwritten import Line
from callcenter.pbx.confgen.problems import Problem

_LISTED = re.compile(r"^\s*(\w+):", re.MULTILINE)  # of `core show applications`
_CALLED = re.compile(
    r"\s*(?:n|s|\d+)?(?:\([\w-]+\))?(?:\+\d+)?\s*,\s*(?P<name>[A-Za-z_]\w*)\s*(?:\(|$)"
)
# What agents.conf's agents need, which a modules.conf of before open lines does not load.
OF_OPEN_LINES = {"AgentLogin": "app_agent_pool.so", "SoftHangup": "app_softhangup.so"}


def listed(shown: str) -> frozenset[str]:
    """Names in what `core show applications` prints."""
    return frozenset(_LISTED.findall(shown))


def problems(lines: Iterable[Line], known: frozenset[str]) -> Iterator[Problem]:
    """`lines` of extensions.conf. Nothing is judged when Asterisk listed nothing."""
    names = {name.lower(): name for name in known}
    for line in lines if known else ():
        name = _application(line)
        if name and name.lower() not in names:
            near = difflib.get_close_matches(name.lower(), names, n=1)
            hint = f"; did you mean {names[near[0]]}?" if near else ""
            message = f"there is no application {name} in this Asterisk{hint}"
            yield Problem(line.place, message)


def missing_for_open_lines(agents: Iterable[Line], known: frozenset[str]) -> list[Problem]:
    """`agents`: lines of the generated agents.conf."""
    if not known or not any(line.section for line in agents):
        return []
    return [
        Problem("modules.conf", f"agents on an open line need the line load={module}; add it")
        for application, module in OF_OPEN_LINES.items()
        if application not in known
    ]


def _application(line: Line) -> str:
    """What a step of an extension calls: `exten => 900,1,NoOp(…)`, `same => n,Hangup()`."""
    rest = line.value
    if line.key == "exten":
        rest = _after_extension(rest)
    elif line.key != "same":
        return ""
    found = _CALLED.match(rest)
    return found["name"] if found else ""


def _after_extension(value: str) -> str:
    """Without the pattern, in which a comma can stand in brackets only."""
    return value.partition(",")[2]
