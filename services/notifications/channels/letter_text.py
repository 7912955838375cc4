"""Reads a frozen letter back into paragraphs, for channels that cannot carry a page of HTML."""

from dataclasses import dataclass
from html.parser import HTMLParser

from contracts.people import Address

_BLOCKS = frozenset({"h1", "h2", "p", "li"})


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: its tag (`h1`, `h2`, `p`, `li`), its class, and its lines."""

    tag: str
    role: str
    lines: tuple[str, ...]


def blocks(html: bytes) -> tuple[Block, ...]:
    """The visible paragraphs of a letter that our templates made, in order."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    return tuple(reader.found)


def plain_text(html: bytes) -> str:
    """The whole letter as plain text, a blank line between paragraphs."""
    return "\n\n".join("\n".join(("- " if block.tag == "li" else "") + line for line in block.lines) for block in blocks(html)) + "\n"


def address_lines(address: Address) -> tuple[str, ...]:
    """An address as it stands on an envelope."""
    street = " ".join(filter(None, (address.street, address.number, f"bus {address.box}" if address.box else None)))
    lines = (street, f"{address.post_code} {address.municipality}")
    return lines if address.country == "BE" else (*lines, address.country)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._open: tuple[str, str] | None = None
        self._lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._open, self._lines = (tag, dict(attrs).get("class") or ""), [""]
        elif tag == "br" and self._open is not None:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._lines[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if self._open is not None and tag == self._open[0]:
            self.found.append(Block(*self._open, tuple(" ".join(line.split()) for line in self._lines)))
            self._open = None
