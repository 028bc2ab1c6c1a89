"""The generated part of Asterisk's configuration: render, diff, check, apply, roll back.

`render(site, settings)` is pure text; `apply(settings, site)` puts it in force. The hand-written
files in asterisk-conf/ `#include generated/<file>` and are never written by us.
"""

from callcenter.pbx.confgen.apply import ApplyResult, apply, rollback
from callcenter.pbx.confgen.check import check, diff
from callcenter.pbx.confgen.problems import ConfigRefused, Problem
from callcenter.pbx.confgen.render import render

__all__ = [
    "ApplyResult",
    "ConfigRefused",
    "Problem",
    "apply",
    "check",
    "diff",
    "render",
    "rollback",
]
