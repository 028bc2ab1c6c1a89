"""The generated part of Asterisk's configuration: render, diff, check, apply, roll back.

`render(site, settings)` is pure text; `apply(settings, site)` puts it in force. The hand-written
files in asterisk-conf/ `#include generated/<file>` and are never written by us.
"""

from callcenter.pbx.confgen.apply import ApplyResult, apply
from callcenter.pbx.confgen.render import render

__all__ = ["ApplyResult", "apply", "render"]
