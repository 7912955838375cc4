"""Brings the hub to rest, and its clock to an instant by way of everything that is due before (`mechanics.md` 22, 23)."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from devkit.errors import ClockAhead, NotSettled
from devkit.sandbox.inner import InnerDoors, Snapshot

SETTLE_TIMEOUT_S = 60.0
# Between two looks: short to confirm rest, growing while something is under way, because looking takes from the work looked at.
_CONFIRM_S, _FIRST_LOOK_S, _LAST_LOOK_S = 0.01, 0.03, 0.2


class Coordinator:
    """Coordinates the services of one hub through their inner doors."""

    def __init__(self, doors: Sequence[InnerDoors]) -> None:
        self._doors = doors
        self._moving = asyncio.Lock()
        self._at_rest: Mapping[str, Mapping[str, int]] | None = None

    async def settled(self, timeout_s: float = SETTLE_TIMEOUT_S) -> Sequence[Snapshot]:
        """Wait until two snapshots of all services in a row are the same and none is busy; the last one at rest counts as the first.

        Raises:
            NotSettled: that did not happen in time; it names who was busy.
            PeerUnavailable: a service does not answer.
        """
        deadline = time.monotonic() + timeout_s
        before, pause_s = self._at_rest, _FIRST_LOOK_S
        while True:
            seen = await self._look()
            busy = [f"{one.service} {part}" for one in seen for part in one.busy]
            counted = {one.service: one.counters for one in seen}
            if not busy and counted == before:
                self._at_rest = counted
                return seen
            if time.monotonic() > deadline:
                raise NotSettled(busy, timeout_s)
            before = None if busy else counted
            await asyncio.sleep(pause_s if busy else _CONFIRM_S)
            pause_s = min(pause_s * 1.5, _LAST_LOOK_S)

    async def clock(self) -> tuple[datetime, int]:
        """The business instant, and how often the clock was moved."""
        return _clock(await self._look())

    async def now(self) -> datetime:
        """The business instant."""
        return (await self.clock())[0]

    async def advance_to(self, at: datetime) -> None:
        """Step from one due instant of any service to the next, settling at each, and on to `at`.

        The first move of a fresh sandbox may go anywhere: until then its clock follows the machine.

        Raises:
            ClockAhead: the clock stands later than `at`.
        """
        async with self._moving:
            now, generation = _clock(await self.settled())
            if at < now and generation > 0:
                raise ClockAhead(f"the clock stands at {now.isoformat()}; it only goes forward")
            while True:
                generation += 1
                step = await self._next_due(now, at) or at
                await asyncio.gather(*(door.move_clock(step, generation) for door in self._doors))
                await self.settled()
                if step == at:
                    return
                now = step

    async def _next_due(self, after: datetime, until: datetime) -> datetime | None:
        found = await asyncio.gather(*(door.due(until) for door in self._doors))
        return min((instant for instants in found for instant in instants if instant > after), default=None)

    async def _look(self) -> Sequence[Snapshot]:
        return await asyncio.gather(*(door.snapshot() for door in self._doors))


def _clock(seen: Sequence[Snapshot]) -> tuple[datetime, int]:
    return max(one.now for one in seen), max(one.generation for one in seen)
