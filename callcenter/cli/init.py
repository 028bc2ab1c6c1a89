"""`callcenter init`: make a new installation in the home folder, or bring one up to date."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path

from sqlalchemy import Engine, func, select

from callcenter import settings as settings_module
from callcenter import settings_file
from callcenter.accounts.passwords import generate_password
from callcenter.accounts.users import add_user
from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import UserRow
from callcenter.db.site_store import load_site
from callcenter.demo.seed import seed
from callcenter.dialer.evidence.key import signing_key
from callcenter.pbx import runtime
from callcenter.pbx.confgen import apply
from callcenter.prompts.folder import make_prompts
from callcenter.settings import Settings

HELP = "make a new installation in the home folder, or bring one up to date; safe to repeat"

ADMIN = "admin"
_WRITABLE = {
    field.name: str(field.type)
    for field in dataclasses.fields(Settings)
    if field.name not in ("home", "ami_secret", "web_secret")
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="put the demo site in when it is empty")
    parser.add_argument(
        "--set",
        nargs=2,
        action="append",
        default=[],
        metavar=("KEY", "VALUE"),
        help="a setting for the new callcenter.toml; an existing one is not touched",
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Settings file, folders, schema, somebody who can sign in."""
    settings_file.create(settings.home, dict(map(_typed, arguments.set)))
    settings = settings_module.load(settings.home)
    runtime.prepare_home(settings)
    signing_key(settings.home)
    engine = open_engine(settings.database)
    try:
        migrations.upgrade(engine)
        if arguments.demo:
            seed(settings)
        _let_somebody_in(settings, engine)
        _configure(settings, engine)
    finally:
        engine.dispose()
    return 0


def _configure(settings: Settings, engine: Engine) -> None:
    """Speak the prompts and render the site, so that Asterisk can start; while it runs, only
    `callcenter config apply` changes what is in force."""
    if settings.generated.exists() and runtime.running_pid(settings) is not None:
        return
    with sessions(engine)() as session:
        site = load_site(session)
    make_prompts(settings.prompts, site)
    apply(settings, site)


def _typed(pair: list[str]) -> tuple[str, str | int | bool]:
    key, value = pair
    kind = _WRITABLE.get(key)
    if kind is None:
        raise settings_module.SettingsError(f"--set {key}: there is no such setting to choose")
    if kind == "int":
        return key, int(value)
    return key, value in ("true", "1") if kind == "bool" else value


def _let_somebody_in(settings: Settings, engine: Engine) -> None:
    """An installation without people gets one administrator with a generated password."""
    with sessions(engine).begin() as session:
        if session.scalar(select(func.count()).select_from(UserRow)):
            return
        password = generate_password()
        add_user(session, ADMIN, "admin", password, name="Administrator")
    path = first_login_file(settings)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{ADMIN}\t{password}\n")
    print(f"The first login is in {path}; change its password.", file=sys.stderr)  # noqa: T201


def first_login_file(settings: Settings) -> Path:
    """`name TAB password` of the administrator that `init` made."""
    return settings.home / "first-login"
