"""Put a site in force, or the generation before; whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.domain.errors import Conflict
from callcenter.domain.site import Site
from callcenter.pbx import runtime
from callcenter.pbx.confgen import generations, reload
from callcenter.pbx.confgen.check import check
from callcenter.pbx.confgen.problems import ConfigRefused, Problem
from callcenter.pbx.confgen.render import render
from callcenter.settings import Settings


@dataclass(frozen=True)
class ApplyResult:
    """`generation` is in force now; `changed` are the files that differ from the one before;
    `reloaded` what was asked of the running Asterisk; `restart_needed` says why, or is ''."""

    generation: int
    changed: tuple[str, ...]
    reloaded: tuple[str, ...] = ()
    restart_needed: str = ""


def apply(settings: Settings, site: Site, *, checked: bool = True) -> ApplyResult:
    """Render, check, swap, reload what changed. Raises ConfigRefused, with everything as it was.

    `checked=False` leaves out the trial start, for a home whose files we just wrote ourselves.
    """
    files = render(site, settings)
    runtime.prepare_home(settings)
    with generations.one_at_a_time(settings):
        return _apply(settings, site, files, checked)


def _apply(settings: Settings, site: Site, files: Mapping[str, str], checked: bool) -> ApplyResult:
    before = generations.in_force(settings)
    if before is not None and generations.read(settings, before) == files:
        return ApplyResult(before, ())
    found = check(settings, site) if checked else []
    if found:
        raise ConfigRefused("The configuration was refused", found)
    result = _switch(settings, generations.write(settings, files))
    generations.forget_old(settings)
    return result


def rollback(settings: Settings) -> ApplyResult:
    """Back to the generation before the one in force. Raises Conflict when there is none."""
    with generations.one_at_a_time(settings):
        now = generations.in_force(settings)
        older = [number for number in generations.numbers(settings) if now and number < now]
        if not older:
            raise Conflict(
                "There is no earlier generation to go back to; change the site and apply"
            )
        return _switch(settings, older[-1])


def _switch(settings: Settings, number: int) -> ApplyResult:
    before = generations.in_force(settings)
    old, new = generations.read(settings, before), generations.read(settings, number)
    names = sorted(old.keys() | new.keys())
    changed = tuple(name for name in names if old.get(name) != new.get(name))
    generations.put_in_force(settings, number)
    if runtime.running_pid(settings) is None:
        return ApplyResult(number, changed)
    found = reload.reload(settings, changed, new)
    if found and before is not None:
        _take_back(settings, before, number, changed, old, found)
    return ApplyResult(number, changed, reload.commands(changed), reload.restart_needed(old, new))


def _take_back(
    settings: Settings,
    before: int,
    refused: int,
    changed: tuple[str, ...],
    old: Mapping[str, str],
    found: list[Problem],
) -> None:
    generations.put_in_force(settings, before)
    still = reload.reload(settings, changed, old)
    if refused > before:
        generations.discard(settings, refused)
    what = "Asterisk did not take the configuration and has the old one back"
    raise ConfigRefused(what, found + still)
