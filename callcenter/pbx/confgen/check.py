"""Is this configuration sound? Our own checks first, then Asterisk's parser."""

from __future__ import annotations

import dataclasses
import difflib
import re

from callcenter.domain.site import Site
from callcenter.pbx.confgen import generations, hand_edits, handwritten, trial
from callcenter.pbx.confgen.problems import Problem
from callcenter.pbx.confgen.render import render
from callcenter.settings import Settings

# A changed secret shows as changed, not as text.
_SECRET = re.compile(r"^((?:password|secret) *= *)(.+)$|^([0-9]+ => )([0-9]+)(?=,)", re.MULTILINE)


def check(settings: Settings, site: Site) -> list[Problem]:
    """Everything wrong, with its place; empty when it may be applied. Raises UnsafeText."""
    files = render(site, settings)
    found = handwritten.problems(settings.asterisk_conf, settings.etc, files)
    # Any address of this machine is missing in the trial's empty network.
    anywhere = dataclasses.replace(settings, sip_host="0.0.0.0")  # noqa: S104
    return found + trial.run(settings, render(site, anywhere))


def diff(settings: Settings, site: Site) -> str:
    """Unified diff, file by file, of what is in force against what would be, generated and written
    by hand; '' if the same."""
    before = generations.read(settings, generations.in_force(settings))
    after = render(site, settings)
    names = sorted(before.keys() | after.keys())
    ours = "".join(_diff_of(name, before.get(name, ""), after.get(name, "")) for name in names)
    edits = hand_edits.edited(settings).items()
    return ours + "".join(_diff_of(f"{hand_edits.PREFIX}{name}", *texts) for name, texts in edits)


def _diff_of(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        _hide_secrets(before).splitlines(keepends=True),
        _hide_secrets(after).splitlines(keepends=True),
        f"in force/{name}",
        f"new/{name}",
    )
    return "".join(lines)


def _hide_secrets(text: str) -> str:
    def hidden(match: re.Match[str]) -> str:
        shown, secret = (match[1], match[2]) if match[1] else (match[3], match[4])
        return f"{shown}<hidden, {generations.fingerprint(secret)[:4]}>"

    return _SECRET.sub(hidden, text)
