"""`callcenter site export|import`, as typed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from callcenter.cli import main
from callcenter.db.engine import open_engine
from callcenter.db.models import Base
from callcenter.settings import load
from callcenter.site_file import write_site_file
from tests.unit.site.small import SMALL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Base.metadata.create_all(open_engine(load(tmp_path, {}).database))
    (tmp_path / "small.yaml").write_text(write_site_file(SMALL, with_secrets=True))
    return tmp_path


def site(home: Path, *words: str) -> int:
    return main(["--home", str(home), "site", *words])


def test_import_then_export_gives_the_file_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site(home, "import", str(home / "small.yaml")) == 0
    said = capsys.readouterr().out
    assert "menus.main added" in said
    assert "password of ann: " in said
    assert (home / "prompts" / "welcome.wav").exists()
    assert site(home, "export", str(home / "again.yaml"), "--secrets") == 0
    assert (home / "again.yaml").read_text() == (home / "small.yaml").read_text()
    assert stat.S_IMODE((home / "again.yaml").stat().st_mode) == 0o600


def test_a_second_import_changes_nothing_and_prints_no_password(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site(home, "import", str(home / "small.yaml"))
    capsys.readouterr()
    assert site(home, "import", str(home / "small.yaml")) == 0
    assert capsys.readouterr().out == "nothing changed\n"


def test_users_stay_when_the_file_names_none(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site(home, "import", str(home / "small.yaml"))
    capsys.readouterr()
    (home / "bare.yaml").write_text(
        "phones: [{extension: 201, name: A}]\nagents: [{number: 1001, name: B}]\n"
    )
    assert site(home, "import", "--check", str(home / "bare.yaml")) == 0
    said = capsys.readouterr().out
    assert "phones.202 removed" in said
    assert "users" not in said


def test_a_bad_file_is_told_with_lines_and_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site(home, "import", str(home / "small.yaml"))
    capsys.readouterr()
    bad = (home / "small.yaml").read_text().replace("queue:support", "queue:suport", 1)
    (home / "bad.yaml").write_text(bad)
    assert site(home, "import", str(home / "bad.yaml")) == 1
    captured = capsys.readouterr()
    assert "there is no queue:suport; did you mean queue:support?" in captured.err
    assert "line " in captured.err
    site(home, "export")
    assert "suport" not in capsys.readouterr().out


def test_a_file_that_is_not_there_is_said_plainly(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site(home, "import", str(home / "none.yaml")) == 1
    assert "cannot read" in capsys.readouterr().err
