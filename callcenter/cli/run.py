"""`callcenter run PROCESS`: one process of the call centre in the foreground."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import cast

from callcenter import log
from callcenter.settings import Settings
from callcenter.supervisor import pid_files

HELP = "run one process in the foreground, as the supervisor and systemd do"

# process → module with `main(settings) -> int`, ends within 5 s of SIGTERM.
PROCESSES: dict[str, str] = {
    "asterisk": "callcenter.pbx.runtime.foreground",
    "controller": "callcenter.controller.process",
    "agi": "callcenter.agi.process",
    "ledger": "callcenter.ledger.process",
    "jobs": "callcenter.jobs.process",
    "dialer": "callcenter.dialing.process",
    "web": "web.process",
    "demo": "callcenter.demo.process",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("process", choices=PROCESSES)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    log.set_up()
    pid_files.write(settings, arguments.process)
    module = importlib.import_module(PROCESSES[arguments.process])
    main = cast(Callable[[Settings], int], module.main)
    return main(settings)
