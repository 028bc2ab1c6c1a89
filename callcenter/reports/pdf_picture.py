"""A chart's shapes (charts.py) as a picture in a PDF: vectors, in colours that survive printing."""

from __future__ import annotations

from reportlab.graphics.shapes import Drawing, Group, Line, Path, Rect, String
from reportlab.lib.colors import Color, HexColor

from callcenter.reports.charts import Band, Chart
from callcenter.reports.pdf_fonts import PLAIN, writable

INK, MUTED, LINE = HexColor(0x1B1F24), HexColor(0x59636E), HexColor(0xC9D0D8)
TONES = {
    "good": HexColor(0x2A9D5C), "bad": HexColor(0xD1403F), "warn": HexColor(0xC98A12),
    "info": HexColor(0x2F6FDE), "calm": HexColor(0x7A5FD0), "idle": HexColor(0xA7B0BA),
}  # fmt: skip
LETTERS = 11
KEY_HEIGHT = 16


def picture_of(chart: Chart, width: float, most_height: float) -> Drawing:
    """Drawn as large as `width` and `most_height` (points) allow."""
    foot = KEY_HEIGHT if chart.legend else 0
    scale = min(width / chart.width, most_height / (chart.height + foot))
    shapes = Group(transform=(scale, 0, 0, scale, 0, 0))
    top = chart.height + foot
    for y in chart.lines:
        shapes.add(Line(44, top - y, chart.width, top - y, strokeColor=LINE, strokeWidth=0.6))
    for band in chart.bands:
        shapes.add(_ribbon(band, top))
    for box in chart.boxes:
        colour = _faded(TONES[box.tone], 0.12 + box.strength * 0.088)
        shapes.add(_block(box.x, top - box.y - box.height, box.width, box.height, colour))
    for word in chart.words:
        shapes.add(String(word.x, top - word.y, writable(word.text), fontName=PLAIN,
                          fontSize=LETTERS, fillColor=INK, textAnchor=word.anchor))  # fmt: skip
    x = 0.0
    for tone, text in chart.legend:
        shapes.add(_block(x, 2, 9, 9, TONES[tone]))
        shapes.add(String(x + 13, 2, text, fontName=PLAIN, fontSize=LETTERS, fillColor=INK))
        x += 30 + len(text) * LETTERS * 0.6
    drawing = Drawing(chart.width * scale, top * scale)
    drawing.add(shapes)
    return drawing


def _block(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    block = Rect(x, y, width, height)
    block.fillColor, block.strokeColor = colour, None
    return block


def _ribbon(band: Band, top: float) -> Path:
    middle = (band.x + band.to_x) / 2
    over, under = top - band.y, top - band.y - band.height
    to_over, to_under = top - band.to_y, top - band.to_y - band.height
    path = Path(fillColor=_faded(TONES[band.tone], 0.35), strokeColor=None, strokeWidth=0)
    path.moveTo(band.x, over)
    path.curveTo(middle, over, middle, to_over, band.to_x, to_over)
    path.lineTo(band.to_x, to_under)
    path.curveTo(middle, to_under, middle, under, band.x, under)
    path.closePath()
    return path


def _faded(colour: Color, strength: float) -> Color:
    """On white, without transparency: printers and old readers take it as it is."""
    part = max(0.0, min(1.0, strength))
    red, green, blue = (1 - (1 - each) * part for each in (colour.red, colour.green, colour.blue))
    return Color(red, green, blue)
