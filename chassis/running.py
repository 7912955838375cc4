"""A service at work: started in order, stopped in reverse, alone in its process or beside others."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import uvicorn
import uvloop
from sqlalchemy import select

from chassis import relay, schema
from chassis.attempts import Attempts
from chassis.barrier import Barrier
from chassis.batch import BatchRunner
from chassis.bus.connect import connect
from chassis.bus.errors import BusError
from chassis.bus.topics import declared
from chassis.clock import BusinessClock, MovableClock, RunningClock
from chassis.db import Database
from chassis.health import Health
from chassis.http.app import Doors, build_app
from chassis.http.auth import Authenticator
from chassis.http.clients.issuer import key_source
from chassis.http.jwks import IssuerKeys, KeysUnavailable
from chassis.inner import Inside, router
from chassis.internal_token import internal_token
from chassis.logs import logger
from chassis.measure import Gauges
from chassis.protocol_rows import ProtocolRows
from chassis.pruning import Pruning
from chassis.reader import Reader
from chassis.redrive import Redrive
from chassis.relay import Relay
from chassis.service import Parts, Service
from chassis.settings import Settings
from chassis.supervisor import Supervisor
from chassis.telemetry import Metrics
from chassis.timers import TimerLoop
from chassis.uow import Units

# Longer than clients keep idle connections, so that a request never meets one that is being closed here.
_KEPT_ALIVE_S = 75


async def business_clock(settings: Settings, database: Database) -> BusinessClock:
    """The clock of this mode; a sandbox remembers where it was set."""
    if not settings.sandbox:
        return RunningClock()
    async with database.transaction() as connection:
        row = (await connection.execute(select(schema.business_clock))).one_or_none()
    return MovableClock(row.at, row.generation) if row is not None else MovableClock()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; asyncio switches Nagle's algorithm off only where the protocol is named, and with it each answer waits 40 ms."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    return listening


class Running:
    """One service at work."""

    def __init__(self, service: Service, parts: Parts) -> None:
        self.service = service
        self.parts = parts
        self.port = 0
        self._supervisor = Supervisor(parts.health, parts.metrics)
        self._reader: Reader | None = None
        self._timer_loop: TimerLoop | None = None
        self._relay = Relay(parts.database, parts.bus, parts.units.outbox_wake, parts.health, parts.metrics, bundling=service.bundling)
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where its doors are."""
        return f"http://{self.parts.settings.host}:{self.port}"

    async def start(self) -> None:
        """Refuse keys that are not for this mode, declare topics, start the loops, open the doors.

        Raises:
            DemoKeyRefused: production was pointed at the keys of a sandbox.
            SecretExposed: production found a token that others on the machine can read.
        """
        parts, settings = self.parts, self.parts.settings
        token, issuer = internal_token(settings.keys, production=not settings.sandbox), await self._issuer_keys()
        try:
            await self._declare_topics()
        except BusError:  # facts are accepted all the same; they wait in the outbox
            self._supervisor.start("topics", self._declare_topics)
        furniture = await self.service.furnish(parts)
        parts.resources.update(furniture.resources)
        parts.closers.extend(furniture.close)
        runner = None
        if self.service.consumer is not None:
            runner = BatchRunner(self.service.consumer, parts.units, parts.metrics, furniture.survivors)
            self._reader = Reader(
                self.service.consumer, runner, parts.bus, Attempts(parts.database), parts.health, parts.metrics,
                instance=settings.instance, batch=settings.consumer_batch, linger_s=settings.consumer_linger_s,
            )  # fmt: skip
            self._supervisor.start("consumer", self._reader.run)
        if self.service.timers is not None:
            self._timer_loop = TimerLoop(
                self.service.timers, parts.units, parts.clock, parts.units.timer_wake, parts.health, parts.metrics, furniture.survivors,
                barrier=None if self._reader is None else Barrier(self._reader, parts.health),
                grace=timedelta(seconds=settings.timer_grace_s if not settings.sandbox else 0),
            )  # fmt: skip
            self._supervisor.start("timers", self._timer_loop.run)
        self._supervisor.start("relay", self._relay.run)
        self._supervisor.start("gauges", Gauges(parts).run)
        self._supervisor.start("pruning", Pruning(parts).run)
        for name, loop in self.service.loops.items():
            self._supervisor.start(name, loop(parts))
        await self._open_doors(Redrive(parts.units, runner), token, issuer)

    async def _issuer_keys(self) -> IssuerKeys:
        settings = self.parts.settings
        keys = IssuerKeys(key_source(settings.issuer_jwks or str(settings.keys / "issuer.jwks.json")), production=not settings.sandbox)
        try:
            await keys.present()
        except KeysUnavailable as error:  # no token can be judged until they are there; everything else goes on
            logger("service").warning("issuer keys unavailable", service=self.service.name, why=str(error))
        return keys

    async def _declare_topics(self) -> None:
        settings = self.parts.settings
        await self.parts.bus.ensure_topics(declared(settings.topic_partitions, settings.topic_replication))
        self.parts.health.ready("topics")

    async def _open_doors(self, redrive: Redrive, token: str, issuer: IssuerKeys) -> None:
        parts = self.parts
        inside = Inside(
            service=self.service.name,
            token=token,
            units=parts.units,
            redrive=redrive,
            metrics=parts.metrics,
            timer_loop=self._timer_loop,
            busy=self.busy,
            rule_rows=self.service.rule_rows,
            journey=self.service.journey,
            sandbox=parts.settings.sandbox,
        )
        app = build_app(
            Doors(
                service=self.service.name,
                apis=self.service.apis,
                authenticator=Authenticator(issuer, parts.settings.issuer, production=not parts.settings.sandbox),
                units=parts.units,
                health=parts.health,
                metrics=parts.metrics.registry,
                body_limit=parts.settings.body_limit,
                internal=router(inside),
            )
        )
        listening = _listen(parts.settings.host, parts.settings.port)
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=10, timeout_keep_alive=_KEPT_ALIVE_S
        )
        self._server = uvicorn.Server(config)
        # The process' signals belong to whoever runs the services, not to one of several servers.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name=f"{self.service.name} doors")

    async def busy(self) -> list[str]:
        """What of this service is not at rest now."""
        found = []
        if self._reader is not None and await self._reader.behind():
            found.append("consumer")
        if self._timer_loop is not None and await self._timer_loop.busy():
            found.append("timers")
        async with self.parts.database.statement() as connection:
            if await relay.waiting(connection) or not self._relay.idle:
                self.parts.units.outbox_wake.set()  # what the bus acked is deleted at leisure, and at once for whoever asks
                found.append("outbox")
        if self.service.busy is not None:
            found.extend(await self.service.busy(self.parts))
        return found

    async def stop(self) -> None:
        """Close the doors, drain the loops, let go of everything."""
        try:
            if self._server is not None and self._serving is not None:
                self._server.should_exit = True
                await self._serving
        finally:
            await self._supervisor.stop()

    async def doors_closed(self) -> None:
        """Wait until the doors are closed, for whatever reason."""
        if self._serving is not None:
            await asyncio.wait({self._serving})


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[Running]:
    """The service at work for as long as the block lasts."""
    settings = service.settings
    async with AsyncExitStack() as closing:
        # Each loop of the service's own may hold one connection for good, as a leader does; doors, consumer and timers share the rest.
        database = Database(settings.database, service.name, settings.pool_size + len(service.loops))
        closing.push_async_callback(database.close)
        bus = connect(settings.bus, f"{service.name}-{settings.instance}")
        closing.push_async_callback(bus.close)
        clock = await business_clock(settings, database)
        resources: dict[type, object] = {}
        protocols = ProtocolRows(sandbox=settings.sandbox)
        units = Units(database, clock, protocols, resources, testmode=settings.sandbox, merge=service.merge)
        parts = Parts(settings, database, clock, units, bus, Health(), Metrics(service.name), resources)
        closing.push_async_callback(_close_all, parts)
        at_work = Running(service, parts)
        closing.push_async_callback(at_work.stop)
        await at_work.start()
        yield at_work


async def _close_all(parts: Parts) -> None:
    async with AsyncExitStack() as closing:
        for close in parts.closers:
            closing.push_async_callback(close)


def _collect_seldom() -> None:
    """Leave what was loaded once out of every collection, and collect less often: batches make much that needs none.

    With the defaults a fifth of a busy service's time went into looking at the same modules again (`python -m tests.bench --profile`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def run(service: Service) -> None:
    """Run one service in this process until SIGTERM or SIGINT, then drain it; on uvloop, which halves what single events cost."""
    uvloop.run(_until_told(service))


async def _until_told(service: Service) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with running(service) as at_work:
        _collect_seldom()
        logger("service").info("ready", service=service.name, port=at_work.port)
        waiting = {asyncio.create_task(told.wait()), asyncio.create_task(at_work.doors_closed())}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
