"""The three idiomatic services as a rival."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.schema import CreateTable

from devkit.processes import free_port
from tests.bench.baseline import Notices, facts, lay, now
from tests.bench.ground import PARTITIONS, Grounds
from tests.bench.idiomatic.models import Table
from tests.bench.posting import at_rate
from tests.bench.processes import running
from tests.bench.rival import Waits

_SERVICES = ("feed", "registration", "notifications")
_AT_ONCE = 16
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class IdiomaticAtWork:
    """Three processes, and a client of the first."""

    pids: Mapping[str, int]
    notices: Notices
    http: httpx.AsyncClient
    facts: Iterator[tuple[UUID, bytes]]

    async def prepare(self, count: int) -> None:
        """Nothing is known of anybody here."""

    async def burst(self, count: int) -> float:
        """A POST each, some at a time: there is no other way in."""
        target, some = await self.notices.count() + count, list(islice(self.facts, count))
        gate, started = asyncio.Semaphore(_AT_ONCE), now()

        async def post(fact: tuple[UUID, bytes]) -> None:
            async with gate:
                await self._post(fact)

        await asyncio.gather(*map(post, some))
        await self.notices.reached(target)
        return await self.notices.last_at() - started

    async def posts(self, count: int, per_s: float) -> Waits:
        """A POST each."""
        target, some = await self.notices.count() + count, list(islice(self.facts, count))
        due = await at_rate(some, per_s, self._post)
        await self.notices.reached(target)

        async def waits() -> list[float]:
            return [at - was_due for at, was_due in zip(await self.notices.times([one for one, _ in some]), due, strict=True)]

        return waits

    async def rest(self) -> None:
        """The last notice is the last thing that happens here."""

    async def _post(self, fact: tuple[UUID, bytes]) -> None:
        response = await self.http.post("/facts", content=fact[1], headers={"Content-Type": "application/json"})
        response.raise_for_status()


@dataclass(slots=True)
class Idiomatic:
    """FastAPI, FastStream and the ORM; at least once, a worker per partition."""

    name: str = "idiomatic"
    _grounds: Grounds | None = None
    _url: str = ""
    _facts: Iterator[tuple[UUID, bytes]] = field(default_factory=lambda: facts(0))

    async def lay(self, grounds: Grounds) -> None:
        """Make database and topics."""
        self._grounds = grounds
        tables = ";\n".join(str(CreateTable(table).compile(dialect=_DIALECT)) for table in Table.metadata.sorted_tables)
        self._url = await lay(grounds, "bench_idiomatic", tables, ("idiomatic.facts", "idiomatic.registrations"))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[IdiomaticAtWork]:
        """Start the services."""
        assert self._grounds is not None, "lay the ground first"
        port = free_port()
        words = (self._url, self._grounds.kafka.bootstrap, str(PARTITIONS), str(port))
        commands = {name: (f"tests.bench.idiomatic.{name}", *words) for name in _SERVICES}
        async with running(commands, self._grounds.folder / "idiomatic.log") as pids:
            connection = await asyncpg.connect(self._url)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60.0) as http:
                yield IdiomaticAtWork(pids, Notices(connection), http, self._facts)
            await connection.close()
