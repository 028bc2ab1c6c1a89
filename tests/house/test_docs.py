"""What people read names everything there is, and nothing that is gone."""

import dataclasses
import re
from pathlib import Path

import pytest

from callcenter.cli import VERBS
from callcenter.cli.run import PROCESSES
from callcenter.jobs.table import JOBS
from callcenter.reports.table import REPORTS
from callcenter.settings import Settings
from callcenter.supervisor.supervisor import ORDER

CHECKOUT = Path(__file__).resolve().parents[2]


def section(document: str, heading: str) -> str:
    text = (CHECKOUT / "docs" / document).read_text(encoding="utf-8")
    if not heading:
        return text
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]


def first_column(text: str) -> set[str]:
    """Every `name` in the first column of the tables in `text`."""
    cells = re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_settings() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)} - {"home"}
    assert first_column(section("settings.md", "")) == fields


def test_command_line() -> None:
    assert first_column(section("operations.md", "The command line")) == set(VERBS)


def test_jobs() -> None:
    assert first_column(section("operations.md", "Jobs")) == {job.name for job in JOBS}


def test_processes() -> None:
    table = section("architecture.md", "Processes")
    named = set(re.findall(r"^\| (\w+) \| `", table, re.MULTILINE))
    assert named == set(PROCESSES) == set(ORDER)


def test_dialplan_contexts() -> None:
    """docs/dialplan.md names each cc- context of the templates and of the files kept by hand."""
    templates = CHECKOUT / "asterisk-conf" / "templates"
    used = {
        name
        for path in [*templates.rglob("*.j2"), *(CHECKOUT / "asterisk-conf").glob("*.conf")]
        for name in re.findall(r"^\[(cc-[a-z-]*[a-z])\]", path.read_text(), re.MULTILINE)
    }
    assert used, "no context found: has the dialplan moved?"
    text = section("dialplan.md", "")
    assert {name for name in used if not re.search(rf"{name}(?![a-z-])", text)} == set()


@pytest.mark.parametrize("unit", [name for name in PROCESSES if name != "demo"])
def test_every_process_has_a_unit(unit: str) -> None:
    text = (CHECKOUT / f"deploy/systemd/callcenter-{unit}.service").read_text()
    assert f"callcenter.cli run {unit}\n" in text
    target = (CHECKOUT / "deploy/systemd/callcenter.target").read_text()
    assert f"callcenter-{unit}.service" in target


def test_reports() -> None:
    assert first_column(section("reports.md", "")) == set(REPORTS)
