"""Measures what no event announces: depth and age of the outbox, parked records, late timers."""

import asyncio

from sqlalchemy import text

from chassis import parking, relay
from chassis.service import Parts

_EVERY_S = 5.0

_LATE = text("SELECT count(*) FROM timer WHERE due_at < :now")


class Gauges:
    """Keeps the gauges of one service fresh."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def run(self) -> None:
        """Measure every few seconds until cancelled."""
        while True:
            await self.measure()
            self._parts.health.ready("gauges")
            await asyncio.sleep(_EVERY_S)

    async def measure(self) -> None:
        """Measure once."""
        metrics = self._parts.metrics
        async with self._parts.database.transaction() as connection:
            rows, age_s = await relay.depth(connection)
            parked = await parking.open_count(connection)
            late = (await connection.execute(_LATE, {"now": self._parts.clock.now()})).scalar_one()
        metrics.gauge("outbox_rows", rows)
        metrics.gauge("outbox_age", age_s)
        metrics.gauge("parked_open", parked)
        metrics.gauge("timers_late", late)
