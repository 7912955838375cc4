"""A large month arrives in files, is worked off, and arrives once more by mistake."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import pytest

from devkit import ground
from devkit.fleet import Fleet, fleet_at_work
from devkit.home import Home
from devkit.partners import Partners
from devkit.population import Fact, newcomers, watermarks
from devkit.population.facts import Contract, Participant, PersonChange
from devkit.sandbox_client import SandboxClient
from tests.endure.conftest import Figures

MONTH, DAY = date(2026, 3, 1), date(2026, 4, 1)
PEOPLE = 1500
AT_ONCE = 16
SETTLE_S = 600.0
# A second file of facts that are all known must leave nothing behind in memory (issue A3: growth under 64 MB).
GROWTH_LIMIT = 64 * 1024**2

pytestmark = [pytest.mark.endure, pytest.mark.timeout(3000)]


@dataclass(frozen=True, slots=True)
class World:
    """A hub in processes of its own, and who talks to it."""

    fleet: Fleet
    partners: Partners
    sandbox: SandboxClient

    async def send(self, facts: Sequence[Fact]) -> None:
        """Each fact by itself, some at a time."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(fact: Fact) -> None:
            async with gate:
                await self.partners[fact.client].send(fact.method, fact.path, fact.json)

        await asyncio.gather(*map(one, facts))

    async def file(self, client: str, facts: Sequence[Fact]) -> Counter[str]:
        """All of these in one body; the number of lines by result."""
        batch = await self.partners[client].stream("/integrationFeed/v1/factBatches", _lines(facts))
        results = (await self.partners[client].get_bytes(f"{batch['href']}/results")).splitlines()
        return Counter(json.loads(line)["result"] for line in results)

    def memory(self) -> dict[str, int]:
        """Bytes each service process holds."""
        return {name: psutil.Process(pid).memory_info().rss for name, pid in self.fleet._pids.items()}


async def _lines(facts: Sequence[Fact]) -> AsyncIterator[bytes]:
    for fact in facts:
        yield json.dumps(fact.line, ensure_ascii=False).encode() + b"\n"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Lay the ground, start every service, set the clock to the day after the month."""
    home = Home(tmp_path)
    try:
        laid = await ground.lay(home)
        async with AsyncExitStack() as stack:
            fleet, addresses = await stack.enter_async_context(fleet_at_work(laid))
            partners = await stack.enter_async_context(Partners(addresses, home.keys))
            sandbox = await stack.enter_async_context(SandboxClient(addresses.sandbox))
            await sandbox.morning_of(DAY)
            yield World(fleet, partners, sandbox)
    finally:
        await asyncio.to_thread(ground.lift, home)


async def test_a_month_in_files_is_worked_off_and_a_second_time_changes_nothing(world: World, figures: Figures) -> None:
    facts = [fact for person in newcomers(1, PEOPLE, MONTH) for fact in person.facts]
    files = {
        client: [fact for fact in facts if fact.client == client and isinstance(fact.body, Contract | Participant)]
        for client in ("agii", "atlas")
    }
    lines = sum(map(len, files.values()))
    await world.send([*watermarks(DAY), *(fact for fact in facts if isinstance(fact.body, PersonChange))])
    await world.sandbox.settled(SETTLE_S)

    started = time.monotonic()
    first = sum([await world.file(client, some) for client, some in files.items()], Counter[str]())
    taken_s = time.monotonic() - started
    await world.sandbox.settled(SETTLE_S)
    rest_s = time.monotonic() - started

    assert first.total() == lines
    assert not first["parked"]
    before = world.memory()
    second = sum([await world.file(client, some) for client, some in files.items()], Counter[str]())
    await world.sandbox.settled(SETTLE_S)
    growth = {name: size - before[name] for name, size in world.memory().items()}

    assert second == Counter(duplicate=lines)
    assert max(growth.values()) < GROWTH_LIMIT
    figures.add("people, lines in two files", f"{PEOPLE:,}, {lines:,}")
    figures.add("bulk intake, a result for every line", f"{lines / taken_s:,.0f} lines/s")
    figures.add("until nothing is under way: decided, registered, letters frozen and handed over", f"{rest_s:.1f} s")
    figures.add("the same files again: every line a duplicate; largest growth of a process", f"{max(growth.values()) / 1024**2:.1f} MB")
    figures.add(
        "memory of the services afterwards", ", ".join(f"{name} {size / 1024**2:.0f} MB" for name, size in sorted(world.memory().items()))
    )
