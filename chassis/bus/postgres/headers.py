"""Stores a record's headers as one value."""

import json


def packed(headers: tuple[tuple[str, bytes], ...]) -> bytes | None:
    """Headers as JSON text in which each byte of a value stands as one character; most records have none."""
    return json.dumps([[name, value.decode("latin-1")] for name, value in headers]).encode() if headers else None


def unpacked(stored: bytes | None) -> tuple[tuple[str, bytes], ...]:
    """The headers that `packed` stored."""
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(stored)) if stored else ()
