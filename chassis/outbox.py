"""Events on their way to the outbox: put in their envelope, and parked where a data flow has no valid protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from chassis.errors import EventTooLarge
from chassis.ids import uuid7
from chassis.protocol_rows import ProtocolRows
from contracts import protocols
from contracts.envelope import Envelope, encode
from contracts.registry import Event

# Below the record limit of every topic (`chassis/bus/port.py`), with room for headers.
RECORD_LIMIT = 900_000

_PARK = text("""
    INSERT INTO parked (id, direction, cause, detail, person_id, event_id, event_type, topic, key, value, flows)
    SELECT id, 'out', 'protocolMissing', detail, person_id, event_id, event_type, topic, key, value, string_to_array(flows, ',')
    FROM unnest(CAST(:ids AS uuid[]), CAST(:details AS text[]), CAST(:people AS uuid[]), CAST(:event_ids AS uuid[]), CAST(:types AS text[]),
                CAST(:topics AS text[]), CAST(:keys AS bytea[]), CAST(:values AS bytea[]), CAST(:flows AS text[]))
         WITH ORDINALITY AS t (id, detail, person_id, event_id, event_type, topic, key, value, flows, n)
    ORDER BY n
""")


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that made this unit act on a person."""

    event_id: UUID
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event in its envelope, ready to be written."""

    envelope: Envelope[Event]
    value: bytes

    @property
    def event(self) -> Event:
        """The event itself."""
        return self.envelope.data

    @property
    def key(self) -> bytes:
        """The record key: the person, or the producing service for events about nobody."""
        return self.event.partition_key.encode()


def announce(event: Event, at: datetime, cause: Cause | None, correlation_id: str | None, *, testmode: bool) -> Announcement:
    """Put an event in its envelope.

    Raises:
        EventTooLarge: it would not fit in a record.
    """
    event_id = uuid7()
    flows = event.needed_flows()
    wrapped = Envelope(
        id=event_id,
        time=at,
        data=event,
        causation_id=str(cause.event_id) if cause else None,
        correlation_id=(cause.correlation_id if cause else None) or correlation_id or str(event_id),
        protocol_id=protocols.protocol_id(flows[0]) if flows else None,
        testmode=testmode,
    )
    value = encode(wrapped)
    if len(value) > RECORD_LIMIT:
        raise EventTooLarge(event.event_type, len(value), RECORD_LIMIT)
    return Announcement(wrapped, value)


async def admitted(connection: Connection, rows: ProtocolRows, on: date, announcements: Sequence[Announcement]) -> Sequence[Announcement]:
    """What may leave; the rest is parked, in one statement, because a data flow has no valid protocol."""
    missing = {flow for item in announcements for flow in item.event.needed_flows() if not rows.active(flow, on)}
    if not missing:
        return announcements
    held = [item for item in announcements if not missing.isdisjoint(item.event.needed_flows())]
    await _park(connection, held, missing)
    return [item for item in announcements if missing.isdisjoint(item.event.needed_flows())]


async def _park(connection: Connection, held: Sequence[Announcement], missing: set[str]) -> None:
    await connection.execute(
        _PARK,
        {
            "ids": [uuid7() for _ in held],
            "details": [f"no valid protocol for {', '.join(sorted(missing.intersection(item.event.needed_flows())))}" for item in held],
            "people": [item.event.key for item in held],
            "event_ids": [item.envelope.id for item in held],
            "types": [item.event.event_type for item in held],
            "topics": [item.event.topic for item in held],
            "keys": [item.key for item in held],
            "values": [item.value for item in held],
            "flows": [",".join(item.event.needed_flows()) for item in held],
        },
    )
