"""Files with leads: what is loaded, what is refused and why, and a kill in the middle."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.engine import sessions
from callcenter.db.models import (
    ConsentRow,
    DialAttemptRow,
    DoNotCallRow,
    LeadImportRow,
    LeadNumberRow,
    LeadRow,
)
from callcenter.dialer.leads import imports, manage
from callcenter.dialer.leads.columns import (
    guessed,
    looks_like_lead,
    number_column,
    read_row,
)
from callcenter.dialer.leads.consents import Defaults, take_file
from callcenter.dialer.leads.imports import ImportOptions
from callcenter.dialer.leads.table_file import Reading, first_rows, row_count, safe_cell
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.ledger.erasure_key import FILE_NAME
from callcenter.privacy.erase import Asked, erase_person
from callcenter.privacy.erased_leads import ErasedSince
from callcenter.settings import Settings
from tests import prepared
from tests.unit.dialer.books import NOW, add_list, books


@pytest.fixture
def makers() -> Iterator[sessionmaker[Session]]:
    with books() as engine:
        yield sessions(engine)


@pytest.fixture(scope="module")
def postgresql(postgres_cluster: str) -> Iterator[Engine]:
    with prepared.postgresql(postgres_cluster) as url, books(url) as engine:
        yield engine


def written(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def started(makers: sessionmaker[Session], home: Path, file: Path, duplicates: str = "list") -> int:
    with makers.begin() as session:
        if session.scalar(select(LeadImportRow.id)) is None:
            add_list(session)
        row = imports.prepare_import(session, home, file, file.name, "fresh", "ann", NOW)
        header = first_rows(file, Reading(), 1)[0]
        options = ImportOptions(guessed(header), duplicates=duplicates)
        imports.start_import(session, row.id, options, NOW)
        return row.id


def run(
    makers: sessionmaker[Session], home: Path, file: Path, duplicates: str = "list"
) -> LeadImportRow:
    import_id = started(makers, home, file, duplicates)
    return imports.run_import(makers, home, import_id, lambda: NOW, chunk_rows=3)


def reasons(home: Path, row: LeadImportRow) -> list[list[str]]:
    path = imports.folder_of(home, row.id) / "errors.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_rows_become_leads_with_numbers_zones_and_custom_fields(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    file = written(
        tmp_path / "a.csv",
        ["Phone", "Mobile", "First name", "ZIP", "Plan (old)", "Opt in"],
        ["(212) 555-0100", "415 555 2671", "Zoë", "85001", "gold", "web form 7"],
        ["+44 20 7946 0018", "", "Bob", "", "", ""],
    )
    row = run(makers, tmp_path, file)
    assert (row.state, row.loaded, row.refused, row.rows_done) == ("done", 2, 0, 2)
    with makers() as session:
        zoe, bob = session.scalars(select(LeadRow).order_by(LeadRow.id))
        numbers = session.scalars(select(LeadNumberRow.number).order_by(LeadNumberRow.lead_id))
        assert list(numbers) == ["+12125550100", "+14155552671", "+442079460018"]
        assert (zoe.given_name, zoe.fields, zoe.next_number) == (
            "Zoë", {"plan_old": "gold"}, "+12125550100",
        )  # fmt: skip
        # Arizona by the postal code besides New York by the number: both must be open.
        assert zoe.zones == "America/New_York,America/Phoenix,America/Denver"
        assert (bob.zones, bob.country) == ("Europe/London", "GB")
        assert session.scalar(select(ConsentRow.evidence)) == "web form 7"


def test_bad_rows_are_told_with_their_line_and_the_good_ones_loaded(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    with makers.begin() as session:
        add_list(session)
        session.add(DoNotCallRow(number="+12125550107", scope="site", source="page", added_at=1))
        session.add(LeadImportRow(
            list_id=1, file_name="", path="", digest="", options={}, state="done", by="",
            started_at=0, progressed_at=0,
        ))  # fmt: skip
    file = written(
        tmp_path / "a.csv",
        ["phone", "name", "priority"],
        ["2125550100", "good", "5"],
        ["12", "short", ""],
        ["2125550100", "again", ""],
        ["", "none", ""],
        [],
        ["2125550107", "listed", ""],
        ["2125550108", "x" * 200, ""],
        ["2125550109", "bad\0byte", ""],
        ["2125550110", "urgent", "very"],
        ["=cmd()", "formula", ""],
    )
    row = run(makers, tmp_path, file)
    assert (row.loaded, row.refused, row.duplicates, row.blocked) == (1, 8, 1, 1)
    found = {line[0]: line[1] for line in reasons(tmp_path, row)}
    assert "too few" in found["3"]
    assert found["4"] == "the number +12125550100 is in an earlier row of this file"
    assert found["5"] == "has no phone number"
    assert found["7"] == "on the do-not-call list site"
    assert "120 fit" in found["8"]
    assert "NUL" in found["9"]
    assert "not a whole number" in found["10"]
    assert reasons(tmp_path, row)[-1][2] == "'=cmd()"  # opens as text in a spreadsheet


def test_numbers_of_other_lists_are_left_out_where_asked(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    file = written(tmp_path / "a.csv", ["phone"], ["2125550100"], ["2125550101"])
    run(makers, tmp_path, file)
    with makers.begin() as session:
        add_list(session, "old")
        row = imports.prepare_import(session, tmp_path, file, "b.csv", "old", "ann", NOW)
        options = ImportOptions({0: "number"}, duplicates="site")
        imports.start_import(session, row.id, options, NOW)
    done = imports.run_import(makers, tmp_path, row.id, lambda: NOW)
    assert (done.loaded, done.duplicates) == (0, 2)
    assert "in the list fresh already" in reasons(tmp_path, done)[0][1]
    assert run(makers, tmp_path, file, "load").loaded == 2


class Killed(BaseException):
    """As if the process had died: nothing may handle it."""


def dying_at_the_third(function: Callable[..., int]) -> Callable[..., int]:
    calls = []

    def wrapped(*given: object) -> int:
        found = function(*given)
        calls.append(found)
        if len(calls) == 3:
            raise Killed
        return found

    return wrapped


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("before_commit", [True, False])
def test_a_killed_import_goes_on_without_a_loss_or_a_double(
    database: str,
    before_commit: bool,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with books() as sqlite:
        engine = sqlite if database == "sqlite" else request.getfixturevalue("postgresql")
        makers = sessions(engine)
        with makers.begin() as session:
            name = f"list-{before_commit}".lower()
            add_list(session, name)
        numbers = [[f"212555{n:04d}" if n % 4 else "1"] for n in range(20)]
        file = written(tmp_path / "a.csv", ["phone"], *numbers)
        with makers.begin() as session:
            row = imports.prepare_import(session, tmp_path, file, "a.csv", name, "ann", NOW)
            imports.start_import(session, row.id, ImportOptions({0: "number"}), NOW)
        calls = []

        def dies(row: LeadImportRow) -> None:
            calls.append(row.rows_done)
            if len(calls) == 3:
                raise Killed

        tell: Callable[[LeadImportRow], None] = dies
        with monkeypatch.context() as patched:
            if before_commit:
                patched.setattr(imports, "_write_errors", dying_at_the_third(imports._write_errors))
                tell = lambda row: None  # noqa: E731
            with pytest.raises(Killed):
                imports.run_import(makers, tmp_path, row.id, lambda: NOW, tell, chunk_rows=4)
        with makers() as session:
            assert imports.find_import(session, row.id).rows_done == (8 if before_commit else 12)
            assert imports.imports_to_run(session, NOW + 30) == []
            assert imports.imports_to_run(session, NOW + 61) == [row.id]
        done = imports.run_import(makers, tmp_path, row.id, lambda: NOW, chunk_rows=4)
        assert (done.state, done.loaded, done.refused, done.duplicates) == ("done", 15, 5, 0)
        lines = [line[0] for line in reasons(tmp_path, done)]
        assert lines == ["2", "6", "10", "14", "18"]


def test_a_list_that_is_loaded_is_not_deleted_and_leaves_no_file_behind(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    file = written(tmp_path / "a.csv", ["Phone"], ["2125550100"], ["nobody"])
    import_id = started(makers, tmp_path, file)
    with makers.begin() as session, pytest.raises(Conflict, match="cancel it"):
        manage.delete_list(session, "fresh")
    imports.run_import(makers, tmp_path, import_id, lambda: NOW)
    with makers.begin() as session:
        session.add(DialAttemptRow(id="a" * 32, campaign="x", lead_id=1, number="+1", mode="power",
                                   reserved_at=NOW))  # fmt: skip
        manage.delete_list(session, "fresh")
    folder = imports.folder_of(tmp_path, import_id)
    assert folder.exists()
    with makers() as session:
        assert imports.forget_files(session, tmp_path, folder.stat().st_mtime + 90_000) == 1
    assert not folder.exists()
    started(makers, tmp_path, file)
    with makers.begin() as session:  # and no lead is taken for one that was called before
        assert manage.add_lead(session, "fresh", {"number": "2125550100"}, NOW, "ann") == 2


def test_what_is_loaded_or_cancelled_does_not_go_on(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    row = run(makers, tmp_path, written(tmp_path / "a.csv", ["Phone"], ["2125550100"]))
    with pytest.raises(Conflict, match="is done"):
        imports.run_import(makers, tmp_path, row.id, lambda: NOW)
    other = started(makers, tmp_path, written(tmp_path / "b.csv", ["Phone"], ["2125550101"]))
    with makers.begin() as session:
        imports.cancel_import(session, other)
    with pytest.raises(Conflict, match="is cancelled"):
        imports.run_import(makers, tmp_path, other, lambda: NOW)
    with makers() as session:
        assert [imports.find_import(session, each).state for each in (row.id, other)] == [
            "done", "cancelled",
        ]  # fmt: skip


def test_two_processes_cannot_count_the_same_rows(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    rows = [[f"212555{n:04d}"] for n in range(9)]
    import_id = started(makers, tmp_path, written(tmp_path / "a.csv", ["phone"], *rows))
    others: list[int] = []

    def other(row: LeadImportRow) -> None:
        if not others:
            others.append(0)
            done = imports.run_import(makers, tmp_path, import_id, lambda: NOW, chunk_rows=3)
            others.append(done.loaded)

    with pytest.raises(Conflict, match="another process"):
        imports.run_import(makers, tmp_path, import_id, lambda: NOW, other, chunk_rows=3)
    assert others == [0, 9]


def test_an_xlsx_file_is_read_like_a_csv(makers: sessionmaker[Session], tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["Phone", "Name"], [2125550100.0, "Ann"], ["=1+1", None], [2125550101, "Bo"]):
        sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    row = run(makers, tmp_path, tmp_path / "a.xlsx")
    assert (row.loaded, row.refused) == (2, 0)  # a formula without a value is an empty row


def test_files_that_name_people_do_not_stay(makers: sessionmaker[Session], tmp_path: Path) -> None:
    row = run(makers, tmp_path, written(tmp_path / "a.csv", ["phone"], ["2125550100"], ["12"]))
    folder = imports.folder_of(tmp_path, row.id)
    assert [path.name for path in folder.iterdir()] == ["errors.csv"]
    with makers() as session:
        assert imports.forget_files(session, tmp_path, NOW + 29 * 86400) == 0
        assert imports.forget_files(session, tmp_path, NOW + 31 * 86400) == 1
    assert not folder.exists()


def test_a_windows_file_and_semicolons_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Telefon;Vorname\r\n030 1234567;Jürgen\r\n".encode("cp1252"))
    assert first_rows(path, Reading(), 2)[1] == ["030 1234567", "Jürgen"]
    path.write_bytes("Phone\tName\n1\tJürgen\n".encode("utf-16"))
    assert first_rows(path, Reading(), 2)[1] == ["1", "Jürgen"]


def test_one_row_that_is_no_utf8_does_not_spoil_the_file(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("phone,name\n2125550100,Zoë\n".encode() + b"2125550101,J\xfcrgen\n")
    row = run(makers, tmp_path, path)
    assert (row.loaded, row.refused) == (1, 1)
    assert "UTF-8" in reasons(tmp_path, row)[0][1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x7fELF\0\0\0\0", "not a text file"),
        (b"phone\n" + b"1" * (1 << 20) + b"\n", "longer than"),
        (b'phone\n"' + b"1\n" * 200_000, "quotation mark"),
        (b"a," * 400 + b"\n", "columns"),
        (b"PK\x03\x04 no zip at all \x00", "not a text file"),
        ("phone;name\n1;2\n".encode("utf-16-le"), "unknown encoding"),
        (b'phone,name\n1,a\n2,"b\n3,c\n', "line 3: a quotation mark is not closed"),
    ],
)
def test_hostile_files_are_refused_in_plain_words(
    content: bytes, message: str, makers: sessionmaker[Session], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        list(first_rows(path, Reading(), 10**6))


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(40):
                part.write(b" " * (1 << 20))
    with pytest.raises(InvalidInput, match="unpacks to 40 MiB"):
        first_rows(path, Reading(), 1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InvalidInput, match="no XLSX"):
        first_rows(path, Reading(), 1)


def test_a_file_that_breaks_off_keeps_what_was_loaded(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"212555{n:04d}\n" for n in range(6))
    path.write_text(f"phone\n{rows}{'9' * (1 << 20)}\n")
    row = run(makers, tmp_path, path)
    assert (row.state, row.loaded) == ("failed", 6)
    assert "line 8" in row.message


def test_lines_end_as_on_any_machine_and_excel_may_name_its_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfsep=;\r\nphone;name\r\n1;a, b\n2;c\r3;d")
    assert list(first_rows(path, Reading(), 9)) == [
        ["phone", "name"], ["1", "a, b"], ["2", "c"], ["3", "d"],
    ]  # fmt: skip
    path.write_bytes(b"phone\r1\r2\r")
    assert row_count(path, Reading()) == 2


def test_a_file_whose_last_letter_is_its_only_one_of_windows_is_read_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("phone,name\n2125550100,André".encode("cp1252"))
    assert first_rows(path, Reading(), 9)[1] == ["2125550100", "André"]


def test_no_line_of_a_file_is_taken_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"phone name\n\x1e\n1 \x1e\n\x1eend of file\x1e\n2 b\n")
    rows = [["phone", "name"], ["\x1e"], ["1", "\x1e"], ["\x1eend", "of", "file\x1e"], ["2", "b"]]
    assert list(first_rows(path, Reading(delimiter=" "), 9)) == rows


def test_a_file_of_a_damaged_beginning_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("sep=;\na;b\n".encode("utf-16") + b"\x00\xd8\x00\xd8\n\x00")
    with pytest.raises(InvalidInput, match="not in this encoding"):
        first_rows(path, Reading(), 9)
    whole = tmp_path / "whole.xlsx"
    Workbook().save(whole)
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            after.writestr(name, "<x/>" if name == "xl/workbook.xml" else before.read(name))
    with pytest.raises(InvalidInput, match="has no sheet"):
        first_rows(path, Reading(), 9)


def test_places_are_read_as_people_write_them() -> None:
    def read(*cells: str) -> tuple[str, str, str]:
        columns = {0: "number", 1: "country", 2: "region"}
        lead = read_row(list(cells), columns, "US")
        return lead.texts["country"], lead.texts.get("region", ""), lead.custom.get("region", "")

    assert read("2125550100", "United States", "texas") == ("US", "TX", "")
    assert read("2125550100", "", "us-tx") == ("US", "TX", "")
    assert read("020 7946 0018", "UK", "") == ("GB", "", "")
    assert read("0170 1234567", "Deutschland", "Baden-Württemberg") == (
        "DE", "", "Baden-Württemberg",
    )  # fmt: skip
    assert read("+800 1234 5678", "", "") == ("US", "", "")  # of no country: the list's
    with pytest.raises(InvalidInput, match="no country 'Narnia'"):
        read("2125550100", "Narnia", "")


def test_a_first_row_that_is_a_lead_is_known() -> None:
    assert looks_like_lead(["Zoë", "(212) 555-0100"], "US") == 1
    assert looks_like_lead(["Name", "Phone 2"], "US") is None


def test_the_number_is_found_by_what_stands_there_where_no_name_says_it() -> None:
    rows = [["", "gold", "10001"], ["(212) 555-0101", "silver", "2125550102"]]
    assert number_column(rows, {0: "custom:ruf", 1: "custom:plan", 2: "postal_code"}, "US") == 0
    assert number_column([["2125550102"]], {0: "external_id"}, "US") is None
    assert number_column([], {}, "US") is None


def test_a_consent_without_a_day_undoes_no_revocation(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    with makers.begin() as session:
        session.add(ConsentRow(number="+12125550100", source="x", given_at=1, revoked_at=2))
    rows = ["Phone", "Consent"], ["2125550100", "form"], ["2125550101", "form"]
    assert run(makers, tmp_path, written(tmp_path / "a.csv", *rows)).loaded == 2
    undated, dated = ["+12125550100", ""], ["+12125550100", "2020-01-01"]
    file = written(tmp_path / "b.csv", ["number", "given_at"], undated, dated)
    with makers.begin() as session:
        given = session.scalars(select(ConsentRow.number).where(ConsentRow.revoked_at.is_(None)))
        assert list(given) == ["+12125550101"]
        taken = take_file(session, file, Defaults(source="form"), "ann", NOW)
    assert (taken.added, [line for line, _ in taken.errors]) == (1, [2])


def test_names_of_columns_are_guessed() -> None:
    header = ["Cell Phone", "Work phone", "Last Name", "Zip Code", "State", "Tariff €", ""]
    assert guessed(header) == {
        0: "number", 1: "number_2", 2: "family_name", 3: "postal_code", 4: "region",
        5: "custom:tariff",
    }  # fmt: skip


def test_a_bad_second_number_does_not_refuse_the_lead() -> None:
    lead = read_row(["2125550100", "12"], {0: "number", 1: "number_2"}, "US")
    assert [number.number for number in lead.numbers] == ["+12125550100"]


def test_rows_are_counted_for_the_progress(tmp_path: Path) -> None:
    assert row_count(written(tmp_path / "a.csv", ["phone"], ["1"], ["2"]), Reading()) == 2


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1", "'=1"),
        ("+1212", "+1212"),
        ("+cmd|' /C", "'+cmd|' /C"),
        ("-2", "-2"),
        ("-2+1", "'-2+1"),
        ("x", "x"),
    ],
)
def test_no_cell_we_write_is_a_formula(cell: str, safe: str) -> None:
    assert safe_cell(cell) == safe


def test_who_was_erased_does_not_come_back_by_a_file_from_before(
    makers: sessionmaker[Session], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    rows = (["Phone", "First name"], ["+12125550100", "Zoe"], ["+12125550101", "Bob"])
    before = started(makers, tmp_path, written(tmp_path / "a.csv", *rows))
    with makers.begin() as session:
        erase_person(session, settings, "+1 212 555 0100", Asked("ann", "a letter", NOW + 1))
    imports.run_import(makers, tmp_path, before, lambda: NOW, erased=ErasedSince(settings))
    with makers() as session:
        assert list(session.scalars(select(LeadNumberRow.number))) == ["+12125550101"]
        told = reasons(tmp_path, session.get_one(LeadImportRow, before))
        assert told == [["2", imports.ERASED_SINCE]]  # not the number itself
    (tmp_path / FILE_NAME).unlink()
    lost = started(makers, tmp_path, written(tmp_path / "c.csv", *rows))
    failed = imports.run_import(makers, tmp_path, lost, lambda: NOW, erased=ErasedSince(settings))
    assert failed.state == "failed"
    assert "erasure.key is missing" in failed.message
