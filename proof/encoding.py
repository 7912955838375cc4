"""Base64 and decimal numbers in exactly one spelling each, so that no two texts mean the same bytes."""

import base64
import binascii
import re

from proof.errors import Malformed

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_INT64 = 2**63 - 1


def b64(data: bytes) -> str:
    """RFC 4648 section 4, padded: the form of notes, checkpoints and proofs."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """The inverse of `b64`; refuses every other spelling, also the trailing bits Python's own decoder ignores."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Malformed("not base64") from error
    if b64(data) != text:
        raise Malformed("base64 with another spelling of the same bytes")
    return data


def b64url(data: bytes) -> str:
    """RFC 4648 section 5 without padding: the form of leaves and disclosures (RFC 7515, RFC 9901)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """The inverse of `b64url`, as strict as `unb64`."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Malformed("not base64url") from error
    if b64url(data) != text:
        raise Malformed("base64url with another spelling of the same bytes")
    return data


def undecimal(text: str) -> int:
    """A non-negative 64-bit number without sign or leading zeroes."""
    if not _DECIMAL.fullmatch(text) or (number := int(text)) > _MAX_INT64:
        raise Malformed("not a decimal number in its only form")
    return number


def unhash(text: str) -> bytes:
    """A base64 SHA-256 hash."""
    data = unb64(text)
    if len(data) != 32:  # noqa: PLR2004 - SHA-256
        raise Malformed("a hash is 32 bytes")
    return data
