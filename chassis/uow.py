"""The unit of work: business rows, outbox rows and timers of one edge, in one transaction."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Executable, TextClause

from chassis import leaving, outbox
from chassis.claiming import claim
from chassis.clock import BusinessClock, local_date, technical_now
from chassis.db import Connection, Database
from chassis.errors import OutsideClaim
from chassis.merging import Merge, Whole, nothing_to_merge
from chassis.protocol_rows import ProtocolRows
from chassis.rows import Row
from chassis.timer_store import Timer
from chassis.wake import Wake
from chassis.writing import Write, write
from contracts.identifiers import PersonId
from contracts.registry import Event

Resource = TypeVar("Resource")

# The loop of timers looks for what is due that often and more by itself; only what comes sooner is worth waking it.
TIMERS_SEEN_WITHIN = timedelta(seconds=10)


class UnitOfWork:
    """One transaction of one edge (a request, a consumer batch, a timer batch); use cases write through it and never commit."""

    def __init__(
        self,
        connection: Connection,
        clock: BusinessClock,
        protocols: ProtocolRows,
        resources: Mapping[type, object],
        *,
        testmode: bool,
        merge: Merge = nothing_to_merge,
    ) -> None:
        self.connection = connection
        self.protocols = protocols
        self.now: datetime = clock.now()
        self.generation = clock.generation
        self.recorded_at: datetime = technical_now()
        self.correlation_id: str | None = None
        self.causes: Mapping[PersonId, outbox.Cause] = {}
        self._clock = clock
        self._resources = resources
        self._testmode = testmode
        self._merge = merge
        self._claimed: dict[PersonId, PersonId] = {}
        self._blocked: set[PersonId] = set()
        self._events: list[outbox.Announcement] = []
        self._timers: dict[tuple[str, str], Timer] = {}
        self._cancelled: set[tuple[str, str]] = set()
        self._later: list[Write] = []
        self.wakes: set[Wake] = set()

    # -- statements

    async def all(self, statement: Executable, params: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Every row of a query."""
        await self._catch_up()
        return (await self.connection.execute(statement, params)).all()

    async def one_or_none(self, statement: Executable, params: Mapping[str, object] | None = None) -> Row | None:
        """The only row of a query, or nothing."""
        await self._catch_up()
        return (await self.connection.execute(statement, params)).one_or_none()

    async def execute(self, statement: Executable, params: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None) -> int:
        """Run a statement; the number of rows it touched."""
        await self._catch_up()
        return await self.connection.count(statement, params)

    def later(self, statement: TextClause, params: Mapping[str, object]) -> None:
        """Write this before the unit's next statement, or with its commit; what is put off together is sent together.

        Only for what reads nothing that another write put off before it touches.
        """
        self._later.append((statement, params))

    async def _catch_up(self) -> None:
        if self._later:
            writes, self._later = self._later, []
            await write(self.connection, writes)

    def resource(self, kind: type[Resource]) -> Resource:
        """Something the service was composed with (the vault, a rule book), by its type."""
        found = self._resources[kind]
        if not isinstance(found, kind):
            raise TypeError(kind)
        return found

    # -- people

    async def take(
        self, people: Iterable[PersonId], wholes: Mapping[PersonId, Whole] | None = None, events: Collection[UUID] = ()
    ) -> frozenset[UUID]:
        """Lock these people until the commit; the edge calls it once, before anything is read about them (`mechanics.md` 1).

        `wholes` is what the vault says of those who were ever merged. Times are taken after the lock; a merge that this service has not
        applied is applied then, before anything else. `events` are remembered with it; those that were new are the answer.
        """
        wanted = set(people)
        claimed = await claim(self.connection, wanted, wholes or {}, events) if wanted or events else None
        self.now = self._clock.now()
        self.recorded_at = technical_now()
        if claimed is None:
            return frozenset()
        self._claimed.update(claimed.survivors)
        self._blocked.update(claimed.blocked)
        if claimed.merged:
            await self._merge(self, claimed.merged)
        return claimed.fresh

    async def meet(self, whole: Whole) -> PersonId:
        """The survivor, for a door that only reads: locked where a merge may have to be applied first, and nobody else."""
        if whole.merge_number:
            await self.take([whole.person_id], {whole.person_id: whole})
        return whole.person_id

    def claim(self, people: Iterable[PersonId]) -> Mapping[PersonId, PersonId]:
        """Each person's surviving id.

        Raises:
            OutsideClaim: the edge did not lock one of them; `take` at the edge is the only way in.
        """
        wanted = list(people)
        outside = [person for person in wanted if person not in self._claimed]
        if outside:
            raise OutsideClaim(len(outside))
        return {person: self._claimed[person] for person in wanted}

    def blocked(self, person: PersonId) -> bool:
        """Whether an earlier record of this person is parked here, so that later ones wait behind it."""
        return self._claimed.get(person, person) in self._blocked

    # -- what leaves with the commit

    def publish(self, events: Iterable[Event]) -> None:
        """Announce events with the commit; their form is checked now, their protocol when the unit is flushed.

        Raises:
            EventTooLarge: an event would not fit in a record.
        """
        for event in events:
            cause = self.causes.get(event.key) if event.key is not None else None
            self._events.append(outbox.announce(event, self.now, cause, self.correlation_id, testmode=self._testmode))

    def schedule(self, timers: Iterable[Timer]) -> None:
        """Set timers with the commit; one of the same kind and subject is replaced."""
        self._timers.update({(timer.kind, timer.subject): timer for timer in timers})

    def cancel(self, kind: str, subjects: Iterable[str | UUID]) -> None:
        """Remove timers with the commit, also those this unit scheduled before; one that does not exist is no error."""
        for key in [(kind, str(subject)) for subject in subjects]:
            self._timers.pop(key, None)
            self._cancelled.add(key)

    def wake_after_commit(self, wake: Wake) -> None:
        """Wake a loop of the service's own once what this unit wrote for it is there to be seen."""
        self.wakes.add(wake)

    async def flush(self) -> None:
        """Write what was announced, scheduled and cancelled; the edge calls it last, once."""
        admitted = await outbox.admitted(self.connection, self.protocols, local_date(self.now), self._events) if self._events else ()
        removed = self._cancelled - self._timers.keys()
        if removed or self._timers or admitted:
            self._later.append(leaving.leave(removed, self._timers.values(), admitted))
        await self._catch_up()

    @property
    def announced(self) -> int:
        """Events this unit will put on the bus."""
        return len(self._events)

    @property
    def soonest(self) -> datetime | None:
        """When the first timer of this unit is due."""
        return min((timer.due_at for timer in self._timers.values()), default=None)


class Units:
    """Opens units of work on a service's own database and wakes its loops after each commit."""

    def __init__(
        self,
        database: Database,
        clock: BusinessClock,
        protocols: ProtocolRows,
        resources: Mapping[type, object],
        *,
        testmode: bool,
        merge: Merge = nothing_to_merge,
    ) -> None:
        self.database = database
        self.clock = clock
        self.protocols = protocols
        self.resources = resources
        self.testmode = testmode
        self.merge = merge
        self.outbox_wake = Wake()
        self.timer_wake = Wake()

    @asynccontextmanager
    async def open(self, correlation_id: str | None = None) -> AsyncIterator[UnitOfWork]:
        """One unit: flushed and committed when the block ends, undone when it raises.

        Raises:
            DatabaseUnavailable: infrastructure failed; the unit may be repeated.
        """
        await self.protocols.refresh(self.database)
        async with self.database.transaction() as connection:
            uow = UnitOfWork(connection, self.clock, self.protocols, self.resources, testmode=self.testmode, merge=self.merge)
            uow.correlation_id = correlation_id
            yield uow
            await uow.flush()
        # NOTIFY inside the transaction would serialise all commits of the cluster (`mechanics.md` 8): wake in-process, after it.
        if uow.announced:
            self.outbox_wake.set()
        if (soonest := uow.soonest) is not None and soonest - uow.now < TIMERS_SEEN_WITHIN:
            self.timer_wake.set()
        for wake in uow.wakes:
            wake.set()
