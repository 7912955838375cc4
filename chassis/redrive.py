"""The way back for parked records: handled again in the order they were parked, or let go for good by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chassis import parking
from chassis.batch import BatchRunner
from chassis.bus.port import Record
from chassis.clock import local_date
from chassis.errors import HubError, NothingParked, Unavailable
from chassis.received import Received, decode
from chassis.rows import Row
from chassis.uow import UnitOfWork, Units
from contracts.identifiers import PersonId

_FIND = text("SELECT id, direction, person_id, cause FROM parked WHERE id = :id AND state = 'open'")
# Records parked before a merge keep the id they were parked under.
_FIRST = text("""
    WITH lead AS (SELECT coalesce((SELECT merged_into FROM person WHERE person_id = :person), :person) AS person_id)
    SELECT id, direction, person_id, cause FROM parked
    WHERE state = 'open' AND direction = :direction AND person_id IN (
        SELECT person_id FROM lead UNION ALL SELECT p.person_id FROM person AS p JOIN lead ON p.merged_into = lead.person_id)
    ORDER BY number LIMIT 1
""")
_ONE = text("""
    SELECT id, direction, person_id, event_id, topic, partition, position, key, value, flows, parked_at
    FROM parked WHERE id = :id AND state = 'open' FOR UPDATE
""")
_FAILED = text("UPDATE parked SET cause = 'failed', detail = :detail WHERE id = :id")
_OUT = text("INSERT INTO outbox (topic, key, value) VALUES (:topic, :key, :value)")


class StillParked(HubError):
    """The cause for which a record was parked still holds."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a redrive did: records handled, and why it stopped when one failed again."""

    redriven: int
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A parked record as far as the order of handling goes."""

    id: UUID
    direction: str
    person_id: PersonId | None
    cause: str


class Redrive:
    """Redrives and discards parked records of one service."""

    def __init__(self, units: Units, runner: BatchRunner | None) -> None:
        self._units = units
        self._runner = runner

    async def redrive(self, parked_id: UUID, by: str) -> Redriven:
        """Handle again what is parked of this record's person, oldest first, until one fails; a record about nobody goes alone.

        What is parked meanwhile is handled too, so that nobody waits behind a record that is gone.

        Raises:
            NothingParked: no open record has this id.
        """
        asked = await self._find(parked_id)
        return await self._release(await self._first(asked) or asked, by)

    async def discard(self, parked_id: UUID, by: str) -> Redriven:
        """Let one record go for good, then handle those that waited behind it, until one fails or failed before.

        Raises:
            NothingParked: no open record has this id.
        """
        gone = await self._find(parked_id)
        async with self._units.open() as uow:
            if not await parking.settle(uow.connection, [parked_id], "discarded", by):
                raise NothingParked(parked_id)
        following = await self._first(gone)
        if following is None or following.cause != parking.WAITING:
            return Redriven(0)
        return await self._release(following, by)

    async def _release(self, following: _Place | None, by: str) -> Redriven:
        done = 0
        while following is not None:
            try:
                done += await self._one(following.id, by)
            except Unavailable:
                raise
            except StillParked as error:
                return Redriven(done, str(error))
            except Exception as error:  # noqa: BLE001 - any failure of a handler keeps the record parked, with its new cause
                async with self._units.open() as uow:
                    await uow.execute(_FAILED, {"id": following.id, "detail": f"{type(error).__name__} at redrive"})
                return Redriven(done, type(error).__name__)
            following = await self._first(following)
        return Redriven(done)

    async def _find(self, parked_id: UUID) -> _Place:
        async with self._units.open() as uow:
            found = await uow.one_or_none(_FIND, {"id": parked_id})
        if found is None:
            raise NothingParked(parked_id)
        return _Place(**found.mapping)

    async def _first(self, place: _Place) -> _Place | None:
        """The oldest open record of the same person, in the same direction."""
        if place.person_id is None:
            return None
        async with self._units.open() as uow:
            found = await uow.one_or_none(_FIRST, {"person": place.person_id, "direction": place.direction})
        return _Place(**found.mapping) if found is not None else None

    async def _one(self, row_id: UUID, by: str) -> int:
        async with self._units.open() as uow:
            row = await uow.one_or_none(_ONE, {"id": row_id})
            if row is None:
                return 0
            if row.direction == "out":
                await self._leave(uow, row.person_id, row.flows, {"topic": row.topic, "key": row.key, "value": row.value})
            else:
                await self._enter(uow, row)
            return await parking.settle(uow.connection, [row_id], "redriven", by)

    async def _leave(self, uow: UnitOfWork, person: PersonId | None, flows: Sequence[str], params: dict[str, object]) -> None:
        await uow.take([person] if person is not None else [])
        missing = [flow for flow in flows if not uow.protocols.active(flow, local_date(uow.now))]
        if missing:
            raise StillParked(f"still no valid protocol for {', '.join(missing)}")
        await uow.execute(_OUT, params)
        uow.wake_after_commit(self._units.outbox_wake)

    async def _enter(self, uow: UnitOfWork, row: Row) -> None:
        event = decode(Record(row.topic, row.partition, row.position, row.key, row.value, (), row.parked_at))
        if self._runner is None or not isinstance(event, Received):
            raise StillParked("it is still no event of ours")
        is_new = await uow.take((), events=[event.id])
        # What nobody could read was not in the inbox: when it is now, the bus brought it again and it was handled.
        if is_new or row.event_id is not None:
            await self._runner.again(uow, event)
