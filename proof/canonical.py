"""JSON in the one byte form of RFC 8785, for values without floating-point numbers and with ASCII keys."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from proof.errors import Malformed

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]

# Whoever hands over a value that contains itself gets a RecursionError; looking for one first takes as long as the rest.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)
_EXACT: Final = 2**53 - 1  # beyond this RFC 8785 readers lose digits (I-JSON, RFC 7493 section 2.2)


def dump(value: Json) -> bytes:
    """The canonical bytes; the standard library's compact sorted form is that of RFC 8785 within the limits above."""
    return _ENCODER.encode(value).encode()


def load(data: bytes) -> Json:
    """The value of canonical bytes.

    Raises:
        Malformed: any other spelling of the value, a duplicate key, a floating-point number, or no JSON at all.
    """
    try:
        value: Json = json.loads(data.decode(), object_pairs_hook=_object, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)
        canonical = dump(value)
    except (ValueError, RecursionError) as error:  # UnicodeError and JSONDecodeError are ValueErrors
        raise Malformed("not JSON of the canonical kind") from error
    if canonical != data:
        raise Malformed("JSON that is not in its canonical form")
    return value


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    if not all(key.isascii() for key in found):
        raise ValueError("key outside ASCII")
    return found


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > _EXACT:
        raise ValueError("integer beyond exactness")
    return number


def _refuse(_: str) -> Json:
    raise ValueError("floating-point number")
