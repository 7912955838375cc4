"""Decides what the arrival of one version of a record means, from the versions known before; pure, so that every order can be tried.

A put carries the whole record, a delete says it never was, an amendment changes what is there. Whatever the order of arrival, the record
ends as if the versions had come in their own order: as the newest put or delete with the amendments after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from contracts.identifiers import PersonId

PUT = "put"
DELETE = "delete"


class Meaning(Enum):
    """What an arriving version is."""

    NEWS = auto()  # has its effect
    REPEATED = auto()  # same version, same content
    CONFLICT = auto()  # same version, other content
    SUPERSEDED = auto()  # a newer one already replaced it; kept as history


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record."""

    number: int
    operation: str
    digest: bytes
    person_id: PersonId | None  # of a put

    @property
    def replaces(self) -> bool:
        """Whether it stands by itself, whatever was before."""
        return self.operation in {PUT, DELETE}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do: `again` are known versions, in order, that are applied anew because of what arrived."""

    meaning: Meaning
    again: Sequence[int] = ()


def judge(known: Mapping[int, Version], arriving: Version) -> Judgement:
    """What the arrival means."""
    same = known.get(arriving.number)
    if same is not None:
        return Judgement(Meaning.REPEATED if same.digest == arriving.digest else Meaning.CONFLICT)
    newer = sorted(number for number in known if number > arriving.number)
    replacing = [number for number in newer if known[number].replaces]
    if not replacing:
        return Judgement(Meaning.NEWS, newer)
    last = replacing[-1]
    waited = known[last].operation == DELETE and arriving.operation == PUT and not _puts_before(known, last)
    return Judgement(Meaning.SUPERSEDED, [number for number in newer if number >= last] if waited else [])


def has_ground(known: Mapping[int, Version], version: Version) -> bool:
    """Whether there is something the version is about: a put before it, and for an amendment no delete since."""
    if version.replaces:
        return bool(_puts_before(known, version.number))
    earlier = [number for number in known if number < version.number and known[number].replaces]
    return bool(earlier) and known[max(earlier)].operation == PUT


def person_before(known: Mapping[int, Version], number: int) -> PersonId | None:
    """Whom the record was about before this version."""
    puts = _puts_before(known, number)
    return known[max(puts)].person_id if puts else None


def _puts_before(known: Mapping[int, Version], number: int) -> list[int]:
    return [other for other in known if other < number and known[other].operation == PUT]
