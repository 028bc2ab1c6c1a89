"""`callcenter up`: everything under one supervisor, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import dataclasses
import sys

from callcenter import log
from callcenter.cli.init import first_login_file
from callcenter.demo.own_phone import own_phone
from callcenter.demo.seed import read_logins
from callcenter.domain.errors import InvalidInput
from callcenter.own_address import own_address
from callcenter.settings import FILE_NAME, Settings
from callcenter.supervisor.supervisor import ORDER, Supervisor

HELP = "start everything under one supervisor; Ctrl-C stops it all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="with the loopback carrier")
    parser.add_argument("--calls-per-minute", type=int, help="how busy the demo's callers are")
    parser.add_argument("--web-port", type=int, help="listen there instead of web_port")
    parser.add_argument("--only", nargs="+", choices=ORDER, metavar="PROCESS", help="these alone")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Settings given here reach the processes through their environment."""
    if not (settings.home / FILE_NAME).exists():
        raise InvalidInput(f"{settings.home} is no installation yet; run `callcenter init` first.")
    log.set_up()
    if arguments.web_port is not None:
        settings = dataclasses.replace(settings, web_port=arguments.web_port)
    supervisor = Supervisor(
        settings,
        _processes(arguments),
        environment=_environment(arguments),
        on_started=_show_started,
    )
    return supervisor.run(lambda: _show_address(settings, demo=arguments.demo))


def _processes(arguments: argparse.Namespace) -> list[str]:
    if arguments.only:
        return list(arguments.only)
    return [name for name in ORDER if name != "demo" or arguments.demo]


def _environment(arguments: argparse.Namespace) -> dict[str, str]:
    chosen = {
        "CALLCENTER_WEB_PORT": arguments.web_port,
        "CALLCENTER_DEMO_CALLS_PER_MINUTE": arguments.calls_per_minute,
    }
    return {name: str(value) for name, value in chosen.items() if value is not None}


def _show_started(process: str, ready: bool, seconds: float) -> None:
    state = "up" if ready else f"NOT READY (see {process}.log in the log folder)"
    _say(f"  {process:<12}{state}  {seconds:.1f} s")


def _show_address(settings: Settings, *, demo: bool) -> None:
    _say(f"\nCallcenter is up: http://{settings.web_host}:{settings.web_port}/")
    logins = {**_first_login(settings), **read_logins(settings)}
    for username, password in logins.items():
        _say(f"  {username:<14}{password}")
    _show_how_to_call(settings) if demo else _show_how_to_begin(settings)
    _say("Ctrl-C stops everything.")


def _show_how_to_call(settings: Settings) -> None:
    phone = own_phone(settings)
    if phone is None:
        return
    _say("Call in with a SIP phone of your own (UDP):")
    _say(f"  server {phone.server}  user {phone.extension}  password {phone.secret}")
    _say(
        f"  dial {phone.main_number} as a caller; or *11, {phone.agent}#, {phone.pin}# as an agent"
    )


def _show_how_to_begin(settings: Settings) -> None:
    server = f"{own_address(settings)}:{settings.sip_port}"
    _say(f"Sign in and open Site: it leads to the first call. Phones register at {server} (UDP).")


def _first_login(settings: Settings) -> dict[str, str]:
    try:
        username, password = first_login_file(settings).read_text().split()
    except (OSError, ValueError):
        return {}
    return {username: password}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - for the person at the terminal
