"""What the services hold does not grow with the events they handle."""

import asyncio
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from devkit.population import Newcomer, newcomers, watermarks
from tests.endure.memory import MB, Memory
from tests.endure.report import Report
from tests.endure.world import REST_S, World, world_at

pytestmark = [pytest.mark.endure, pytest.mark.timeout(2400)]

EVENTS = 200_000
MONTH, DAY = date(2026, 3, 1), date(2026, 4, 1)
_PEOPLE_A_FILE = 1000
# The line through the samples may rise by so much from warm-up to the end: 110 bytes an event. One forgotten record would be more.
_FLAT = 16 * MB


async def test_memory_stays_flat_over_200_000_events(report: Report, tmp_path: Path) -> None:
    people = newcomers(2, 10**6, MONTH)
    with report.section(f"Memory over {EVENTS:,} events") as figures:
        async with world_at(tmp_path, DAY) as world:
            await world.send(watermarks(DAY))
            memory, started, sent = Memory(world.fleet.pids, lambda: consumed(world)), time.monotonic(), 0
            watching = asyncio.create_task(memory.watch())
            while (events := await consumed(world)) < EVENTS:
                sent += await a_file(world, people)
                if sent % (10 * _PEOPLE_A_FILE) == 0:
                    print(f"{time.monotonic() - started:7.1f} s  {sent:,} people, {events:,} events; {memory}", flush=True)  # noqa: T201
            await memory.stop()
            await watching

            taken_s = time.monotonic() - started
            figures.add("newcomers, events handled by all services", f"{sent:,}, {events:,}")
            figures.add("people worked off", f"{sent / taken_s:,.0f} a second, {taken_s:,.0f} s in all")
            rises = {name: memory.growth(name) for name in memory.pids}
            for name, rise in sorted(rises.items()):
                figures.add(
                    f"{name}: rise of the line from warm-up to the end; most beyond warm",
                    f"{rise / MB:.1f}; {memory.most(name) / MB:.1f} MB",
                )
            figures.add("memory of the services afterwards", str(memory))
            assert max(rises.values()) < _FLAT


async def a_file(world: World, people: Iterator[Newcomer]) -> int:
    """Report some more people, and wait until they are worked off; how many."""
    some = list(islice(people, _PEOPLE_A_FILE))
    assert not (await world.file_facts([fact for person in some for fact in person.facts]))["parked"]
    await world.sandbox.settled(REST_S)
    return len(some)


async def consumed(world: World) -> int:
    """Records whose effect is committed, over all services."""
    return (await world.counted())["consumed"]
