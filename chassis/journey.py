"""What a service tells of one person's journey: steps in codes, ids and dates, never anything the vault keeps shut."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a person in a service, when it was recorded; `about` is spelled as on the wire."""

    at: datetime
    what: str
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a service knows of one person, oldest first."""

    person_id: PersonId
    steps: Sequence[Step]


# Asked with a person's id, or that of anything the service keeps about a person; None when it knows neither.
Journey = Callable[[UnitOfWork, UUID], Awaitable[Told | None]]


def in_order(steps: Sequence[Step]) -> Sequence[Step]:
    """The same steps, oldest first."""
    return sorted(steps, key=lambda step: step.at)
