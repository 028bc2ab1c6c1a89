"""Configuration on request of the web: confgen does the work, in a thread."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Awaitable, Callable, Mapping

from callcenter.control.protocol import Message, Request
from callcenter.domain.site import Site
from callcenter.pbx import confgen, runtime
from callcenter.pbx.confgen import generations
from callcenter.settings import Settings

Work = Callable[[Mapping[str, object]], Message]
Run = Callable[[Request], Awaitable[Message]]
_FILE_BEGINS = re.compile(r"^(?=--- in force/)", re.MULTILINE)


def config_commands(settings: Settings, load: Callable[[], Site]) -> Mapping[str, Run]:
    """`load` reads the site; it blocks, as all of this does."""

    def diff(given: Mapping[str, object]) -> Message:
        site = load()
        # The check starts an Asterisk: too much for who only asks whether something waits.
        problems = confgen.check(settings, site) if given.get("check", True) else []
        return {
            "generation": generations.in_force(settings) or 0,
            "files": files_of(confgen.diff(settings, site)),
            "problems": [dataclasses.asdict(each) for each in problems],
        }

    def apply(_: Mapping[str, object]) -> Message:
        return dataclasses.asdict(confgen.apply(settings, load()))

    def rollback(_: Mapping[str, object]) -> Message:
        return dataclasses.asdict(confgen.rollback(settings))

    def reopen_logs(_: Mapping[str, object]) -> Message:
        runtime.console(settings, "logger reload")  # queue_log too
        return {}

    return {
        "reopen_logs": _in_thread(reopen_logs),
        "config_diff": _in_thread(diff),
        "config_apply": _in_thread(apply),
        "config_rollback": _in_thread(rollback),
    }


def files_of(diff: str) -> list[Message]:
    """One entry a file from confgen's unified diff of them all."""
    parts = [part for part in _FILE_BEGINS.split(diff) if part]
    return [{"name": part.splitlines()[0].partition("/")[2], "diff": part} for part in parts]


def _in_thread(work: Work) -> Run:
    async def run(request: Request) -> Message:
        return await asyncio.to_thread(work, request.arguments)

    return run
