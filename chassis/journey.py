"""What a service tells of one person's journey: steps in codes, ids and dates, never anything the vault keeps shut."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause

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
# What one part of a service knows of a person, in its own order.
Steps = Callable[[UnitOfWork, PersonId], Awaitable[Iterable[Step]]]


async def told(uow: UnitOfWork, identifier: UUID, who: TextClause, *parts: Steps) -> Told | None:
    """What these parts know of the person that `who` finds under this id; what happened at one instant stays in the order of the parts."""
    row = await uow.one_or_none(who, {"id": identifier})
    if row is None:
        return None
    person = PersonId(UUID(str(row[0])))
    steps = [step for part in parts for step in await part(uow, person)]
    return Told(person, sorted(steps, key=lambda step: step.at))
