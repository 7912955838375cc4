"""Prints a frozen letter as PDF: the same text and address give the same bytes."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from services.notifications.channels.errors import Unprintable
from services.notifications.channels.letter_text import Block, blocks

_FONTS = Path(__file__).parent / "fonts"
_PLAIN: Final = "Letter"
_BOLD: Final = "LetterBold"
_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, A4[0] - 20 * mm, A4[1] - 20 * mm, 20 * mm
# The window of a Belgian right-hand envelope (NBN Z 01-002): the address starts 105 mm from the left, 45 mm from the top.
_WINDOW_LEFT, _WINDOW_TOP, _AFTER_WINDOW = 105 * mm, A4[1] - 45 * mm, A4[1] - 90 * mm
# Font, size, space before, indent of each kind of paragraph, in points.
_STYLES = {
    "h1": (_BOLD, 13, 10, 0),
    "h2": (_BOLD, 10.5, 9, 0),
    "p": (_PLAIN, 9.5, 4, 0),
    "li": (_PLAIN, 9.5, 3, 12),
}


class LetterPrinter:
    """Holds the fonts; not for two threads at once, because the PDF library keeps a font's subset in the font."""

    def __init__(self) -> None:
        plain = TTFont(_PLAIN, str(_FONTS / "DejaVuSans.ttf"))
        bold = TTFont(_BOLD, str(_FONTS / "DejaVuSans-Bold.ttf"))
        for font in (plain, bold):
            pdfmetrics.registerFont(font)
        self._printable = frozenset(plain.face.charToGlyph) & frozenset(bold.face.charToGlyph)

    def print(self, letter: bytes, address: Sequence[str], note: str | None = None) -> bytes:
        """The letter on A4, its address in the window of the envelope, a note above its text.

        Raises:
            Unprintable: the font lacks a character, and a letter with a box in a name is not that person's letter.
        """
        paragraphs = _with_note(blocks(letter), note)
        self._check([*address, *(line for block in paragraphs for line in block.lines)])
        target = BytesIO()
        canvas = Canvas(target, pagesize=A4, invariant=1, lang="nl")
        canvas.setTitle(next(block.lines[0] for block in paragraphs if block.tag == "h1"))
        _Page(canvas).draw(paragraphs, address)
        canvas.save()
        return target.getvalue()

    def _check(self, lines: Sequence[str]) -> None:
        if not {ord(character) for line in lines for character in line} <= self._printable:
            raise Unprintable


def _with_note(paragraphs: Sequence[Block], note: str | None) -> Sequence[Block]:
    if note is None:
        return paragraphs
    first = next(number for number, block in enumerate(paragraphs) if block.tag == "h1")
    return [*paragraphs[:first], Block("h2", "note", (note,)), *paragraphs[first:]]


class _Page:
    """Where the next line goes."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._y = _TOP

    def draw(self, paragraphs: Sequence[Block], address: Sequence[str]) -> None:
        for block in paragraphs:
            if block.role == "sender":
                self._column(block.lines, _LEFT, _TOP)
            elif block.role == "addressee":
                self._column([*block.lines, *address], _WINDOW_LEFT, _WINDOW_TOP)
                self._y = _AFTER_WINDOW
            else:
                self._paragraph(block)

    def _column(self, lines: Sequence[str], x: float, y: float) -> None:
        self._canvas.setFont(_PLAIN, 10)
        for number, line in enumerate(lines):
            self._canvas.drawString(x, y - number * 13, line)

    def _paragraph(self, block: Block) -> None:
        font, size, before, indent = _STYLES[block.tag]
        self._y -= before
        for line in block.lines:
            for number, part in enumerate(_wrapped(line, font, size, _RIGHT - _LEFT - indent)):
                self._line(part, font, size, _LEFT + indent, bullet=block.tag == "li" and number == 0)

    def _line(self, text: str, font: str, size: float, x: float, *, bullet: bool) -> None:
        if self._y - size * 1.35 < _BOTTOM:
            self._canvas.showPage()
            self._y = _TOP
        self._y -= size * 1.35
        self._canvas.setFont(font, size)
        if bullet:
            self._canvas.drawString(x - 10, self._y, "•")
        self._canvas.drawString(x, self._y, text)


def _wrapped(line: str, font: str, size: float, width: float) -> Iterator[str]:
    """The line in parts that fit; a word longer than a line is cut."""
    held: list[str] = []
    used = 0.0
    for word in _pieces(line, font, size, width):
        needed = _width(word, font) * size
        if held and used + _width(" ", font) * size + needed > width:
            yield " ".join(held)
            held, used = [], 0.0
        used += needed + (_width(" ", font) * size if held else 0.0)
        held.append(word)
    yield " ".join(held)


def _pieces(line: str, font: str, size: float, width: float) -> Iterator[str]:
    for word in line.split():
        rest = word
        while _width(rest, font) * size > width:
            fitting = next(n for n in range(len(rest) - 1, 0, -1) if pdfmetrics.stringWidth(rest[:n], font, size) <= width)
            yield rest[:fitting]
            rest = rest[fitting:]
        yield rest


@lru_cache(maxsize=10_000)
def _width(word: str, font: str) -> float:
    """The width at size 1: letters share most of their words, and measuring them is half the work. Names stand in no wrapped line."""
    return float(pdfmetrics.stringWidth(word, font, 1))
