"""The hub itself as a rival: every service in a process of its own, spoken to at its doors and heard on its topics."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

import httpx

from chassis.clock import technical_now
from chassis.db import Database
from chassis.leader import leadership
from devkit import ground
from devkit.fleet import Fleet, fleet_at_work
from devkit.ground import Ground
from devkit.home import Home
from devkit.partners import Partners
from devkit.population import Fact, watermarks
from devkit.sandbox.inner import InnerDoors, inner_doors
from devkit.sandbox_client import SandboxClient
from services.notifications.carriers import LOOPS, PAPER
from tests.bench.ground import PARTITIONS, Grounds
from tests.bench.people import Newcomer, newcomers
from tests.bench.posting import at_rate
from tests.bench.rival import TIMEOUT_S, Waits
from tests.bench.tail import Tail, tail

_LOOK_S = 0.1
_AT_ONCE = 8
# Within the term, whatever day this is run on.
_SIGNED_ON = technical_now().date() - timedelta(days=1)


@dataclass(slots=True)
class HubAtWork:
    """A fleet of service processes, its partners, and a reader of its notices."""

    fleet: Fleet
    partners: Partners
    inside: Sequence[InnerDoors]
    tail: Tail
    http: httpx.AsyncClient
    people: Iterator[Newcomer]
    ready: list[Newcomer] = field(default_factory=list)

    @property
    def pids(self) -> Mapping[str, int]:
        """Its service processes by name."""
        return dict(self.fleet._pids)

    async def prepare(self, count: int) -> None:
        """The registers and the agency tell of so many people; they settle before anything is timed."""
        people = list(islice(self.people, count))
        async with asyncio.TaskGroup() as files:
            files.create_task(self._file("vdab", "registration", [person.residence for person in people]))
            files.create_task(self._file("agii", "integrationFeed", [person.participant for person in people]))
        self.ready += people
        await self.rest()

    async def burst(self, count: int) -> float:
        """One file of contracts; until the last notice is seen on the topic, one hop later than it was committed."""
        people, before = self._take(count), len(self.tail.seen)
        clock = asyncio.get_running_loop().time
        started = clock()
        await self._file("agii", "integrationFeed", [person.contract for person in people])
        await self.tail.reached(before + count, TIMEOUT_S)
        return clock() - started

    async def posts(self, count: int, per_s: float) -> Waits:
        """A PUT each; what tells the notices apart is asked afterwards, at the door that finds a person's notices."""
        people, before = self._take(count), len(self.tail.seen)
        token = await self.partners["agii"].token()
        url, headers = self.fleet.urls["integration_feed"], {"Authorization": f"Bearer {token}"}

        async def put(person: Newcomer) -> None:
            response = await self.http.put(url + person.contract.path, json=person.contract.json, headers=headers)
            response.raise_for_status()

        due = await at_rate(people, per_s, put)
        await self.tail.reached(before + count, TIMEOUT_S)

        async def waits() -> list[float]:
            seen, notices = self.tail.by_notice(), await self._notices(people)
            return [seen[notice] - at for notice, at in zip(notices, due, strict=True)]

        return waits

    async def rest(self) -> None:
        """Nobody is busy and nothing is counted any more; letters are not printed here, so their dispatchers do not count."""
        async with asyncio.timeout(TIMEOUT_S):
            while not await self._at_rest():
                await asyncio.sleep(_LOOK_S)

    async def _at_rest(self) -> bool:
        first, second = await self._look(), await self._look()
        return first == second and not any(busy for _, busy in second)

    async def _look(self) -> Sequence[tuple[Mapping[str, int], frozenset[str]]]:
        looks = [await door.snapshot() for door in self.inside]
        return [(look.counters, frozenset(look.busy).difference(LOOPS)) for look in looks]

    def _take(self, count: int) -> list[Newcomer]:
        taken, self.ready = self.ready[:count], self.ready[count:]
        assert len(taken) == count, "prepare more people first"
        return taken

    async def _file(self, client: str, door: str, facts: Sequence[Fact]) -> None:
        lines = b"".join(fact.encoded for fact in facts)
        batch = await self.partners[client].stream(f"/{door}/v1/factBatches", _pieces(lines))
        results = (await self.partners[client].get(batch["href"]))["results"]
        assert results == {"accepted": len(facts)}, f"{client}: {len(facts)} lines, {results}"

    async def _notices(self, people: Sequence[Newcomer]) -> list[str]:
        operator, gate = self.partners["operator1"], asyncio.Semaphore(_AT_ONCE)

        async def of(person: Newcomer) -> str:
            async with gate:
                [notice] = (await operator.post("/notification/v1/notices/query", {"ssin": person.ssin}))["items"]
                return str(notice["id"])

        return list(await asyncio.gather(*map(of, people)))


@dataclass(slots=True)
class Hub:
    """The hub; its databases stay over the runs, its processes begin anew in each."""

    name: str = "hub"
    printing: bool = False
    _laid: Ground | None = None
    _kafka: str = ""
    _people: Iterator[Newcomer] = field(default_factory=lambda: newcomers(0, 900_000, _SIGNED_ON))

    async def lay(self, grounds: Grounds) -> None:
        """Make databases, keys and topics."""
        self._kafka = grounds.kafka.bootstrap
        self._laid = await ground.lay(Home(grounds.folder), kafka=grounds.kafka.bus)
        assert self._laid.partitions == PARTITIONS

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[HubAtWork]:
        """Start every service; the sources are complete up to today."""
        assert self._laid is not None, "lay the ground first"
        async with AsyncExitStack() as stack:
            if not self.printing:
                await stack.enter_async_context(_nobody_prints(self._laid))
            fleet, addresses = await stack.enter_async_context(fleet_at_work(self._laid))
            keys = self._laid.home.keys
            partners = await stack.enter_async_context(Partners(addresses, keys))
            inside = await stack.enter_async_context(inner_doors(addresses.services, keys))
            sandbox = await stack.enter_async_context(SandboxClient(addresses.sandbox))
            today = (await sandbox.now()).date()
            for fact in watermarks(today):
                await partners[fact.client].send(fact.method, fact.path, fact.json)
            seen = await stack.enter_async_context(tail(self._kafka, PARTITIONS))
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=60.0))
            yield HubAtWork(fleet, partners, inside, seen, http, self._people)


@asynccontextmanager
async def _nobody_prints(laid: Ground) -> AsyncIterator[None]:
    """Lead the dispatcher of paper from here, and do nothing: the journey ends at the committed intent, printing comes after."""
    database = Database(laid.urls.own("notifications"), "bench", pool_size=2)
    try:
        async with leadership(database, PAPER) as connection:
            assert connection is not None
            yield
    finally:
        await database.close()


async def _pieces(body: bytes, size: int = 256 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
