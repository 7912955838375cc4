"""What both baselines share: a database and topics of their own, and a look at the notices they have made."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import orjson

from chassis.bus.connect import connect
from chassis.bus.port import TopicSpec
from chassis.ids import uuid7
from devkit.databases import administering, run
from tests.bench.ground import PARTITIONS, Grounds
from tests.bench.rival import TIMEOUT_S

_LOOK_S = 0.1
_COUNT = "SELECT coalesce(max(n), 0) FROM notice"  # numbered one by one, so that looking costs nothing
_LAST = "SELECT extract(epoch FROM max(noticed_at))::float8 FROM notice"
_TIMES = "SELECT registration_id, extract(epoch FROM noticed_at)::float8 FROM notice WHERE registration_id = ANY($1)"
# Makes a fact 618 bytes long, as in the prototype whose figures the targets come from.
_REMARK = "Trajectbegeleider meldt ondertekening; dossier volledig. " * 3 + "Volgt nog een document."


def facts(first: int) -> Iterator[tuple[UUID, bytes]]:
    """Facts about people one after the other, each its id and its 618 bytes."""
    number = first
    while True:
        fact = {
            "id": str(uuid7()),
            "reference": f"bench-{number:09}-contract",
            "sourceVersion": 1,
            "person": str(uuid7()),
            "familyName": "Zorianyk",
            "givenName": "Oles",
            "birthDate": "1991-04-12",
            "agency": "agii",
            "region": "flanders",
            "signedOn": "2026-01-12",
            "programmeStatus": "running",
            "address": {"street": "Proefstraat", "number": "7", "postCode": "8500", "municipality": "Kortrijk", "nis": "34022"},
            "remark": _REMARK,
        }
        yield UUID(str(fact["id"])), orjson.dumps(fact)
        number += 1


@dataclass(frozen=True, slots=True)
class Notices:
    """The notices a baseline has made; read only."""

    connection: asyncpg.Connection

    async def count(self) -> int:
        """How many."""
        return int(await self.connection.fetchval(_COUNT))

    async def reached(self, count: int) -> None:
        """Wait until there are so many."""
        async with asyncio.timeout(TIMEOUT_S):
            while not await self.count() >= count:
                await asyncio.sleep(_LOOK_S)

    async def last_at(self) -> float:
        """When the last was written, in seconds since the epoch."""
        return float(await self.connection.fetchval(_LAST))

    async def times(self, ids: list[UUID]) -> list[float]:
        """When each of these was written."""
        found = {row[0]: row[1] for row in await self.connection.fetch(_TIMES, ids)}
        return [found[one] for one in ids]


async def lay(grounds: Grounds, database: str, tables: str, topics: tuple[str, ...]) -> str:
    """Make the database with its tables, and the topics; the address of the database."""
    async with administering(grounds.postgres.url()) as server:
        await run(server, "CREATE DATABASE %I", database)
    url = urlunsplit(urlsplit(grounds.postgres.url())._replace(path=f"/{database}"))
    connection = await asyncpg.connect(url)
    await connection.execute(tables)
    await connection.close()
    bus = connect(grounds.kafka.bus, "bench")
    try:
        await bus.ensure_topics([TopicSpec(topic, PARTITIONS) for topic in topics])
    finally:
        await bus.close()
    return url


def now() -> float:
    """The machine's clock, which PostgreSQL reads, too."""
    return time.time()
