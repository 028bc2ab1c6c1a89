"""The asterisk process: becomes Asterisk, so that signals and the exit code are Asterisk's own."""

from __future__ import annotations

import os

from callcenter.pbx.runtime.home import prepare_home
from callcenter.pbx.runtime.process import command
from callcenter.settings import Settings


def main(settings: Settings) -> int:
    """Does not return: replaces this process."""
    prepare_home(settings)
    argv = command(settings, "-f")
    os.execvp(argv[0], argv)  # noqa: S606 - argv is ours
