"""The servers below a hub: ended without warning, or kept away for a while, and back on their data and addresses."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from devkit.databases import BUS, VAULT, DatabaseUrls, administering, run
from tests.support.kafka import Kafka
from tests.support.postgres import Postgres

# A server ends with the thread that started it, so this one lives as long as the process.
_THREAD = ThreadPoolExecutor(1, "servers")


class Server(StrEnum):
    """What a hub stands on."""

    BROKER = "broker"
    POSTGRESQL = "PostgreSQL"


# How each is ended: a crash, or a stop that waits for nobody.
ENDS = {Server.BROKER: (signal.SIGKILL, signal.SIGTERM), Server.POSTGRESQL: (signal.SIGKILL, signal.SIGQUIT)}


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL, and the broker where the bus is Kafka; else the bus is a database of its own there."""

    postgres: Postgres
    kafka: Kafka | None
    urls: DatabaseUrls

    async def restart(self, server: Server, how: signal.Signals) -> None:
        """End a server that way and start it again at once; the rest of the test goes on meanwhile."""
        if server is Server.POSTGRESQL or self.kafka is None:
            await _beside(lambda: self.postgres.restart(how))
        else:
            await self._end_broker(how)
            await _beside(self.kafka.start)

    @asynccontextmanager
    async def without_bus(self) -> AsyncIterator[None]:
        """No bus for as long as the block lasts: the broker crashed, or nobody may enter the database of the bus."""
        if self.kafka is None:
            async with self._without(BUS):
                yield
            return
        await self._end_broker(signal.SIGKILL)
        try:
            yield
        finally:
            await _beside(self.kafka.start)

    @asynccontextmanager
    async def without_vault(self) -> AsyncIterator[None]:
        """Nobody may enter the vault's database for as long as the block lasts."""
        async with self._without(VAULT):
            yield

    async def _end_broker(self, how: signal.Signals) -> None:
        assert self.kafka is not None
        await _beside(self.kafka.kill if how is signal.SIGKILL else self.kafka.stop)

    @asynccontextmanager
    async def _without(self, database: str) -> AsyncIterator[None]:
        name = database + self.urls.suffix
        async with administering(self.postgres.server.url()) as server:
            await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS false", name)
            await run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %L", name)
            try:
                yield
            finally:
                await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS true", name)


async def _beside(block: Callable[[], object]) -> None:
    await asyncio.get_running_loop().run_in_executor(_THREAD, block)
