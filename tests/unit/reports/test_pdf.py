"""A report as a PDF: what was asked, the figures, page numbers; hostile text stays text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from callcenter.domain.counts import Counts
from callcenter.reports import pdf
from callcenter.reports.asked import Asked
from callcenter.reports.interval import IntervalRow
from callcenter.reports.table import REPORTS
from callcenter.reports.written import Written

ROME = ZoneInfo("Europe/Rome")
MIDNIGHT = 1_781_733_600.0  # 2026-06-18 in Rome
DAY = 86_400.0


@dataclass(frozen=True)
class DidRow:
    dialed: str
    counts: Counts


def pages(written: Written) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(written.as_pdf())).pages]


def asked(days: int = 30, **more: object) -> Asked:
    return Asked(MIDNIGHT - days * DAY, MIDNIGHT, ROME, MIDNIGHT, **more)  # type: ignore[arg-type]


def test_heading_table_definitions_and_page_numbers() -> None:
    rows = [
        IntervalRow(at, at + DAY, Counts(answered=7, abandoned=number))
        for number, at in enumerate(MIDNIGHT - day * DAY for day in range(60))
    ]
    question = asked(60, queues=("support",))
    written = Written(
        REPORTS["interval"], rows, ROME, {"queue": {"support": "Support"}}, frozenset({"hold"}),
        question, "Acme",
    )  # fmt: skip
    found = pages(written)
    assert len(found) >= 2
    assert "Intervals" in found[0]
    assert "2026-04-19 to 2026-06-17 · by day, queue Support · Europe/Rome" in found[0]
    for number, text in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in text
        assert "Acme · Intervals" in text
    assert "Offered" in found[1], "the table's head stands on each page"
    whole = "\n".join(found)
    assert "(offered − short abandons − answered) ÷ (offered − short abandons)" in whole
    assert "Hold" not in whole
    assert f"{60 * 7 + sum(range(60)):,}" in whole  # offered in all


def test_hostile_and_foreign_text_is_only_text() -> None:
    names = ["<font color='[[].pop()]'>x</font>", "a\nb\x1b[31m", "Łódź Кириллов", "☎" * 300]
    rows = [DidRow(name, Counts(calls=1)) for name in names]
    written = Written(REPORTS["did"], rows, ROME, asked=asked(), site="<b>Acme & Co</b>")
    whole = "\n".join(pages(written))
    assert "<font color='[[].pop()]'>x</font>" in whole
    assert "Łódź Кириллов" in whole
    assert "ab[31m" in whole
    assert "<b>Acme & Co</b>" in whole


def test_nothing_and_too_much_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_ROWS", 60)
    empty = Written(REPORTS["queue"], [], ROME, asked=asked())
    assert "Nothing of this kind" in pages(empty)[0]
    rows = [DidRow(f"{number}", Counts(calls=1)) for number in range(63)]
    written = Written(REPORTS["did"], rows, ROME, asked=asked())
    assert "3 further rows are left out" in "\n".join(pages(written)[-2:])
