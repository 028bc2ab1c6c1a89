"""The first `callcenter.toml` of an installation: its secrets, and the ports it was given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from callcenter.settings import FILE_NAME

SECRET_FIELDS = ("ami_secret", "web_secret")
SECRET_BYTES = 32
HEADER = "# Settings of this installation; every key is explained in docs/settings.md.\n"


def create(home: Path, values: Mapping[str, str | int | bool] | None = None) -> bool:
    """Write the file with fresh secrets and `values`, mode 0600. False when there is one already;
    an existing file is never touched."""
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(home / FILE_NAME, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    fresh: dict[str, str | int | bool] = {
        field: secrets.token_urlsafe(SECRET_BYTES) for field in SECRET_FIELDS
    }
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            HEADER + "".join(_line(key, v) for key, v in {**fresh, **(values or {})}.items())
        )
    return True


def _line(key: str, value: str | int | bool) -> str:
    if isinstance(value, bool):
        return f"{key} = {'true' if value else 'false'}\n"
    if isinstance(value, int):
        return f"{key} = {value}\n"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key} = "{escaped}"\n'
