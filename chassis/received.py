"""Records turned into events a handler can take: decoded once, cut into waves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from chassis.bus.port import Record
from chassis.outbox import Cause
from contracts import envelope, errors
from contracts.identifiers import PersonId
from contracts.registry import Event

E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """One event as it came from the bus; `at` is when the bus took it."""

    id: UUID
    data: E_co
    time: datetime
    at: datetime
    protocol_id: str | None
    correlation_id: str | None
    record: Record

    @property
    def key(self) -> PersonId | None:
        """Whom the event is about, as it was recorded; nobody for keyless events."""
        return self.data.key

    @property
    def cause(self) -> Cause:
        """This event as the cause of what a handler announces."""
        return Cause(self.id, self.correlation_id)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is no event of ours: undecodable, or of an unknown type or version."""

    record: Record
    cause: str
    detail: str


def decode(record: Record) -> Received[Event] | Unreadable:
    """The event in a record; the detail of a failure never quotes the record."""
    try:
        found = envelope.decode(record.value)
    except errors.ContractError as error:
        return Unreadable(record, type(error).__name__[0].lower() + type(error).__name__[1:], str(error))
    return Received(found.id, found.data, found.time, record.at, found.protocol_id, found.correlation_id, record)


def waves(events: Sequence[Received[Event]], survivors: Mapping[PersonId, PersonId]) -> Iterable[Sequence[Received[Event]]]:
    """Cut a batch into waves: each holds a person at most once, and a person's events keep their order from wave to wave.

    `survivors` maps an absorbed id to the one that lives on, so that both ids of one person never share a wave.
    """
    cut: list[list[Received[Event]]] = []
    seen: dict[object, int] = {}
    for event in events:
        person = event.key
        key: object = event.record.key if person is None else survivors.get(person, person)
        wave = seen.get(key, 0)
        seen[key] = wave + 1
        if wave == len(cut):
            cut.append([])
        cut[wave].append(event)
    return cut


def by_type(wave: Sequence[Received[Event]]) -> Mapping[type[Event], list[Received[Event]]]:
    """A wave grouped by event class, so that each handler is called once."""
    groups: dict[type[Event], list[Received[Event]]] = {}
    for event in wave:
        groups.setdefault(type(event.data), []).append(event)
    return groups
