"""A report as a PDF that prints well: what was asked, picture, table, definitions, page numbers.

reportlab draws it: plain Python, no browser and no system library. No text of others is ever read
as its markup: cells are plain strings, and what is a Paragraph is escaped.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from callcenter.domain.counts import Counts
from callcenter.domain.metrics import Metric
from callcenter.reports.asked import Asked
from callcenter.reports.charts import chart_of
from callcenter.reports.heading import Heading
from callcenter.reports.pdf_fonts import BOLD, PLAIN, fonts, writable
from callcenter.reports.pdf_picture import INK, LINE, MUTED, picture_of
from callcenter.reports.shown import NUMBERS, Shown
from callcenter.reports.table import Label, Report

MARGIN = 14 * mm
MOST_ROWS = 5000
WIDE_FROM = 7  # columns, from which on the page lies on its side
SIZES = (8.0, 7.0, 6.0, 5.0)  # of the table's letters: the largest that fits
PADDING = 3
FRAME = 6.0  # what reportlab leaves free inside the margins
MOST_STRETCH = 30.0
Column = Label | Metric


def pdf_of(
    heading: Heading,
    report: Report,
    columns: Sequence[Column],
    rows: Sequence[Any],
    asked: Asked,
    shown: Shown,
) -> bytes:
    """The whole file. More than MOST_ROWS rows are said to be left out."""
    fonts()
    out = io.BytesIO()
    page = landscape(A4) if len(columns) >= WIDE_FROM else A4
    document = SimpleDocTemplate(
        out, pagesize=page, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm, title=f"{heading.title} {heading.period}",
        author=heading.site, subject=report.text,
    )  # fmt: skip
    width = page[0] - 2 * (MARGIN + FRAME)
    parts = _head(heading, report)
    chart = chart_of(report, rows, asked, shown.name_of)
    if chart is not None and not chart.is_empty:
        parts += [picture_of(chart, width, page[1] * 0.42), Spacer(1, 4 * mm)]
    parts += _body(report, columns, rows, shown, width)
    parts += _definitions(columns, heading)
    document.build(parts, canvasmaker=_numbered(heading))
    return out.getvalue()


def _style(size: float, **more: Any) -> ParagraphStyle:
    font = BOLD if more.pop("bold", False) else PLAIN
    return ParagraphStyle(
        "text", fontName=font, fontSize=size, leading=size * 1.3,
        **{"textColor": INK} | more,
    )  # fmt: skip


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(writable(text)), style)


def _head(heading: Heading, report: Report) -> list[Flowable]:
    return [
        _text(heading.title, _style(17, bold=True)),
        Spacer(1, 1 * mm),
        _text(heading.line, _style(10)),
        _text(report.text, _style(9, textColor=MUTED)),
        Spacer(1, 4 * mm),
    ]


def _body(
    report: Report, columns: Sequence[Column], rows: Sequence[Any], shown: Shown, width: float
) -> list[Flowable]:
    if not rows:
        return [_text("Nothing of this kind is in the books for this period.", _style(10))]
    cells = [[writable(shown.cell(each, row)) for each in columns] for row in rows[:MOST_ROWS]]
    total = report.total(rows)
    last = _total_cells(columns, total, shown) if total is not None and len(rows) > 1 else None
    parts: list[Flowable] = [_table(columns, cells, last, width)]
    if len(rows) > MOST_ROWS:
        left_out = (
            f"{len(rows) - MOST_ROWS:,} further rows are left out here; CSV and XLSX have all."
        )
        parts += [Spacer(1, 2 * mm), _text(left_out, _style(9, textColor=MUTED))]
    return parts


def _total_cells(columns: Sequence[Column], total: Counts, shown: Shown) -> list[str]:
    cells = [shown.text(each.unit, each.of(total)) if isinstance(each, Metric) else ""
             for each in columns]  # fmt: skip
    return ["All", *cells[1:]] if not isinstance(columns[0], Metric) else cells


def _table(
    columns: Sequence[Column], cells: list[list[str]], total: list[str] | None, width: float
) -> Table:
    body = [*cells, total] if total else cells
    size, widths = _fitted(columns, body, width)
    if sum(widths) >= width - 1:
        body = [[_cut(text, room, size) for text, room in zip(row, widths, strict=True)]
                for row in body]  # fmt: skip
    head = [
        _text(each.title, _style(size, bold=True, **_side(each))) for each in columns
    ]  # fmt: skip
    table = Table([head, *body], colWidths=widths, repeatRows=1, hAlign="LEFT")
    rules: list[Any] = [
        ("FONT", (0, 1), (-1, -1), PLAIN, size, size * 1.25),
        ("TEXTCOLOR", (0, 1), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), (colors.white, colors.HexColor(0xF6F7F9))),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 1), (-1, -1), 1.6),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 2.0),
    ]
    rules += [("ALIGN", (place, 1), (place, -1), "RIGHT")
              for place, each in enumerate(columns) if each.unit in NUMBERS]  # fmt: skip
    if total:
        rules += [
            ("FONT", (0, -1), (-1, -1), BOLD, size),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
        ]
    table.setStyle(TableStyle(rules))
    return table


def _side(column: Column) -> dict[str, Any]:
    return {"alignment": TA_RIGHT} if column.unit in NUMBERS else {}


def _fitted(
    columns: Sequence[Column], body: list[list[str]], width: float
) -> tuple[float, list[float]]:
    """Size of the letters and widths of the columns; at the smallest, wide columns give way."""
    for size in SIZES:
        widths = [
            2 * PADDING + 1 + max(
                max(stringWidth(word, BOLD, size) for word in each.title.split() or [""]),
                max(stringWidth(row[place], BOLD, size) for row in body),
            )
            for place, each in enumerate(columns)
        ]  # fmt: skip
        if sum(widths) <= width:
            stretch = min(MOST_STRETCH, (width - sum(widths)) / len(widths))
            return size, [each + stretch for each in widths]
    fair = width / len(widths)
    spare = sum(max(0.0, fair - each) for each in widths)
    over = sum(max(0.0, each - fair) for each in widths) or 1.0
    return size, [min(each, fair) if each <= fair else fair + (each - fair) * spare / over
                  for each in widths]  # fmt: skip


def _cut(text: str, room: float, size: float) -> str:
    room -= 2 * PADDING
    if stringWidth(text, BOLD, size) <= room:
        return text
    while text and stringWidth(text + "…", BOLD, size) > room:
        text = text[:-1]
    return text + "…"


def _definitions(columns: Sequence[Column], heading: Heading) -> list[Flowable]:
    style = _style(7.5, textColor=MUTED)
    said = [
        Paragraph(f"<b>{escape(each.title)}</b>: {escape(writable(each.text))}", style)
        for each in columns if each.text
    ]  # fmt: skip
    closing = _text(
        "A queue's call counts in the period in which it entered the queue, a conversation in the "
        f"one in which it began. Periods are half-open, in {heading.zone}.", style,
    )  # fmt: skip
    title = _text("What these numbers mean", _style(9, bold=True))
    return [Spacer(1, 5 * mm), title, Spacer(1, 1 * mm), *said, Spacer(1, 1 * mm), closing]


def _numbered(heading: Heading) -> Callable[..., Canvas]:
    """A canvas that knows at the end how many pages there are, and then writes every foot."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self._foot(number, len(self._pages))
                super().showPage()
            super().save()

        def _foot(self, number: int, pages: int) -> None:
            width = self._pagesize[0]  # type: ignore[attr-defined]
            self.setFont(PLAIN, 8)
            self.setFillColor(MUTED)
            said = f"{heading.site} · {heading.title} · {heading.period} · made {heading.made}"
            self.drawString(MARGIN + FRAME, MARGIN, writable(said))
            self.drawRightString(width - MARGIN - FRAME, MARGIN, f"Page {number} of {pages}")

    return Numbered
