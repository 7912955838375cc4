"""The way back for parked records: handled again in the order they were parked, or let go for good by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chassis import parking
from chassis.batch import BatchRunner
from chassis.bus.port import Record
from chassis.clock import local_date
from chassis.errors import NothingParked, Unavailable
from chassis.received import Received, decode
from chassis.uow import UnitOfWork, Units

_FIND = text("SELECT id, direction, person_id FROM parked WHERE id = :id AND state = 'open'")
# Everything of the same person from this record on, in order; a record about nobody goes alone.
_QUEUE = text("""
    SELECT id, direction, topic, partition, position, key, value, flows, parked_at FROM parked
    WHERE state = 'open' AND direction = :direction AND (id = :id OR (person_id = :person AND id > :id))
    ORDER BY id
""")
_FAILED = text("UPDATE parked SET cause = 'failed', detail = :detail WHERE id = :id")
_OUT = text("INSERT INTO outbox (topic, key, value) VALUES (:topic, :key, :value)")


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a redrive did: records handled, and why it stopped when one failed again."""

    redriven: int
    stopped: str | None = None


class Redrive:
    """Redrives and discards parked records of one service."""

    def __init__(self, units: Units, runner: BatchRunner | None) -> None:
        self._units = units
        self._runner = runner

    async def redrive(self, parked_id: UUID, by: str) -> Redriven:
        """Handle this record again, then those of the same person that waited behind it, until one fails.

        Raises:
            NothingParked: no open record has this id.
        """
        done = 0
        for row_id in await self._queue(parked_id):
            try:
                done += await self._one(row_id, by)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - any failure of a handler keeps the record parked, with its new cause
                async with self._units.open() as uow:
                    await uow.execute(_FAILED, {"id": row_id, "detail": f"{type(error).__name__} at redrive"})
                return Redriven(done, f"{type(error).__name__}")
        return Redriven(done)

    async def discard(self, parked_id: UUID, by: str) -> None:
        """Let one record go for good; those behind it are free when it was the last one failing.

        Raises:
            NothingParked: no open record has this id.
        """
        async with self._units.open() as uow:
            if not await parking.settle(uow.connection, [parked_id], "discarded", by):
                raise NothingParked(parked_id)

    async def _queue(self, parked_id: UUID) -> Sequence[UUID]:
        async with self._units.open() as uow:
            found = await uow.one_or_none(_FIND, {"id": parked_id})
            if found is None:
                raise NothingParked(parked_id)
            rows = await uow.all(_QUEUE, {"id": parked_id, "person": found.person_id, "direction": found.direction})
            return [row.id for row in rows]

    async def _one(self, row_id: UUID, by: str) -> int:
        async with self._units.open() as uow:
            row = await uow.one_or_none(_ONE, {"id": row_id})
            if row is None:
                return 0
            if row.direction == "out":
                await self._leave(uow, row.flows, {"topic": row.topic, "key": row.key, "value": row.value})
            else:
                await self._enter(uow, Record(row.topic, row.partition, row.position, row.key, row.value, (), row.parked_at))
            return await parking.settle(uow.connection, [row_id], "redriven", by)

    async def _leave(self, uow: UnitOfWork, flows: Sequence[str], params: dict[str, object]) -> None:
        missing = [flow for flow in flows if not uow.protocols.active(flow, local_date(uow.now))]
        if missing:
            raise StillWithoutProtocol(", ".join(missing))
        await uow.execute(_OUT, params)
        self._units.outbox_wake.set()

    async def _enter(self, uow: UnitOfWork, record: Record) -> None:
        event = decode(record)
        if self._runner is None or not isinstance(event, Received):
            raise StillUnreadable
        await self._runner.again(uow, event)


_ONE = text(
    "SELECT direction, topic, partition, position, key, value, flows, parked_at FROM parked WHERE id = :id AND state = 'open' FOR UPDATE"
)


class StillWithoutProtocol(Exception):
    """The data flow has no valid protocol yet."""


class StillUnreadable(Exception):
    """The record is still no event of ours."""
