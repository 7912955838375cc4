"""Kills service processes while the load goes on, by a plan that a seed repeats, and starts each again at once."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from devkit.fleet import Fleet
from devkit.recipes import SERVICES
from tests.chaos.load import Load
from tests.support.told import Tell


@dataclass(frozen=True, slots=True)
class Kill:
    """Which service dies once so many facts are accepted."""

    after: int
    service: str


def plan(chance: random.Random, kills: int, facts: int) -> list[Kill]:
    """Kills at random moments of a load; each service dies at least once, and the last kill leaves a tenth of the load to come."""
    victims = [*SERVICES, *chance.choices(SERVICES, k=kills - len(SERVICES))]
    chance.shuffle(victims)
    moments = sorted(chance.sample(range(facts // 20, facts - facts // 10), kills))
    return [Kill(after, service) for after, service in zip(moments, victims, strict=True)]


@dataclass(slots=True)
class Killer:
    """Carries out a plan; `back_s` is how long each killed service took to be ready again."""

    fleet: Fleet
    load: Load
    tell: Tell
    back_s: list[float] = field(default_factory=list)

    async def carry_out(self, kills: Sequence[Kill]) -> None:
        """Kill as planned, and wait until everything is ready again."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as recoveries:
            for number, kill in enumerate(kills, 1):
                await self.load.reached(kill.after)
                self.tell(
                    f"{time.monotonic() - started:6.1f} s  kill -9 {number:3}/{len(kills)} {kill.service:<17} {self.load.accepted} accepted"
                )
                self.fleet.kill(kill.service)
                self.fleet.start(kill.service)
                recoveries.create_task(self._recovery(kill.service))

    async def _recovery(self, service: str) -> None:
        started = time.monotonic()
        await self.fleet.ready(service)
        self.back_s.append(time.monotonic() - started)
