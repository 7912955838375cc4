"""Records turned into events a handler can take: decoded once, cut into waves."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar, overload
from uuid import UUID

from chassis.bus.port import Record
from chassis.outbox import Cause
from chassis.waves import waves as cut
from contracts import envelope, errors
from contracts.identifiers import PersonId
from contracts.registry import Event

E_co = TypeVar("E_co", bound=Event, covariant=True)


class Received(NamedTuple, Generic[E_co]):
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


@overload
def decode(record: Record) -> Received[Event] | Unreadable: ...
@overload
def decode(record: Record, wanted: Container[type[Event]]) -> Received[Event] | Unreadable | None: ...
def decode(record: Record, wanted: Container[type[Event]] | None = None) -> Received[Event] | Unreadable | None:
    """The event in a record, or nothing where it is none of those `wanted`; the detail of a failure never quotes the record."""
    try:
        found = envelope.decode(record.value) if wanted is None else envelope.decode(record.value, wanted)
    except errors.ContractError as error:
        return Unreadable(record, type(error).__name__[0].lower() + type(error).__name__[1:], str(error))
    except Exception as error:  # noqa: BLE001 - a record that a contract's own validator trips over must not stop the consumer
        return Unreadable(record, "malformedEnvelope", f"{type(error).__name__} while it was decoded")
    if found is None:
        return None
    return Received(found.id, found.data, found.time, record.at, found.protocol_id, found.correlation_id, record)


def lane(event: Received[Event], survivors: Mapping[PersonId, PersonId]) -> object:
    """What an event shares with those it must stay in order with: the surviving person, or the record key of events about nobody."""
    return event.record.key if event.key is None else survivors.get(event.key, event.key)


def waves(events: Sequence[Received[Event]], survivors: Mapping[PersonId, PersonId]) -> Sequence[Sequence[Received[Event]]]:
    """Cut a batch into waves: each holds a person at most once, and a person's events keep their order from wave to wave.

    `survivors` maps an absorbed id to the one that lives on, so that both ids of one person never share a wave.
    """
    return cut(events, lambda event: (lane(event, survivors),))


def by_type(wave: Sequence[Received[Event]]) -> Mapping[type[Event], list[Received[Event]]]:
    """A wave grouped by event class, so that each handler is called once."""
    groups: dict[type[Event], list[Received[Event]]] = {}
    for event in wave:
        groups.setdefault(type(event.data), []).append(event)
    return groups
