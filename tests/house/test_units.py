"""systemd itself reads the units without a complaint."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in (CHECKOUT / "deploy/systemd").iterdir():
        # The server's environment is not on this machine; ours stands in for it.
        text = unit.read_text().replace("/opt/callcenter/venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True
    )
    assert len(units) == 8
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_no_unit_may_write_outside_its_home() -> None:
    for unit in (CHECKOUT / "deploy/systemd").glob("*.service"):
        text = unit.read_text()
        assert "ProtectSystem=strict" in text, unit
        assert "ReadWritePaths=/var/lib/callcenter\n" in text, unit
        assert "User=callcenter\n" in text, unit
