"""The words of the vault: what goes in and what comes out of its calls."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.identifiers import PersonId

_CODE = re.compile(r"[a-z][A-Za-z0-9]{1,63}").fullmatch


class DataClass(StrEnum):
    """What a key protects; expiry, legal hold and erasure act per class (`mechanics.md` 5)."""

    INTAKE = "intake"
    DOSSIER = "dossier"
    NOTICE = "notice"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something is opened, and for whose screen; both stand in the opening log, so neither may hold personal data."""

    code: str
    organisation: str | None = None

    def __post_init__(self) -> None:
        if not _CODE(self.code):
            message = "a purpose is a lowerCamelCase code"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Person:
    """The whole person behind one number or id (`mechanics.md` 2)."""

    person_id: PersonId  # the survivor
    recorded_id: PersonId  # what the number or id itself leads to
    absorbed: frozenset[PersonId]
    merge_number: int  # of the survivor's last merge; 0 = never merged


@dataclass(frozen=True, slots=True)
class Merge:
    """One entry of the gap-free merge list."""

    number: int
    survivor: PersonId
    absorbed: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure destroyed; it may be confirmed from `effective_at` on, when no process can still hold a key."""

    number: int
    person_id: PersonId
    people: frozenset[PersonId]
    classes: frozenset[DataClass]
    held: frozenset[DataClass]  # under legal hold, so not destroyed
    destroyed: int
    at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """Stands in the place of a value whose key was destroyed."""

    key_ref: str
