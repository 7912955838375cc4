"""A large month arrives in files, is worked off, and arrives once more by mistake."""

import time
from collections import Counter
from datetime import date
from pathlib import Path

import psutil
import pytest

from devkit.population import Fact, newcomers, watermarks
from devkit.population.facts import Contract, Participant, PersonChange
from tests.endure.memory import MB
from tests.endure.report import Report
from tests.endure.world import REST_S, World, world_at

MONTH, DAY = date(2026, 3, 1), date(2026, 4, 1)
PEOPLE = 1500
# A second file of facts that are all known must leave nothing behind in memory (issue A3: growth under 64 MB).
GROWTH_LIMIT = 64 * MB

pytestmark = [pytest.mark.endure, pytest.mark.timeout(1200)]


async def test_a_month_in_files_is_worked_off_and_a_second_time_changes_nothing(report: Report, tmp_path: Path) -> None:
    facts = [fact for person in newcomers(1, PEOPLE, MONTH) for fact in person.facts]
    filed = [fact for fact in facts if isinstance(fact.body, Contract | Participant)]
    with report.section("A month of newcomers in two files, and again") as figures:
        async with world_at(tmp_path, DAY) as world:
            await world.send([*watermarks(DAY), *(fact for fact in facts if isinstance(fact.body, PersonChange))])
            await world.sandbox.settled(REST_S)

            started = time.monotonic()
            first = await world.file_facts(filed)
            taken_s = time.monotonic() - started
            await world.sandbox.settled(REST_S)
            figures.add("people, lines in two files", f"{PEOPLE:,}, {len(filed):,}")
            figures.add("bulk intake, a result for every line", f"{len(filed) / taken_s:,.0f} lines/s")
            figures.add("until nothing is under way: decided, registered, letters handed over", f"{time.monotonic() - started:.1f} s")
            assert first.total() == len(filed)
            assert not first["parked"]

            growth = await a_second_time(world, filed)
            figures.add("the same again: every line a duplicate; largest growth of a process", f"{max(growth.values()) / MB:.1f} MB")
            assert max(growth.values()) < GROWTH_LIMIT


async def a_second_time(world: World, filed: list[Fact]) -> dict[str, int]:
    """Send everything again; the bytes by which each process grew."""
    before = held(world)
    assert await world.file_facts(filed) == Counter(duplicate=len(filed))
    await world.sandbox.settled(REST_S)
    return {name: size - before[name] for name, size in held(world).items()}


def held(world: World) -> dict[str, int]:
    """Bytes each service process holds."""
    return {name: psutil.Process(pid).memory_info().rss for name, pid in world.fleet.pids.items()}
