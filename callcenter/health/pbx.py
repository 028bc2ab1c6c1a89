"""Checks of Asterisk and its configuration."""

from __future__ import annotations

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.errors import CallcenterError
from callcenter.health.finding import Finding, broken, ok, warning
from callcenter.pbx import runtime
from callcenter.pbx.confgen import generations, render
from callcenter.pbx.runtime.version import security_warning
from callcenter.settings import Settings


def installed(_settings: Settings) -> Finding:
    try:
        found = runtime.find_asterisk()
    except runtime.AsteriskMissing as error:
        return broken("Asterisk", str(error), "run `callcenter install-asterisk`")
    return ok("Asterisk", f"{found.version_text} in {found.root or found.binary}")


def secure(_settings: Settings) -> Finding:
    try:
        found = runtime.find_asterisk()
    except runtime.AsteriskMissing:
        return broken("Asterisk's age", "not known", "run `callcenter install-asterisk`")
    lacking = security_warning(found.version)
    if lacking is None:
        return ok("Asterisk's age", f"{found.version_text} has the fixes of June 2026")
    mend = "run `callcenter install-asterisk --again`" if found.root else "apt upgrade asterisk"
    return warning("Asterisk's age", lacking, mend)


def configuration_current(settings: Settings) -> Finding:
    """What is in force is what the database says."""
    part = "configuration"
    if not settings.generated.exists():
        return broken(part, "nothing was rendered yet", "run `callcenter config apply`")
    engine = open_engine(settings.database)
    try:
        with sessions(engine)() as session:
            wanted = render(load_site(session), settings)
    finally:
        engine.dispose()
    number = generations.in_force(settings)
    present = generations.read(settings, number)
    different = sorted(name for name in wanted if wanted[name] != present.get(name))
    if different:
        what = f"the site has changed since it was applied: {', '.join(different)}"
        return warning(part, what, "see `callcenter config diff`, then `callcenter config apply`")
    return ok(part, f"generation {number} is what the site says")


def answers(settings: Settings) -> Finding:
    try:
        first = runtime.console(settings, "core show uptime seconds", seconds=5).splitlines()[:1]
    except CallcenterError as error:
        return broken("Asterisk answers", str(error)[:300], "start it: `callcenter up`, or ./run")
    return ok("Asterisk answers", "".join(first))
