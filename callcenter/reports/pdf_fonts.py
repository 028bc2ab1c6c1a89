"""The letters of a PDF. DejaVu has Latin, Greek, Cyrillic and more; the fonts that come with
reportlab have Western European ones only and stand in where the package is missing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase.pdfmetrics import getFont, registerFont
from reportlab.pdfbase.ttfonts import TTFont

from callcenter.domain.display import display_text

PLAIN, BOLD = "Report", "Report-Bold"
FOLDER = Path("/usr/share/fonts/truetype/dejavu")  # Debian's fonts-dejavu-core
FILES = {PLAIN: ("DejaVuSans.ttf", "Vera.ttf"), BOLD: ("DejaVuSans-Bold.ttf", "VeraBd.ttf")}
MISSING = "?"


@cache
def fonts() -> None:
    """Make both known to reportlab, once a process."""
    for name, (wanted, instead) in FILES.items():
        path = FOLDER / wanted
        registerFont(TTFont(name, str(path) if path.exists() else instead))
        addMapping("Report", 1 if name == BOLD else 0, 0, name)
        addMapping(name, 0, 0, name)
        addMapping(name, 1, 0, BOLD)


def writable(text: str) -> str:
    """One line, without what the font has no picture of."""
    fonts()
    known = getFont(PLAIN).face.charToGlyph  # type: ignore[attr-defined]
    return "".join(each if ord(each) in known else MISSING for each in display_text(text))
