"""Put a site in force, or the generation before; whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.domain.errors import Conflict
from callcenter.domain.site import Site
from callcenter.pbx import runtime
from callcenter.pbx.confgen import generations, hand_edits, reload
from callcenter.pbx.confgen.check import check
from callcenter.pbx.confgen.problems import ConfigRefused, Problem
from callcenter.pbx.confgen.render import render
from callcenter.settings import Settings

REFUSED = "Asterisk did not take the configuration and has the old one back"
BY_HAND = "Asterisk did not take what was edited by hand"


@dataclass(frozen=True)
class ApplyResult:
    """`generation` is in force now; `changed` are the files that differ from the one before, and
    those edited by hand (with their folder);
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
    same = before is not None and generations.read(settings, before) == files
    by_hand = tuple(hand_edits.edited(settings))
    found = check(settings, site) if checked and (by_hand or not same) else []
    if found:
        raise ConfigRefused("The configuration was refused", found)
    if before is not None and same:
        result = _take_edits(settings, before, by_hand)
    else:
        result = _switch(settings, generations.write(settings, files), by_hand)
    hand_edits.remember(settings)
    generations.forget_old(settings)
    return result


def _take_edits(settings: Settings, number: int, by_hand: tuple[str, ...]) -> ApplyResult:
    """Only hand-written files changed: Asterisk is told to read them again."""
    files = generations.read(settings, number)
    found = _reload(settings, by_hand, files)
    if found:
        raise ConfigRefused(BY_HAND, found)
    return _result(settings, number, (), files, files, by_hand)


def rollback(settings: Settings) -> ApplyResult:
    """Back to what was in force before. Raises Conflict when there is nothing to go back to."""
    with generations.one_at_a_time(settings):
        past = generations.history(settings)
        if len(past) < 2:
            raise Conflict(
                "There is no earlier generation to go back to; change the site and apply"
            )
        generations.add_missing(settings, past[-2], generations.read(settings, past[-1]))
        changed, old, new = _difference(settings, past[-1], past[-2])
        generations.step_back(settings)
        found = _reload(settings, changed, new)
        if found:
            generations.put_in_force(settings, past[-1])
            raise ConfigRefused(REFUSED, found + _reload(settings, changed, old))
        return _result(settings, past[-2], changed, old, new)


def _switch(settings: Settings, number: int, by_hand: tuple[str, ...]) -> ApplyResult:
    before = generations.in_force(settings)
    changed, old, new = _difference(settings, before, number)
    generations.put_in_force(settings, number)
    found = _reload(settings, (*changed, *by_hand), new)
    if found and before is not None:
        generations.step_back(settings)
        generations.discard(settings, number)
        raise ConfigRefused(REFUSED, found + _reload(settings, changed, old))
    return _result(settings, number, changed, old, new, by_hand)


def _difference(
    settings: Settings, before: int | None, after: int
) -> tuple[tuple[str, ...], dict[str, str], dict[str, str]]:
    old, new = generations.read(settings, before), generations.read(settings, after)
    names = sorted(old.keys() | new.keys())
    return tuple(name for name in names if old.get(name) != new.get(name)), old, new


def _reload(
    settings: Settings, changed: tuple[str, ...], files: Mapping[str, str]
) -> list[Problem]:
    if runtime.running_pid(settings) is None:
        return []  # it will read them when it starts
    return reload.reload(settings, changed, files)


def _result(
    settings: Settings,
    number: int,
    changed: tuple[str, ...],
    old: Mapping[str, str],
    new: Mapping[str, str],
    by_hand: tuple[str, ...] = (),
) -> ApplyResult:
    shown = changed + tuple(f"{hand_edits.PREFIX}{name}" for name in by_hand)
    if runtime.running_pid(settings) is None:
        return ApplyResult(number, shown)
    reloaded = reload.commands((*changed, *by_hand))
    return ApplyResult(number, shown, reloaded, reload.restart_needed(old, new, by_hand))
