"""A hub that lasts: embedded PostgreSQL on this machine's disk, every service in a process of its own, files through the bulk doors."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from devkit import ground
from devkit.fleet import Fleet, fleet_at_work
from devkit.home import Addresses, Home
from devkit.partners import Partner, Partners
from devkit.population import Fact
from devkit.sandbox.inner import inner_doors
from devkit.sandbox_client import SandboxClient

_API = {"vdab": "registration", "education": "educationFeed", "agii": "integrationFeed", "atlas": "integrationFeed"}
_AT_ONCE = 16
_LINES_A_PIECE = 250
REST_S = 600.0


@dataclass(frozen=True, slots=True)
class World:
    """A hub in processes of its own, and who talks to it."""

    fleet: Fleet
    addresses: Addresses
    partners: Partners
    sandbox: SandboxClient

    async def send(self, facts: Iterable[Fact]) -> None:
        """Each fact by itself, some at a time."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(fact: Fact) -> None:
            async with gate:
                await self.partners[fact.client].send(fact.method, fact.path, fact.json)

        await asyncio.gather(*map(one, facts))

    async def file(self, client: str, lines: Sequence[bytes]) -> Counter[str]:
        """All of these in one body; the number of lines by result."""
        api, partner = _API[client], self.partners[client]
        batch = await partner.stream(f"/{api}/v1/factBatches", in_pieces(lines))
        return await results(partner, batch["href"])

    async def file_facts(self, facts: Sequence[Fact]) -> Counter[str]:
        """A file for each client; the number of lines by result."""
        found: Counter[str] = Counter()
        for client in _API:
            if lines := [fact.encoded for fact in facts if fact.client == client]:
                found += await self.file(client, lines)
        return found

    async def counted(self) -> Mapping[str, int]:
        """What all services have counted since they were started, together."""
        async with inner_doors(self.addresses.services, self.fleet.ground.home.keys) as doors:
            return sum([Counter(dict((await door.snapshot()).counters)) for door in doors], Counter[str]())


async def results(partner: Partner, href: str) -> Counter[str]:
    """What became of the lines of a batch, counted."""
    return Counter(json.loads(line)["result"] for line in (await partner.get_bytes(f"{href}/results")).splitlines())


async def in_pieces(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    """A body as it is sent."""
    for at in range(0, len(lines), _LINES_A_PIECE):
        yield b"".join(lines[at : at + _LINES_A_PIECE])


@asynccontextmanager
async def world_at(folder: Path, day: date, kafka: str | None = None) -> AsyncIterator[World]:
    """Lay the ground in a folder, start every service, and let it be the morning of that day."""
    home = Home(folder)
    try:
        laid = await ground.lay(home, kafka=kafka)
        async with AsyncExitStack() as stack:
            fleet, addresses = await stack.enter_async_context(fleet_at_work(laid))
            partners = await stack.enter_async_context(Partners(addresses, home.keys))
            sandbox = await stack.enter_async_context(SandboxClient(addresses.sandbox))
            await sandbox.morning_of(day)
            yield World(fleet, addresses, partners, sandbox)
    finally:
        await asyncio.to_thread(ground.lift, home)
