"""One consumer batch as a unit of work; a batch that fails is split until the culprit stands alone."""

from collections.abc import Mapping, Sequence

from chassis import parking
from chassis.bus.port import Record
from chassis.consumer import Consumer
from chassis.errors import Unavailable
from chassis.logs import logger, short
from chassis.merging import Survivors, Whole, nobody_merged
from chassis.received import Received, Unreadable, by_type, decode, lane, waves
from chassis.telemetry import Metrics
from chassis.uow import UnitOfWork, Units
from contracts.identifiers import PersonId
from contracts.registry import Event


class BatchRunner:
    """Brings batches of records to their handlers."""

    def __init__(self, consumer: Consumer, units: Units, metrics: Metrics, survivors: Survivors = nobody_merged) -> None:
        self._consumer = consumer
        self._units = units
        self._metrics = metrics
        self._survivors = survivors
        self._log = logger("consumer")

    async def run(self, records: Sequence[Record]) -> int:
        """Commit the effect of every record, or park it; returns how many were newly parked.

        Raises:
            Unavailable: infrastructure failed; nothing is parked and the batch is to be repeated whole.
        """
        items = [decode(record, self._consumer.bindings) for record in records]
        unreadable = [item for item in items if isinstance(item, Unreadable)]
        events = [item for item in items if isinstance(item, Received)]
        parked = await self._set_aside([parking.Refused(item.record, item.cause, item.detail) for item in unreadable]) if unreadable else 0
        if events:
            parked += await self._isolate(events)
        return parked

    async def _isolate(self, events: Sequence[Received[Event]]) -> int:
        """Run these; on a failure of the data, halve by person until one stands alone, then record by record. How many were parked."""
        try:
            await self._unit(events)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler dies of
            if len(events) == 1:
                return await self._culprit(events[0], error)
        else:
            return 0
        return sum([await self._isolate(half) for half in await self._halves(events)])

    async def _halves(self, events: Sequence[Received[Event]]) -> Sequence[Sequence[Received[Event]]]:
        """Two halves that share no person; the events of one person one by one, so that each waits for the one before."""
        survivors = _ids(await self._wholes_of(events))
        lanes = [lane(event, survivors) for event in events]
        if len(set(lanes)) == 1:
            return [[event] for event in events]
        first = set(list(dict.fromkeys(lanes))[: len(set(lanes)) // 2])
        halves: tuple[list[Received[Event]], list[Received[Event]]] = ([], [])
        for event, its_lane in zip(events, lanes, strict=True):
            halves[its_lane not in first].append(event)
        return halves

    async def _wholes_of(self, events: Sequence[Received[Event]]) -> Mapping[PersonId, Whole]:
        people = _keys(events)
        return await self._survivors(people) if people else {}

    async def _culprit(self, event: Received[Event], error: Exception) -> int:
        cause = type(error).__name__
        self._log.warning("record parked", event_type=event.data.event_type, event_id=short(event.id), cause=cause)
        return await self._park_event(event, "failed", f"{cause} in {self._consumer.group}")

    async def _park_event(self, event: Received[Event], cause: str, detail: str) -> int:
        survivors = _ids(await self._wholes_of([event]))
        return await self._set_aside([_refused(event, cause, detail, survivors)], remember=event)

    async def park(self, records: Sequence[Record], cause: str, detail: str) -> int:
        """Set records aside without handling them."""
        parked = 0
        for item in map(decode, records):
            if isinstance(item, Unreadable):
                parked += await self._set_aside([parking.Refused(item.record, cause, detail)])
            else:
                parked += await self._park_event(item, cause, detail)
        return parked

    async def _set_aside(self, refused: Sequence[parking.Refused], remember: Received[Event] | None = None) -> int:
        async with self._units.open() as uow:
            if remember is not None and not await uow.take((), events=[remember.id]):
                return 0
            parked = await parking.park(uow.connection, refused)
        self._metrics.count("parked", parked)
        return parked

    async def _unit(self, events: Sequence[Received[Event]]) -> None:
        people, wholes = _keys(events), await self._wholes_of(events)
        async with self._units.open() as uow:
            fresh = set(await uow.take(people, wholes, [event.id for event in events]))
            survivors = uow.claim(people)
            new = []
            for event in events:
                if event.id in fresh:
                    fresh.discard(event.id)
                    new.append(event)
            waiting = [event for event in new if self._waits(uow, event)]
            parked = await parking.park(
                uow.connection,
                [_refused(event, parking.WAITING, "an earlier record of this person is parked", survivors) for event in waiting],
            )
            held = {event.id for event in waiting}
            await self.handle(uow, [event for event in new if event.id not in held], survivors)
        self._metrics.count("consumed", len(new))
        self._metrics.count("repeated", len(events) - len(new))
        self._metrics.count("parked", parked)

    def _waits(self, uow: UnitOfWork, event: Received[Event]) -> bool:
        person = event.key
        return person is not None and uow.blocked(person) and not self._consumer.bindings[type(event.data)].passes_parked

    async def again(self, uow: UnitOfWork, event: Received[Event]) -> None:
        """Handle one parked event in an open unit; the inbox does not count (`mechanics.md` 9)."""
        people = _keys([event])
        await uow.take(people, await self._wholes_of([event]))
        if type(event.data) in self._consumer.bindings:
            await self.handle(uow, [event], uow.claim(people))

    async def handle(self, uow: UnitOfWork, events: Sequence[Received[Event]], survivors: Mapping[PersonId, PersonId]) -> None:
        """Wave by wave, type by type, inside an open unit whose people are claimed."""
        for wave in waves(events, survivors):
            causes = {event.key: event.cause for event in wave if event.key is not None}
            uow.causes = {survivors.get(person, person): cause for person, cause in causes.items()} | causes
            for event_class, group in by_type(wave).items():
                await self._consumer.bindings[event_class].handle(uow, group)


def _keys(events: Sequence[Received[Event]]) -> Sequence[PersonId]:
    return [event.key for event in events if event.key is not None]


def _ids(wholes: Mapping[PersonId, Whole]) -> Mapping[PersonId, PersonId]:
    return {person: whole.person_id for person, whole in wholes.items()}


def _refused(event: Received[Event], cause: str, detail: str, survivors: Mapping[PersonId, PersonId]) -> parking.Refused:
    person = None if event.key is None else survivors.get(event.key, event.key)
    return parking.Refused(event.record, cause, detail, person, event.id, event.data.event_type)
