"""A toy service with events, a table and handlers of its own, on which the chassis is tried."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry
from sqlalchemy import text

from chassis import outbox, schema
from chassis.attempts import Attempts
from chassis.batch import BatchRunner
from chassis.bus.connect import connect
from chassis.bus.port import Bus, Outgoing, TopicSpec
from chassis.bus.postgres.schema import migrate
from chassis.clock import MovableClock
from chassis.consumer import Consumer
from chassis.db import Database
from chassis.errors import Unavailable
from chassis.health import Health
from chassis.http import idempotency_schema
from chassis.merging import Whole
from chassis.protocol_rows import ProtocolRows
from chassis.reader import Reader
from chassis.received import Received
from chassis.redrive import Redrive
from chassis.relay import Relay
from chassis.supervisor import Loop, Supervisor
from chassis.telemetry import Metrics
from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork, Units
from contracts.identifiers import PersonId
from contracts.registry import Event, ServiceName
from devkit.databases import BUS, DatabaseUrls
from tests.support.postgres import Template
from tests.support.tables import create_tables

TOY_SHOP = ServiceName("toyShop", "toy-shop")
SERVICE = "registration"  # whose database and role the shop borrows
FLOW = "registrationToNotification"
START = datetime(2026, 2, 2, 9, tzinfo=UTC)


class Ordered(Event, type="orders.notify.placed", service=TOY_SHOP):
    """A toy was ordered; `manner` says how the handler behaves."""

    person_id: PersonId
    number: int
    manner: str = "well"


class Stopped(Event, type="orders.notify.stopped", service=TOY_SHOP):
    """A stop, which passes what is parked."""

    person_id: PersonId
    number: int
    manner: str = "well"


class Answered(Event, type="orders.notify.answered", service=TOY_SHOP):
    """What the handler announces about an order."""

    person_id: PersonId
    number: int


class Shipped(Event, type="orders.notify.shipped", service=TOY_SHOP, flows=(FLOW,)):
    """A toy leaves, under a data protocol."""

    person_id: PersonId
    number: int


class Closed(Event, type="shops.notify.closed", service=TOY_SHOP, keyless=True):
    """About nobody."""

    number: int


_SEEN = text("INSERT INTO seen (person_id, number, type) SELECT * FROM unnest(CAST(:p AS uuid[]), CAST(:n AS int[]), CAST(:t AS text[]))")
on = Consumer("toyShop")
timers = Timers()


@dataclass(slots=True)
class Moods:
    """How the handlers behave now: a manner that is listed here is well again."""

    mended: set[str] = field(default_factory=set)
    calls: list[list[int]] = field(default_factory=list)
    answers: bool = False


async def _note(uow: UnitOfWork, events: Sequence[Received[Any]]) -> None:
    moods = uow.resource(Moods)
    moods.calls.append([event.data.number for event in events])
    for event in events:
        behave(event.data.manner, moods.mended)
    people = uow.claim(event.data.person_id for event in events)
    await uow.execute(
        _SEEN,
        {
            "p": [people[event.data.person_id] for event in events],
            "n": [event.data.number for event in events],
            "t": [type(event.data).__name__ for event in events],
        },
    )
    if moods.answers:
        uow.publish(Answered(person_id=people[event.data.person_id], number=event.data.number) for event in events)


def behave(manner: str, mended: set[str]) -> None:
    """Do as an event or a timer says."""
    if manner in mended:
        return
    if manner == "badly":
        raise ValueError(manner)
    if manner == "outage":
        raise Unavailable(manner)
    if manner == "deadly":
        os._exit(9)


@on(Ordered)
async def ordered(uow: UnitOfWork, events: Sequence[Received[Ordered]]) -> None:
    """Note it."""
    await _note(uow, events)


@on(Stopped, passes_parked=True)
async def stopped(uow: UnitOfWork, events: Sequence[Received[Stopped]]) -> None:
    """Note it."""
    await _note(uow, events)


@timers.on("ring")
async def ring(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Note it."""
    uow.resource(Moods).calls.append([int(item.subject) for item in due])
    for item in due:
        behave(str(item.payload.get("manner", "well")), uow.resource(Moods).mended)
    people = uow.claim(item.person_id for item in due)
    params = {"p": [people[item.person_id] for item in due], "n": [int(item.subject) for item in due], "t": ["ring"] * len(due)}
    await uow.execute(_SEEN, params)


async def _prepare(urls: DatabaseUrls) -> None:
    await create_tables(urls.owner(SERVICE), schema.metadata, idempotency_schema.metadata)
    owner = Database(urls.owner(SERVICE), "owner", pool_size=1)
    async with owner.transaction() as connection:
        await connection.execute(
            text("""
            CREATE TABLE seen (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id uuid NOT NULL, number int NOT NULL,
                               type text NOT NULL, CHECK (number <> 666))
            """)
        )
    await owner.close()
    await migrate(urls.owner(BUS))


SHOP = Template("toy_shop", _prepare)


async def declare(bus: Bus) -> None:
    """Make the shop's topic."""
    await bus.ensure_topics([TopicSpec(TOY_SHOP.topic, 6)])


@dataclass(slots=True)
class Shop:
    """The toy service at hand; several are several processes of it, each with its own connections."""

    urls: DatabaseUrls
    database: Database
    bus: Bus
    clock: MovableClock
    units: Units
    survivors: dict[PersonId, PersonId] = field(default_factory=dict)
    moods: Moods = field(default_factory=Moods)
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=lambda: Metrics("toyShop", CollectorRegistry()))

    async def merged(self, people: Sequence[PersonId]) -> Mapping[PersonId, Whole]:
        """As a vault would answer."""
        absorbed: dict[PersonId, set[PersonId]] = {}
        for one, survivor in self.survivors.items():
            absorbed.setdefault(survivor, set()).add(one)
        leads = {person: self.survivors.get(person, person) for person in people}
        return {person: Whole(lead, frozenset(absorbed[lead]), len(absorbed[lead])) for person, lead in leads.items() if lead in absorbed}

    @property
    def runner(self) -> BatchRunner:
        """Brings records to the handlers."""
        return BatchRunner(on, self.units, self.metrics, self.merged)

    @property
    def redrive(self) -> Redrive:
        """The way back for parked records."""
        return Redrive(self.units, self.runner)

    @property
    def relay(self) -> Relay:
        """Carries the outbox to the bus."""
        return Relay(self.database, self.bus, self.units.outbox_wake, self.health, self.metrics)

    def reader(self, *, instance: str = "1", batch: int = 500) -> Reader:
        """Reads the bus."""
        attempts = Attempts(self.database)
        return Reader(on, self.runner, self.bus, attempts, self.health, self.metrics, instance=instance, batch=batch, linger_s=0)

    @asynccontextmanager
    async def keeping(self, **loops: Loop) -> AsyncIterator[Supervisor]:
        """Keep these loops running as a service does."""
        supervisor = Supervisor(self.health, self.metrics)
        for name, loop in loops.items():
            supervisor.start(name, loop)
        try:
            yield supervisor
        finally:
            await supervisor.stop()

    async def put(self, *events: Event) -> None:
        """Put events on the bus, as their producer would."""
        said = [outbox.announce(event, START, None, None, testmode=True) for event in events]
        await self.put_raw(*((one.key, one.value) for one in said))

    async def put_raw(self, *records: tuple[bytes, bytes]) -> None:
        """Put keys and values on the bus."""
        producer = await self.bus.producer()
        await producer.publish([Outgoing(TOY_SHOP.topic, key, value) for key, value in records])
        await producer.close()

    async def rows(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(statement), params)]

    async def numbers(self, person: UUID | None = None) -> list[int]:
        """The numbers whose effect is there, in the order in which they came about."""
        rows = await self.rows("SELECT number FROM seen WHERE CAST(:p AS uuid) IS NULL OR person_id = :p ORDER BY id", p=person)
        return [number for (number,) in rows]

    async def parked(self) -> list[tuple[str, int | None]]:
        """Cause of each open parked record with its number."""
        rows = await self.rows("SELECT cause, value FROM parked WHERE state = 'open' ORDER BY number")
        return [(cause, number_in(value)) for cause, value in rows]

    async def parked_id(self, number: int) -> UUID:
        """The id of the open parked record of this number."""
        [found] = [
            found for found, value in await self.rows("SELECT id, value FROM parked WHERE state = 'open'") if number_in(value) == number
        ]
        return UUID(str(found))


def number_in(value: bytes) -> int | None:
    """The number in an event's bytes."""
    _, found, rest = value.partition(b'"number":')
    return int(rest.partition(b"}")[0].partition(b",")[0]) if found else None


def somebody(count: int = 1) -> list[PersonId]:
    """New people, in no order."""
    return [PersonId(uuid4()) for _ in range(count)]


@asynccontextmanager
async def open_shop(urls: DatabaseUrls, *, pool_size: int = 8, lock_timeout_s: float = 10.0) -> AsyncIterator[Shop]:
    """One process of the shop."""
    database = Database(urls.own(SERVICE), "toyShop", pool_size=pool_size, lock_timeout_s=lock_timeout_s)
    bus = connect(urls.bus(SERVICE), "toyShop")
    clock = MovableClock(START, 1)
    resources: dict[type, object] = {}
    units = Units(database, clock, ProtocolRows(sandbox=True), resources, testmode=True)
    shop = Shop(urls, database, bus, clock, units)
    resources[Moods] = shop.moods
    try:
        yield shop
    finally:
        await bus.close()
        await database.close()


def live_again_and_again(database: str, bus_url: str) -> None:
    """Start a process of the shop whenever the last one has died, and say so; ends with its process group."""
    while True:
        if (child := os.fork()) == 0:
            asyncio.run(read_until_killed(database, bus_url))
        os.waitpid(child, 0)
        print("died", flush=True)  # noqa: T201 - the test listens


async def read_until_killed(database: str, bus_url: str) -> None:
    """Be a process of the shop that consumes; `deadly` events end it."""
    own = Database(database, "toyShop", pool_size=3)
    resources: dict[type, object] = {Moods: Moods()}
    units = Units(own, MovableClock(START, 1), ProtocolRows(sandbox=True), resources, testmode=True)
    metrics, health = Metrics("toyShop", CollectorRegistry()), Health()
    bus = connect(bus_url, "toyShop")
    reader = Reader(on, BatchRunner(on, units, metrics), bus, Attempts(own), health, metrics, instance="1", batch=500, linger_s=0)
    supervisor = Supervisor(health, metrics)
    supervisor.start("consumer", reader.run)
    await asyncio.Event().wait()
