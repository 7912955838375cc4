"""The three loops as a rival."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import asyncpg

from devkit.processes import free_port
from tests.bench.bare.tables import TABLES
from tests.bench.baseline import Notices, facts, lay, now
from tests.bench.ground import PARTITIONS, Grounds
from tests.bench.posting import at_rate
from tests.bench.processes import running
from tests.bench.rival import Waits

_LOOPS = ("feed", "registration", "notifications")


@dataclass(slots=True)
class BareAtWork:
    """Three processes, and one connection to the first."""

    pids: Mapping[str, int]
    notices: Notices
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    facts: Iterator[tuple[UUID, bytes]]

    async def prepare(self, count: int) -> None:
        """Nothing is known of anybody here."""

    async def burst(self, count: int) -> float:
        """All lines at once."""
        target = await self.notices.count() + count
        body = b"".join(line + b"\n" for _, line in islice(self.facts, count))
        started = now()
        self.writer.write(body)
        await self.writer.drain()
        await self.reader.readexactly(count)
        await self.notices.reached(target)
        return await self.notices.last_at() - started

    async def posts(self, count: int, per_s: float) -> Waits:
        """A line each."""
        target = await self.notices.count() + count
        some = list(islice(self.facts, count))

        async def post(fact: tuple[UUID, bytes]) -> None:
            self.writer.write(fact[1] + b"\n")

        due = await at_rate(some, per_s, post)
        await self.reader.readexactly(count)
        await self.notices.reached(target)

        async def waits() -> list[float]:
            return [at - was_due for at, was_due in zip(await self.notices.times([one for one, _ in some]), due, strict=True)]

        return waits

    async def rest(self) -> None:
        """The last notice is the last thing that happens here."""


@dataclass(slots=True)
class Bare:
    """asyncpg and aiokafka, one statement a batch, no envelope, no sealing."""

    name: str = "bare"
    _grounds: Grounds | None = None
    _url: str = ""
    _facts: Iterator[tuple[UUID, bytes]] = field(default_factory=lambda: facts(0))

    async def lay(self, grounds: Grounds) -> None:
        """Make database and topics."""
        self._grounds = grounds
        self._url = await lay(grounds, "bench_bare", TABLES, ("bare.facts", "bare.registrations"))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[BareAtWork]:
        """Start the loops."""
        assert self._grounds is not None, "lay the ground first"
        port = free_port()
        words = (self._url, self._grounds.kafka.bootstrap, str(PARTITIONS), str(port))
        commands = {name: (f"tests.bench.bare.{name}", *words) for name in _LOOPS}
        async with running(commands, self._grounds.folder / "bare.log") as pids:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            connection = await asyncpg.connect(self._url)
            try:
                yield BareAtWork(pids, Notices(connection), reader, writer, self._facts)
            finally:
                writer.close()
                await connection.close()
