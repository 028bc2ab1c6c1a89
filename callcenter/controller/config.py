"""Configuration on request of the web: confgen does the work, in a thread."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from callcenter.control.protocol import Message, Request
from callcenter.domain.site import Site
from callcenter.pbx import confgen
from callcenter.settings import Settings

Run = Callable[[Request], Awaitable[Message]]


def config_commands(settings: Settings, load: Callable[[], Site]) -> Mapping[str, Run]:
    """`load` reads the site; it blocks."""

    def run_in_thread(work: Callable[[], Any]) -> Run:
        async def run(request: Request) -> Message:
            return _message(await asyncio.to_thread(work))

        return run

    return {
        "config_diff": run_in_thread(lambda: confgen.diff(settings, load())),
        "config_apply": run_in_thread(lambda: confgen.apply(settings, load())),
        "config_rollback": run_in_thread(lambda: confgen.rollback(settings)),
    }


def _message(result: object) -> Message:
    """confgen's results are dataclasses or text; the socket carries objects."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return dataclasses.asdict(result)
    return result if isinstance(result, dict) else {"text": str(result)}
