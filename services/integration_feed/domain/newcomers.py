"""What is known of one newcomer's contract on the day it is decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.identifiers import IncompleteDate


class Ended(StrEnum):
    """Why a person or a contract is no longer followed."""

    DECEASED = "deceased"
    STRUCK_OFF = "struckOff"
    ABROAD = "abroad"
    RESIDENCE_LOST = "residenceLost"
    CONTRACT_STOPPED = "contractStopped"
    CONTRACT_WITHDRAWN = "contractWithdrawn"
    CONTRACT_DELETED = "contractDeleted"
    ERASED = "erased"  # until somebody reports a contract of theirs again


class Place(StrEnum):
    """The region of the main residence, as far as it matters who is competent."""

    FLANDERS = "flanders"
    BRUSSELS = "brussels"
    WALLONIA = "wallonia"


@dataclass(frozen=True, slots=True)
class Title:
    """A residence title with its right to work; `right_to_work` None is unknown."""

    ground: str
    valid_from: date
    valid_to: date | None
    right_to_work: bool | None

    def holds(self, on: date) -> bool:
        """Whether it is valid on that day, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Participation:
    """What the agency says of the person."""

    status: str
    status_since: date | None
    vdab_component: bool
    titles: tuple[Title, ...]

    def grounds(self, on: date) -> frozenset[str]:
        """The grounds of residence on that day."""
        return frozenset(title.ground for title in self.holding(on))

    def holding(self, on: date) -> tuple[Title, ...]:
        """The titles valid on that day."""
        return tuple(title for title in self.titles if title.holds(on))


@dataclass(frozen=True, slots=True)
class Move:
    """The last move from one region to another."""

    before: Place
    on: date


@dataclass(frozen=True, slots=True)
class NewcomerCase:
    """One contract with everything the rules look at; built from facts known at the moment of deciding."""

    case_id: UUID
    signed_on: date | None
    ended: Ended | None
    unknown_person: bool
    participation: Participation | None
    birth: IncompleteDate | None
    place: Place | None
    residence_certain: bool
    agency: str = "agii"
    dates_differ: bool = False
    moved: Move | None = None


def covered(titles: Iterable[Title], first: date, last: date) -> bool:
    """Whether titles with the right to work follow each other from the first to the last day, without a day between."""
    day = first
    for title in sorted((title for title in titles if title.right_to_work), key=lambda title: title.valid_from):
        if title.valid_from > day:
            return False
        if title.valid_to is None or title.valid_to >= last:
            return True
        day = max(day, title.valid_to + timedelta(days=1))
    return False
