"""Records set aside with their cause, and the way back for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.bus.port import Record
from chassis.db import Connection
from chassis.ids import uuid7
from contracts.identifiers import PersonId

_PARK = text("""
    INSERT INTO parked (direction, id, cause, detail, person_id, event_id, event_type, topic, partition, position, key, value)
    SELECT 'in', id, cause, detail, person_id, event_id, event_type, topic, partition, position, key, value
    FROM unnest(CAST(:ids AS uuid[]), CAST(:causes AS text[]), CAST(:details AS text[]), CAST(:people AS uuid[]),
                CAST(:event_ids AS uuid[]), CAST(:types AS text[]), CAST(:topics AS text[]), CAST(:partitions AS int[]),
                CAST(:positions AS bigint[]), CAST(:keys AS bytea[]), CAST(:values AS bytea[]))
         WITH ORDINALITY AS t (id, cause, detail, person_id, event_id, event_type, topic, partition, position, key, value, n)
    ORDER BY n
    ON CONFLICT (topic, partition, position, md5(value)) WHERE direction = 'in' DO NOTHING
    RETURNING person_id
""")
_BLOCK = text("""
    INSERT INTO person AS p (person_id, blocked)
    SELECT person_id, count(*) FROM unnest(CAST(:people AS uuid[])) AS t (person_id) GROUP BY person_id ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET blocked = p.blocked + excluded.blocked
""")
_LIST = text("""
    SELECT id, direction, cause, detail, person_id, event_id, event_type, topic, partition, position, flows, parked_at
    FROM parked WHERE state = 'open' AND number > coalesce((SELECT number FROM parked WHERE id = :after), 0) ORDER BY number LIMIT :size
""")
_SETTLE = text("""
    UPDATE parked SET state = :state, settled_at = clock_timestamp(), settled_by = :by
    WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'open' RETURNING person_id, direction
""")
_UNBLOCK = text("""
    UPDATE person SET blocked = greatest(0, blocked - t.settled)
    FROM (SELECT person_id, count(*) AS settled FROM unnest(CAST(:people AS uuid[])) AS u (person_id) GROUP BY person_id) AS t
    WHERE person.person_id = t.person_id
""")


# The cause of records that did not fail themselves.
WAITING = "waitingBehind"

_DETAIL_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """A record on its way to the parked ones; `detail` never quotes its content, `person_id` is whom later records wait for (survivor)."""

    record: Record
    cause: str
    detail: str
    person_id: PersonId | None = None
    event_id: UUID | None = None
    event_type: str | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked record as an operator sees it: everything but its content."""

    id: UUID
    direction: str
    cause: str
    detail: str
    person_id: PersonId | None
    event_id: UUID | None
    event_type: str | None
    topic: str
    partition: int | None
    position: int | None
    flows: Sequence[str]
    parked_at: datetime


async def park(connection: Connection, refused: Sequence[Refused]) -> int:
    """Set records aside, each once; later ones of the same person will wait behind them. Returns how many were new here."""
    if not refused:
        return 0
    result = await connection.execute(
        _PARK,
        {
            "ids": [uuid7() for _ in refused],
            "causes": [item.cause for item in refused],
            "details": [_storable(item.detail) for item in refused],
            "people": [item.person_id for item in refused],
            "event_ids": [item.event_id for item in refused],
            "types": [item.event_type for item in refused],
            "topics": [item.record.topic for item in refused],
            "partitions": [item.record.partition for item in refused],
            "positions": [item.record.position for item in refused],
            "keys": [item.record.key for item in refused],
            "values": [item.record.value for item in refused],
        },
    )
    rows = result.all()
    people = [row.person_id for row in rows if row.person_id is not None]
    if people:
        await connection.execute(_BLOCK, {"people": people})
    return len(rows)


def _storable(detail: str) -> str:
    """Text that PostgreSQL takes: a detail can name a type as a stranger wrote it, NUL included."""
    return detail.replace("\0", " ")[:_DETAIL_LIMIT]


async def listed(connection: Connection, after: UUID | None, size: int) -> Sequence[Parked]:
    """Open parked records in the order they were parked, one page."""
    rows = await connection.execute(_LIST, {"after": after, "size": size})
    return [Parked(**row.mapping) for row in rows]


async def settle(connection: Connection, ids: Sequence[UUID], state: str, by: str) -> int:
    """Close parked records as `redriven` or `discarded`; the people behind them are free when none is left."""
    rows = (await connection.execute(_SETTLE, {"ids": list(ids), "state": state, "by": by})).all()
    people = [row.person_id for row in rows if row.person_id is not None and row.direction == "in"]
    if people:
        await connection.execute(_UNBLOCK, {"people": people})
    return len(rows)
