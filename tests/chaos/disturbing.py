"""Ends services and servers while the load goes on, by a plan that a seed repeats, and starts each again at once."""

import asyncio
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from devkit.errors import DidNotStart
from devkit.recipes import SERVICES
from tests.chaos.load import Load
from tests.chaos.servers import ENDS, Server
from tests.chaos.stage import Stage
from tests.support.told import Tell


@dataclass(frozen=True, slots=True)
class Kill:
    """Which service dies by `kill -9` once so many facts are accepted."""

    after: int
    service: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Which server ends that way, and is started again, once so many facts are accepted."""

    after: int
    server: Server
    how: signal.Signals


Disturbance = Kill | Restart
# Nothing waits this long in a healthy run; a broker that crashed starts within seconds, on a busy machine within a minute.
_PATIENCE_S = 180.0


def plan(chance: random.Random, kills: int, restarts: Sequence[Server], facts: int) -> list[Disturbance]:
    """Disturbances at random moments of a load; each service dies at least once, and a tenth of the load comes after the last one.

    Restarts keep to their share of the load, so that two of them do not meet.
    """
    victims = [*SERVICES, *chance.choices(SERVICES, k=kills - len(SERVICES))]
    chance.shuffle(victims)
    first, last = facts // 20, facts - facts // 10
    found: list[Disturbance] = [Kill(chance.randrange(first, last), service) for service in victims]
    share = (last - first) // max(len(restarts), 1)
    for number, server in enumerate(restarts):
        after = first + number * share + chance.randrange(share // 2)
        found.append(Restart(after, server, chance.choice(ENDS[server])))
    return sorted(found, key=lambda one: one.after)


@dataclass(slots=True)
class Disturber:
    """Carries out a plan, and keeps when each service was killed and how long it took to be ready again."""

    stage: Stage
    load: Load
    tell: Tell
    killed_at: list[float] = field(default_factory=list)  # by the machine's clock, as files have it
    restarted_at: list[float] = field(default_factory=list)
    ready_s: list[float] = field(default_factory=list)
    restart_s: list[float] = field(default_factory=list)
    _one_restart: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_started: int = 0  # lives that ended while they began, because a server was away

    async def carry_out(self, disturbances: Sequence[Disturbance]) -> None:
        """Do as planned, and wait until everything is ready again."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as recoveries:
            for number, one in enumerate(disturbances, 1):
                await self.load.reached(one.after)
                what = f"kill -9 {one.service}" if isinstance(one, Kill) else f"restart {one.server} by {one.how.name}"
                at = f"{time.monotonic() - started:6.1f} s  {number:3}/{len(disturbances)}"
                self.tell(f"{at}  {what:<30} {self.load.accepted} facts accepted")
                if isinstance(one, Kill):
                    self._kill(one.service)
                    recoveries.create_task(self._recovery(one.service))
                else:
                    recoveries.create_task(self._restart(one))
        assert all(map(self.stage.fleet.runs, SERVICES)), "a service that was not killed is gone"

    def _kill(self, service: str) -> None:
        self.killed_at.append(time.time())
        self.stage.fleet.kill(service)
        self.stage.fleet.start(service)

    async def _restart(self, one: Restart) -> None:
        async with self._one_restart:
            self.restarted_at.append(time.time())
            started = time.monotonic()
            await self.stage.servers.restart(one.server, one.how)
            self.restart_s.append(time.monotonic() - started)

    async def _recovery(self, service: str) -> None:
        """Wait until it is ready, which without a broker it is not; where it found no database it ended, and is started once more."""
        fleet, started = self.stage.fleet, time.monotonic()
        while True:
            try:
                await fleet.ready(service)
            except DidNotStart:
                if time.monotonic() - started > _PATIENCE_S:
                    raise
                if not fleet.runs(service):
                    self.not_started += 1
                    fleet.start(service)
            else:
                self.ready_s.append(time.monotonic() - started)
                return
