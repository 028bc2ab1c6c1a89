from pathlib import Path

import pytest

from callcenter import settings as settings_module
from callcenter import settings_file
from callcenter.pbx import runtime
from callcenter.pbx.runtime.home import hosts
from callcenter.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "modules.conf").write_text("[modules]\nautoload=no\n")
    return Settings(home=tmp_path / "home", asterisk_conf=tmp_path / "conf", agi_scripts=tmp_path)


@pytest.mark.parametrize("text", ["127.0.0.1 localhost\n", "", "127.0.0.1 localhost # pbx9\n"])
def test_own_name_is_added_to_hosts(text: str) -> None:
    assert hosts(text, "pbx9").splitlines()[-1] == "127.0.1.1 pbx9"


def test_hosts_that_know_the_name_stay_as_they_are() -> None:
    text = "10.0.0.5 pbx9.example.org pbx9\n"
    assert hosts(text, "pbx9") == text


def test_hand_written_files_are_linked_and_follow_what_is_there(settings: Settings) -> None:
    runtime.prepare_home(settings)
    assert (settings.etc / "modules.conf").resolve() == settings.asterisk_conf / "modules.conf"
    (settings.asterisk_conf / "modules.conf").rename(settings.asterisk_conf / "other.conf")
    runtime.prepare_home(settings)
    names = {path.name for path in settings.etc.iterdir() if path.is_symlink()}
    assert names == {"other.conf"}


def test_settings_file_has_fresh_secrets_and_is_never_overwritten(tmp_path: Path) -> None:
    assert settings_file.create(tmp_path / "a", {"node": 'pb"x', "sip_port": 5099})
    assert settings_file.create(tmp_path / "b")
    first, second = settings_module.load(tmp_path / "a"), settings_module.load(tmp_path / "b")
    assert (first.node, first.sip_port) == ('pb"x', 5099)
    assert first.ami_secret != second.ami_secret
    assert len(first.ami_secret) > 32
    assert (tmp_path / "a" / "callcenter.toml").stat().st_mode & 0o077 == 0
    assert not settings_file.create(tmp_path / "a", {"node": "other"})
    assert settings_module.load(tmp_path / "a").node == 'pb"x'


def test_the_home_is_closed_to_other_users(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.home.chmod(0o755)
    runtime.prepare_home(settings)
    assert settings.home.stat().st_mode & 0o777 == 0o750
