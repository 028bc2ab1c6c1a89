"""What runs in the cached root sees what it was given and cannot change anything else."""

import subprocess
from pathlib import Path

from callcenter.pbx.runtime.sandbox import enclose


def run(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


def enclosed(tmp_path: Path) -> list[str]:
    """The host's own /usr stands in for the root's, so that this runs on every distribution."""
    (tmp_path / "home").mkdir()
    (tmp_path / "hosts").write_text("127.0.1.1 pbx9\n")
    return enclose(Path("/"), writable=[tmp_path / "home"], etc={"hosts": tmp_path / "hosts"})


def test_home_is_writable_and_the_rest_is_not(tmp_path: Path) -> None:
    prefix = enclosed(tmp_path)
    assert run([*prefix, "/usr/bin/touch", str(tmp_path / "home" / "mark")]).returncode == 0
    assert (tmp_path / "home" / "mark").exists()
    assert run([*prefix, "/usr/bin/touch", "/usr/mark"]).returncode != 0
    assert run([*prefix, "/usr/bin/touch", "/tmp/callcenter-mark"]).returncode == 0  # noqa: S108
    assert not Path("/tmp/callcenter-mark").exists()  # noqa: S108 - its own /tmp


def test_hosts_is_ours(tmp_path: Path) -> None:
    assert run([*enclosed(tmp_path), "/usr/bin/cat", "/etc/hosts"]).stdout == "127.0.1.1 pbx9\n"
