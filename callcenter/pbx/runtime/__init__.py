"""Find, install, start and ask Asterisk. Nothing here changes the host beyond HOME and the cache.

`find_asterisk()` → `prepare_home(settings)` → `start(settings)` → `wait_until_up(settings, s)`,
then `console(settings, "core show channels")`, at the end `stop(settings)`.
"""

from callcenter.pbx.runtime.home import prepare_home
from callcenter.pbx.runtime.install import AsteriskInstall, AsteriskMissing, find_asterisk
from callcenter.pbx.runtime.process import (
    command,
    console,
    running_pid,
    start,
    stop,
    wait_until_up,
)
from callcenter.pbx.runtime.root import install_root

__all__ = [
    "AsteriskInstall",
    "AsteriskMissing",
    "command",
    "console",
    "find_asterisk",
    "install_root",
    "prepare_home",
    "running_pid",
    "start",
    "stop",
    "wait_until_up",
]
