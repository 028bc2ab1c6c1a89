"""`./run` before anything is installed: what it decides, and that it needs no package."""

import subprocess
import sys
from pathlib import Path

import pytest

from callcenter.bootstrap import environment, front_end, packages
from callcenter.bootstrap.commands import SetUpFailed, run

CHECKOUT = Path(__file__).resolve().parents[3]


def test_needs_nothing_but_the_standard_library() -> None:
    argv = [sys.executable, "-I", "-S", "-c"]
    code = (
        f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); import callcenter.bootstrap.__main__"
    )
    done = subprocess.run([*argv, code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_only_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("espeak-ng", "bwrap"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "has_asterisk", lambda: False)
    monkeypatch.setattr(packages, "NEEDED", {"espeak-ng": "espeak-ng", "no-sox": "sox"})
    assert packages.missing(tests=False, front_end=False, root_built=True) == ["sox"]
    monkeypatch.setattr(packages, "NEEDED_TO_BUILD_THE_ROOT", {"no-mmdebstrap": "mmdebstrap"})
    monkeypatch.setattr(packages, "NEEDED_WITHOUT_ROOT", {"no-newuidmap": "uidmap"})
    for user, wanted in ((0, ["sox", "mmdebstrap"]), (1000, ["sox", "mmdebstrap", "uidmap"])):
        monkeypatch.setattr(packages.os, "geteuid", lambda user=user: user)
        assert packages.missing(tests=False, front_end=False, root_built=False) == wanted


def test_environment_changes_with_the_lock_file_only(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1")
    first = environment.folder(tmp_path, lock)
    assert environment.folder(tmp_path, lock) == first
    lock.write_text("a==2")
    assert environment.folder(tmp_path, lock) != first
    first.mkdir()
    assert not environment.is_made(first), "one without its stamp is half made"


def test_front_end_is_made_anew_when_its_lock_changes(tmp_path: Path) -> None:
    for name in front_end.SOURCES:
        (tmp_path / name).write_text("one")
    (tmp_path / "static/vendor").mkdir(parents=True)
    assert not front_end.is_made(tmp_path, tests=False)
    stamp = tmp_path / "static/vendor/.stamp"
    stamp.write_text(front_end._stamp(tmp_path, tests=True))
    assert front_end.is_made(tmp_path, tests=False)
    stamp.write_text(front_end._stamp(tmp_path, tests=False))
    assert not front_end.is_made(tmp_path, tests=True)
    (tmp_path / "package-lock.json").write_text("two")
    assert not front_end.is_made(tmp_path, tests=False)


def test_failed_command_says_what_it_said() -> None:
    with pytest.raises(SetUpFailed, match="no such luck"):
        run([sys.executable, "-c", "import sys; sys.exit('no such luck')"])
    with pytest.raises(SetUpFailed, match="is missing"):
        run(["no-such-program-anywhere"])
