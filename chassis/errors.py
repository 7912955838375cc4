"""What can go wrong in the chassis, apart from the bus and the doors, which have trees of their own.

HubError
├── Unavailable              infrastructure: the same work will succeed later, so it is retried whole
│   └── DatabaseUnavailable  no connection, a deadlock, a time-out or a serialisation failure
├── Misuse                   our own code broke a rule of the house
│   ├── OutsideClaim         a use case touched a person its unit of work had not claimed
│   └── UnknownTimer         a timer of a kind that no handler is bound to
├── EventTooLarge            an event exceeds the record limit of its topic
├── NothingParked            no parked record has this id, or it was already dealt with
├── OtherTables              a database holds tables of another version, and no migration leads from those to ours
└── ClockMovedBack           the sandbox clock was asked to go backwards

What only one module raises is declared beside it: `SecretExposed`, `TokenMalformed`, `StillParked`, `DemoKeyRefused`, `KeysUnavailable`.
"""

from datetime import datetime
from uuid import UUID


class HubError(Exception):
    """Root of the chassis errors."""


class Unavailable(HubError):
    """Infrastructure failed; the same work will succeed later, so the whole batch is retried and nothing is parked."""


class DatabaseUnavailable(Unavailable):
    """No connection, a deadlock, a time-out or a serialisation failure."""


class Misuse(HubError):
    """Our own code broke a rule of the house."""


class OutsideClaim(Misuse):
    """A use case touched a person its unit of work had not claimed (`mechanics.md` 1)."""

    def __init__(self, people: int) -> None:
        super().__init__(f"{people} people were not claimed at the edge of this unit of work")


class UnknownTimer(Misuse):
    """A timer of a kind that no handler is bound to."""


class EventTooLarge(HubError):
    """An event exceeds the record limit of its topic."""

    def __init__(self, event_type: str, size: int, limit: int) -> None:
        super().__init__(f"{event_type} takes {size} bytes; a record holds at most {limit}")


class NothingParked(HubError):
    """No parked record has this id, or it was already dealt with."""

    def __init__(self, parked_id: UUID) -> None:
        super().__init__(f"no open parked record {parked_id}")


class ClockMovedBack(HubError):
    """The sandbox clock was asked to go backwards."""

    def __init__(self, to: datetime, now: datetime) -> None:
        super().__init__(f"the clock stands at {now.isoformat()} and cannot go back to {to.isoformat()}")


class OtherTables(HubError):
    """A database holds tables of another version of this hub, and no migration leads from those to ours (before 1.0 there are none)."""

    def __init__(self, database: str) -> None:
        super().__init__(f"the tables of database {database} are those of another version of this hub; begin anew with empty databases")
