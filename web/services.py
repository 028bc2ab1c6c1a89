"""What request handlers work with, reached through `services()`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from callcenter.control import ControlClient
from callcenter.settings import Settings

if TYPE_CHECKING:
    from web.live.hub import LiveHub

EXTENSION = "callcenter"


@dataclass(frozen=True)
class Services:
    """One per app. `with services().sessions.begin() as session:` commits at the end.

    `clock` gives seconds since the epoch.
    """

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    control: ControlClient
    live: LiveHub
    clock: Callable[[], float] = time.time


def services() -> Services:
    return cast(Services, current_app.extensions[EXTENSION])
