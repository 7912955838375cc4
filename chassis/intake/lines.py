"""Cuts a bulk body into lines as its bytes come in, and holds no more of a line than the limit."""

from collections.abc import Iterator


class LineReader:
    """Lines of an NDJSON body, numbered from 1; a line over the limit comes as None, and its bytes are dropped as they arrive."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._dropping = False
        self._number = 0

    def feed(self, piece: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The lines that this piece completes; empty ones count, and are left out."""
        *whole, last = piece.split(b"\n")
        for part in whole:
            self._keep(part)
            yield from self._line()
        self._keep(last)

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        """The last line, when the body does not end with a line feed."""
        yield from self._line()

    def _keep(self, part: bytes) -> None:
        if len(self._rest) + len(part) > self._limit:
            self._dropping = True
            self._rest.clear()
        elif not self._dropping:
            self._rest += part

    def _line(self) -> Iterator[tuple[int, bytes | None]]:
        self._number += 1
        content = None if self._dropping else bytes(self._rest)
        self._rest.clear()
        self._dropping = False
        if content is None or content.strip():
            yield self._number, content
