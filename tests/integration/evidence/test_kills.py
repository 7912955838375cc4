"""Kills between and within the steps of a round: nothing forks, nothing is lost, nothing is covered before it is published."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from proof.checkpoints import Checkpoint
from tests.integration.evidence.house import House, until
from tests.support.figures import Figure, Guarantee


@asynccontextmanager
async def process(house: House, step: str = "never", rounds: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sequencer in a process of its own; killed at the end, if it still lives."""
    arguments = [house.urls.own("notifications"), str(house.keys), str(house.store_folder), step, str(rounds)]
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.dying_sequencer", *arguments)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def test_m25_killed_between_commit_and_publication_nothing_is_covered_and_the_next_start_completes_it(house: House) -> None:
    intents = await house.record(house.event(0), house.event(1))
    async with process(house, "before", rounds=2) as child:  # the first round is the genesis
        assert await child.wait() == -9
    [(committed,)] = await house.rows("SELECT max(size) FROM log_checkpoint")
    assert (committed, house.published_size()) == (3, 1)
    assert await house.covered(intents) == frozenset()
    async with house.sequencing():
        await house.until_covered(intents)
    assert house.published_size() == 3
    assert await house.check_log() == 3


async def test_m25_killed_after_publication_before_its_mark_the_next_start_marks_it(house: House) -> None:
    intents = await house.record(house.event(0))
    async with process(house, "after", rounds=2) as child:
        assert await child.wait() == -9
    assert house.published_size() == 2
    assert await house.covered(intents) == frozenset()  # late, never early
    async with house.sequencing():
        await house.until_covered(intents)
    assert await house.check_log() == 2


@dataclass(slots=True)
class Load:
    """Writers, and a witness who remembers everything that was published at any time."""

    house: House
    recorded: list[UUID] = field(default_factory=list)
    seen: list[Checkpoint] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, person: int) -> None:
        while not self.done.is_set():
            self.recorded.extend(await self.house.record(*(self.house.event(person) for _ in range(5))))
            while not self.done.is_set() and len(self.recorded) > self.house.published_size() + 200:
                await asyncio.sleep(0.01)  # leave the processor to the one that has to catch up

    async def watch(self) -> None:
        store = self.house.second()
        while not self.done.is_set():
            latest = await asyncio.to_thread(store.latest)
            if latest is not None and latest not in self.seen[-1:]:
                self.seen.append(latest)
            await asyncio.sleep(0.002)

    async def grown_beyond(self, size: int) -> None:
        async def grown() -> bool:
            return self.house.published_size() > size

        await until(grown)


@pytest.mark.slow
async def test_m27_killed_at_random_under_load_the_log_never_forks_and_loses_nothing(house: House, figure: Figure) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    load = Load(house)
    async with asyncio.TaskGroup() as group:
        for person in range(2):
            group.create_task(load.write(person))
        group.create_task(load.watch())
        for _ in range(5):
            async with process(house) as child:
                await load.grown_beyond(house.published_size())
                await load.grown_beyond(house.published_size() + chance.randrange(60))
                child.kill()
        load.done.set()
    async with house.sequencing():
        await house.until_covered(load.recorded)
    assert await house.check_log(load.seen) == len(load.recorded) + 1, f"seed {seed}"
    assert len(load.seen) > 5
    found = f"{len(load.seen)} checkpoints seen on the way are all states of the log of {len(load.recorded) + 1} entries"
    figure(Guarantee.HISTORY, f"5 kills of the sequencer: {found}")
