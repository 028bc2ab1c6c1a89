"""The table of checks. Each takes the settings and returns one finding; none changes anything."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.domain.errors import CallcenterError
from callcenter.health import database, machine, pbx, processes
from callcenter.health.finding import Finding, broken
from callcenter.settings import Settings

Check = Callable[[Settings], Finding]

CHECKS: dict[str, Check] = {
    "settings file": machine.settings_file,
    "evidence key": machine.evidence_key,
    "home folder": machine.home_writable,
    "disk space": machine.disk_space,
    "host name": machine.host_name,
    "text to speech": machine.text_to_speech,
    "database": database.reachable,
    "schema": database.migrated,
    "facts": database.facts_read,
    "books": database.reconciled,
    "Asterisk": pbx.installed,
    "Asterisk's age": pbx.secure,
    "configuration": pbx.configuration_current,
    "Asterisk answers": pbx.answers,
    "ports": processes.ports,
    "processes": processes.running,
    "controller": processes.controller_connected,
    "dialer": processes.dialer_ready,
}


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the table's order. A check that fails itself is a finding too."""
    return [_examine_one(part, check, settings) for part, check in CHECKS.items()]


def _examine_one(part: str, check: Check, settings: Settings) -> Finding:
    try:
        return check(settings)
    except (CallcenterError, OSError) as error:
        return broken(part, str(error), "mend what the message names, then run doctor again")
