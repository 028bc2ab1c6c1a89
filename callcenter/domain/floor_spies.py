"""Supervisors who listen: who spies on which leg, and in which mode."""

from __future__ import annotations

from callcenter.domain import events as e
from callcenter.domain.call import Leg
from callcenter.domain.floor import Floor


def begin_spying(floor: Floor, event: e.SpyBegan) -> None:
    spy, spied = floor.handles.get(event.spy_handle), floor.handles.get(event.spied_handle)
    if spy is not None and spied is not None:
        spy_on(floor, spy, spied.id, event.at)
        floor.touch(spy, event.at)


def spy_on(floor: Floor, spy: Leg, spied: str, at: float) -> None:
    """Until the spying leg ends; a change of mode is no end."""
    spy.spying, spy.spies_on = True, spied
    floor.spies[spy.id] = spy
    touch_spied(floor, spy, at)


def touch_spied(floor: Floor, spy: Leg, at: float) -> None:
    spied = floor.legs.get(spy.spies_on)
    if spied is not None:
        floor.touch(spied, at)


def choose_spy_mode(floor: Floor, event: e.SpyModeChosen) -> None:
    spy = floor.legs.get(event.leg)
    if spy is not None:
        spy.spy_mode = event.mode
        touch_spied(floor, spy, event.at)
