"""Removes what is only kept for a while, by age and in small steps, so that tables stay bounded (`mechanics.md` 30)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import TextClause, text

from chassis.bus.topics import declared
from chassis.clock import technical_now
from chassis.health import Health
from chassis.http import idempotency
from chassis.service import Parts

_EVERY_S = 300.0
# Rows of one step, and the pause that lets others work between two: at most 10,000 rows a second.
_STEP, _PAUSE_S = 1000, 0.1

# As long as the bus can bring an event again, and a week for the clocks and the backlogs in between (`mechanics.md` 9).
BUS_MEMORY = timedelta(seconds=max(topic.retention_s for topic in declared())) + timedelta(days=7)
# Dealt with by a person, who may be asked about it in the next quarter.
PARKED_MEMORY = timedelta(days=100)

_INBOX = text("""
    DELETE FROM inbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox WHERE received_at < :before LIMIT :most FOR UPDATE SKIP LOCKED))
""")
_ATTEMPTS = text("""
    DELETE FROM attempt WHERE ctid = ANY (ARRAY(SELECT ctid FROM attempt WHERE last_at < :before LIMIT :most FOR UPDATE SKIP LOCKED))
""")
_PARKED = text("""
    DELETE FROM parked WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM parked WHERE state <> 'open' AND settled_at < :before LIMIT :most FOR UPDATE SKIP LOCKED))
""")
_BY_AGE: tuple[tuple[TextClause, timedelta], ...] = ((_INBOX, BUS_MEMORY), (_ATTEMPTS, BUS_MEMORY), (_PARKED, PARKED_MEMORY))


async def again_and_again(prune: Callable[[], Awaitable[int]], health: Health, name: str, *, pause_s: float) -> None:
    """Prune every few minutes until cancelled; a step that found something is followed by the next, after a pause for others."""
    while True:
        removed = await prune()
        health.ready(name)
        await asyncio.sleep(pause_s if removed else _EVERY_S)


class Pruning:
    """The loop; every process of a service may run it, their steps pass each other by."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def run(self) -> None:
        """Prune every few minutes until cancelled."""
        await again_and_again(self.prune, self._parts.health, "pruning", pause_s=_PAUSE_S)

    async def prune(self, step: int = _STEP) -> int:
        """Remove at most `step` old rows of each table; how many went. Open parked records and unsent events are never old."""
        removed = 0
        for statement, age in _BY_AGE:
            async with self._parts.database.transaction() as connection:
                removed += await connection.count(statement, {"before": technical_now() - age, "most": step})
        async with self._parts.units.open() as uow:
            removed += await idempotency.prune(uow, step)
        self._parts.metrics.count("pruned", removed)
        return removed
