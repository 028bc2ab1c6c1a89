"""Put a site in force."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.site import Site
from callcenter.pbx.confgen import generations
from callcenter.pbx.confgen.render import render
from callcenter.settings import Settings


@dataclass(frozen=True)
class ApplyResult:
    """`generation` is the one in force now; `changed` the files that differ from before."""

    generation: int
    changed: tuple[str, ...]
    reloaded: tuple[str, ...] = ()


def apply(settings: Settings, site: Site) -> ApplyResult:
    files = render(site, settings)
    before = generations.read(settings, generations.in_force(settings))
    changed = tuple(name for name in files if files[name] != before.get(name))
    number = generations.write(settings, files)
    generations.put_in_force(settings, number)
    return ApplyResult(number, changed)
