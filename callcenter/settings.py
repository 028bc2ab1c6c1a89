"""Typed settings: `callcenter.toml` in the home folder, overridden by CALLCENTER_<KEY> variables.

An unknown key or a value of the wrong type is a `SettingsError` that names the place and the
nearest known key. Every field is documented in docs/settings.md (a test holds that).
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callcenter.domain.errors import CallcenterError

ENVIRONMENT_PREFIX = "CALLCENTER_"
FOLDER_VARIABLES = ("CALLCENTER_HOME", "CALLCENTER_CACHE")
FILE_NAME = "callcenter.toml"
# Relative paths are relative to the folder that holds the package, never to the present folder.
CHECKOUT = Path(__file__).resolve().parent.parent


class SettingsError(CallcenterError):
    code = "settings"


def _secret() -> Any:
    """Empty, and left out of repr(): settings end up in tracebacks and logs."""
    return dataclasses.field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What one installation is set to. Paths are absolute once loaded."""

    home: Path
    node: str = "pbx1"
    database_url: str = _secret()  # may hold a password; empty: SQLite file in home
    asterisk_conf: Path = Path("asterisk-conf")
    agi_scripts: Path = Path("agi-scripts")

    sip_host: str = "0.0.0.0"  # noqa: S104 - desk phones on the LAN have to reach it
    sip_port: int = 5060
    rtp_port_min: int = 10000
    rtp_port_max: int = 14999
    http_port: int = 8088  # Asterisk's own HTTP server (WebSocket), loopback only
    ami_port: int = 5038
    ami_user: str = "callcenter"
    ami_secret: str = _secret()
    agi_port: int = 4573
    spool_most_mb: int = 4096  # facts that may wait for the database

    web_host: str = "127.0.0.1"
    web_port: int = 8080
    web_secret: str = _secret()  # signs session cookies
    web_secure_cookies: bool = False  # true behind TLS

    web_address: str = ""  # how people reach the pages, for links in e-mails
    smtp_host: str = ""  # empty: no e-mail goes out
    smtp_port: int = 587
    smtp_security: str = "starttls"  # starttls, tls or none
    smtp_user: str = ""  # empty: no login
    smtp_password: str = _secret()
    mail_from: str = ""  # sender of reports
    mail_to: str = ""  # domains and addresses they may go to; empty: the domain of mail_from

    demo_sip_port: int = 5070  # the loopback carrier, on 127.0.0.2 and 127.0.0.3 only
    demo_calls_per_minute: int = 8

    @property
    def etc(self) -> Path:
        """Asterisk's astetcdir: links to the hand-written files plus `generated/`."""
        return self.home / "asterisk" / "etc"

    @property
    def generated(self) -> Path:
        """Symbolic link to the generation of rendered files in force."""
        return self.etc / "generated"

    @property
    def asterisk_log(self) -> Path:
        """Folder with queue_log, cel-custom/cel.csv, cdr-custom/cdr.csv, full, security."""
        return self.home / "asterisk" / "log"

    @property
    def recordings(self) -> Path:
        return self.home / "recordings"

    @property
    def report_runs(self) -> Path:
        """Rows of reports that took long, kept for a day."""
        return self.home / "report-runs"

    @property
    def prompts(self) -> Path:
        """Rendered or uploaded prompt audio, `<prompt name>.wav`, 8 kHz mono signed 16 bit."""
        return self.home / "prompts"

    @property
    def control_socket(self) -> Path:
        return self.home / "run" / "control.sock"

    @property
    def dialer_socket(self) -> Path:
        return self.home / "run" / "dialer.sock"

    @property
    def pauses_to_come(self) -> Path:
        """Agents' pauses that wait for a call on its way, for a controller that starts anew."""
        return self.home / "run" / "pauses-to-come.json"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def database(self) -> str:
        """SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'callcenter.sqlite'}"


def load(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the installation in `home`. Raises SettingsError."""
    values = _from_file(home / FILE_NAME) | _from_environment(environment)
    settings = Settings(home=home.resolve(), **values)
    return dataclasses.replace(
        settings,
        asterisk_conf=(CHECKOUT / settings.asterisk_conf).resolve(),
        agi_scripts=(CHECKOUT / settings.agi_scripts).resolve(),
    )


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not a valid TOML file: {error}") from error
    return {key: _typed(f"{path}: {key}", key, value) for key, value in raw.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    # These choose folders before there are settings; they are read by others, not here.
    found = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name not in FOLDER_VARIABLES
    }
    return {
        key: _typed(f"{ENVIRONMENT_PREFIX}{key.upper()}", key, value)
        for key, value in found.items()
    }


_TYPES = {field.name: field.type for field in dataclasses.fields(Settings) if field.name != "home"}


def _typed(place: str, key: str, value: object) -> Any:
    if key not in _TYPES:
        near = difflib.get_close_matches(key, _TYPES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{place}: unknown setting{hint}")
    try:
        return _READERS[str(_TYPES[key])](value)
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from error


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"expected a whole number, got {value!r}")
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"expected a whole number, got {value!r}") from None


def _true_or_false(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise ValueError(f"expected true or false, got {value!r}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text in quotes, got {value!r}")
    return value


def _path(value: object) -> Path:
    return Path(_text(value))


_READERS: dict[str, Callable[[object], object]] = {
    "int": _whole_number,
    "bool": _true_or_false,
    "str": _text,
    "Path": _path,
}
