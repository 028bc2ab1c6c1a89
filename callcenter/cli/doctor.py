"""`callcenter doctor`: check each part, say how to mend what is broken."""

from __future__ import annotations

import argparse

from callcenter.health.doctor import examine
from callcenter.health.finding import Level
from callcenter.settings import Settings

HELP = "check each part and say how to mend it; changes nothing"

SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.BROKEN: "BROKEN "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """0 when nothing is broken (warnings are allowed), else 3."""
    findings = examine(settings)
    for finding in findings:
        print(f"{SIGNS[finding.level]}  {finding.part}: {finding.what}")  # noqa: T201
        if finding.mend:
            print(f"{'':9}→ {finding.mend}")  # noqa: T201
    return 3 if any(finding.level is Level.BROKEN for finding in findings) else 0
