"""Holds back due timers until the service has read what stood on the bus when they came due (`mechanics.md` 24)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from chassis.bus.errors import BusError
from chassis.bus.port import TopicPartition
from chassis.health import Health
from chassis.logs import logger

_FIRST_LOOK_S: Final = 0.01
_LAST_LOOK_S: Final = 0.5
# Longer than this and somebody should look at the consumer; the timers wait all the same, for a decision on old facts may be wrong.
_WORRY_S: Final = 30.0


class Reading(Protocol):
    """How far a consumer group has come."""

    async def ends(self) -> Mapping[TopicPartition, int]:
        """Where the topics end now."""

    async def standing(self) -> Mapping[TopicPartition, int]:
        """Where the group stands now."""


class Barrier:
    """Remembers up to which due instant the service is known to have caught up, so that a burst of timers asks the bus once."""

    def __init__(self, reading: Reading, health: Health) -> None:
        self._reading = reading
        self._health = health
        self._passed: datetime | None = None
        self._log = logger("timers")

    async def passed(self, due_at: datetime, now: datetime) -> None:
        """Return once everything that stood on the bus at some moment after `due_at` was read; `now` is the business time of asking."""
        if self._passed is not None and due_at <= self._passed:
            return
        ends: Mapping[TopicPartition, int] | None = None
        started, look_s, worried = asyncio.get_running_loop().time(), _FIRST_LOOK_S, False
        while True:
            try:
                ends = ends if ends is not None else await self._reading.ends()
                standing = await self._reading.standing()
                if all(standing.get(log, 0) >= end for log, end in ends.items()):
                    self._passed = now
                    return
            except BusError as error:
                self._log.info("cannot see how far the consumer is", error=type(error).__name__)
            if not worried and asyncio.get_running_loop().time() - started > _WORRY_S:
                worried = True
                self._log.warning("due timers wait for the consumer to catch up")
            if worried:
                self._health.failing("timers", "due timers wait for the consumer to catch up")
            await asyncio.sleep(look_s)
            look_s = min(look_s * 2, _LAST_LOOK_S)


class NothingToRead:
    """The barrier of a service that consumes nothing."""

    async def passed(self, due_at: datetime, now: datetime) -> None:
        """Nothing can be under way to it."""
