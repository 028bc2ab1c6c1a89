"""Run a program of the cached root through bubblewrap, with no effect on the host.

The new root is an empty tmpfs into which the root's /usr and the few files of /etc that Asterisk
needs are bound read-only, so that HOME, the checkout or /etc/callcenter can be bound at their own
paths wherever they are. There is no process namespace: pids inside are the host's pids.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ETC_OF_THE_ROOT = ("passwd", "group", "nsswitch.conf", "ld.so.cache", "ssl", "alternatives")
ETC_OF_THE_HOST = ("hosts", "resolv.conf", "localtime", "hostname")
MERGED_USR = ("bin", "sbin", "lib", "lib64", "lib32")


def enclose(
    root: Path,
    writable: Iterable[Path],
    read_only: Iterable[Path] = (),
    etc: dict[str, Path] | None = None,
) -> list[str]:
    """The argv prefix that runs what follows inside `root`.

    `writable` and `read_only` are host paths bound at the same place; `etc` replaces files of
    /etc by name. The enclosed program dies with its parent and gets its own /tmp.
    """
    argv = ["bwrap", "--die-with-parent", "--bind", "/proc", "/proc", "--dev", "/dev"]
    argv += ["--tmpfs", "/tmp", "--dir", "/run", "--dir", "/var/tmp"]  # noqa: S108 - its own
    argv += ["--ro-bind", str(root / "usr"), "/usr"]
    for name in MERGED_USR:
        if (root / name).is_symlink():
            argv += ["--symlink", f"usr/{name}", f"/{name}"]
    argv += ["--ro-bind-try", str(root / "var/lib/asterisk"), "/var/lib/asterisk"]
    for name in ETC_OF_THE_ROOT:
        argv += ["--ro-bind-try", str(root / "etc" / name), f"/etc/{name}"]
    for name in ETC_OF_THE_HOST:
        source = (etc or {}).get(name, Path("/etc") / name)
        argv += ["--ro-bind-try", str(source), f"/etc/{name}"]
    for path in read_only:
        argv += ["--ro-bind-try", str(path), str(path)]
    for path in writable:
        argv += ["--bind", str(path), str(path)]
    return argv
