"""Each check finds what is broken in a real home folder, and says how to mend it."""

import dataclasses
import socket
import stat
from pathlib import Path

import pytest

from callcenter import settings as settings_module
from callcenter.cli import main
from callcenter.control.fake import FakeController
from callcenter.db.engine import open_engine
from callcenter.health import database, machine, pbx, processes
from callcenter.health.doctor import CHECKS, examine
from callcenter.health.finding import Level
from callcenter.health.status import status
from callcenter.settings import Settings
from tests.ports import free_port


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    ports = ["--set", "sip_host", "127.0.0.1"]
    for key, kind in (("sip_port", socket.SOCK_DGRAM), ("ami_port", socket.SOCK_STREAM)):
        ports += ["--set", key, str(free_port(kind))]
    assert main(["--home", str(home), "init", *ports]) == 0
    return settings_module.load(home)


def test_fresh_installation_lacks_nothing_but_running_processes(installed: Settings) -> None:
    found = {finding.part: finding for finding in examine(installed)}
    assert set(found) == set(CHECKS)
    machine_wide = {"disk space", "ports"}  # depend on what else is on this machine
    broken = {part for part, finding in found.items() if finding.level is Level.BROKEN}
    assert broken - machine_wide == {"Asterisk answers", "processes", "controller", "dialer"}
    assert all(finding.mend for finding in found.values() if finding.level is not Level.OK)


def test_settings_that_others_can_read(installed: Settings) -> None:
    path = installed.home / "callcenter.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    try:
        assert "chmod" in machine.settings_file(installed).mend
    finally:
        path.chmod(0o600)


def test_an_evidence_key_that_is_open_broken_or_gone(installed: Settings) -> None:
    path = installed.home / "evidence-key.pem"
    kept = path.read_bytes()
    path.chmod(0o644)
    assert "chmod" in machine.evidence_key(installed).mend
    path.chmod(0o600)
    path.write_bytes(b"")
    found = {finding.part: finding for finding in examine(installed)}["evidence key"]
    assert found.level is Level.BROKEN
    path.unlink()
    assert "backup" in machine.evidence_key(installed).mend
    path.write_bytes(kept)
    path.chmod(0o600)
    assert machine.evidence_key(installed).level is Level.OK


def test_a_campaign_that_cannot_be_read(installed: Settings) -> None:
    going = {"mode": "power", "reason": "no agent is free"}
    aside = {"mode": "", "reason": "campaign spring cannot be read"}
    with FakeController(installed.dialer_socket) as dialer:
        dialer.answers["status"] = {"why_not": "", "campaigns": {"a": going, "spring": aside}}
        assert processes.dialer_ready(installed).what == aside["reason"]
        dialer.answers["status"] = {"why_not": "", "campaigns": {"a": going}}
        assert processes.dialer_ready(installed).level is Level.OK


def test_missing_folder(installed: Settings) -> None:
    elsewhere = dataclasses.replace(installed, home=installed.home / "none")
    assert machine.home_writable(elsewhere).level is Level.BROKEN


def test_port_that_somebody_else_has(installed: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = dataclasses.replace(installed, agi_port=other.getsockname()[1])
        assert f"agi_port {taken.agi_port}" in processes.ports(taken).what


def test_database_that_is_away(installed: Settings) -> None:
    away = dataclasses.replace(
        installed, database_url="postgresql+psycopg2://cc:secret@127.0.0.1:1/cc"
    )
    finding = database.reachable(away)
    assert finding.level is Level.BROKEN
    assert "secret" not in finding.what
    assert status(away)["unreconciled_calls"] is None


def test_database_without_schema(installed: Settings, tmp_path: Path) -> None:
    empty = dataclasses.replace(installed, database_url=f"sqlite:///{tmp_path / 'empty.sqlite'}")
    open_engine(empty.database).dispose()
    assert "callcenter db upgrade" in database.migrated(empty).mend


def test_configuration_that_lags_behind_the_site(installed: Settings) -> None:
    assert pbx.configuration_current(installed).level is Level.OK
    renamed = dataclasses.replace(installed, sip_port=installed.sip_port + 1)
    assert "callcenter config" in pbx.configuration_current(renamed).mend


def test_status_of_what_does_not_run_is_unknown_and_not_zero(installed: Settings) -> None:
    found = status(installed)
    assert found["calls_up"] is None
    assert found["pbx_connected"] is None
    assert found["unreconciled_calls"] == 0
    assert not any(process["pid"] for process in found["processes"].values())
    assert found["versions"]["asterisk"]
