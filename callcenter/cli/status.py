"""`callcenter status [--json]`: versions, processes, calls up, unreconciled calls."""

from __future__ import annotations

import argparse
import json

from callcenter.health.status import status
from callcenter.settings import Settings

HELP = "versions, processes, calls up, calls that do not reconcile"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """0 when every process runs, else 3."""
    found = status(settings)
    if arguments.json:
        print(json.dumps(found))  # noqa: T201 - the command's output
    else:
        for line in _lines(found):
            print(line)  # noqa: T201
    return 0 if all(found["processes"][name]["pid"] for name in found["expected"]) else 3


def _lines(found: dict[str, object]) -> list[str]:
    lines = []
    for key, value in found.items():
        if isinstance(value, dict):
            value = {name: entry for name, entry in value.items() if entry != 0}
            lines += [f"{key}:", *(f"  {name:<12}{_plain(entry)}" for name, entry in value.items())]
        else:
            lines.append(f"{key}: {_plain(value)}")
    return lines


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return f"pid {value['pid']}" if value.get("pid") else "not running"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "unknown" if value is None else str(value)
