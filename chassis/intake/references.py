"""The partner's own name for a record: opaque, and never a number that stands for a person."""

import re
from typing import Annotated

from fastapi import Path

_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
# A message id made by a machine: its last group can be digits only, by chance.
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# A person number has 11 digits, bare or written 00.00.00-000.00 (National Register, BIS).
_PERSON = re.compile(r"(?<![0-9])[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}[-.]?[0-9]{3}[-.]?[0-9]{2}(?![0-9])")
# Enterprise numbers have 10 digits, pupil and file numbers up to 13.
_BARE_NUMBER = re.compile(r"[0-9]{10,13}")

FORM_DETAIL = "a reference is 1 to 64 letters, digits, points, underscores or hyphens"
NUMBER_DETAIL = "this looks like the number of a person, pupil, enterprise or file; a reference is the sender's own message or record id"

Reference = Annotated[str, Path(alias="reference", description="The sender's own opaque id of the record")]


def objection(reference: str) -> str | None:
    """Why this is no reference, without repeating it; nothing when it is one."""
    if not _FORM.fullmatch(reference):
        return FORM_DETAIL
    rest = _UUID.sub("", reference)
    return NUMBER_DETAIL if _PERSON.search(rest) or _BARE_NUMBER.fullmatch(rest) else None
