"""Measures what no event announces: depth and age of the outbox, parked records, late timers."""

import asyncio

from sqlalchemy import text

from chassis.service import Parts

_EVERY_S = 5.0

_MEASURE = text("""
    SELECT (SELECT count(*) FROM outbox) AS outbox_rows,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0) FROM outbox) AS outbox_age,
           (SELECT count(*) FROM parked WHERE state = 'open') AS parked_open,
           (SELECT count(*) FROM timer WHERE due_at < :now) AS timers_late
""")


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
        async with self._parts.database.statement() as connection:
            row = (await connection.execute(_MEASURE, {"now": self._parts.clock.now()})).one()
        for name, value in row.mapping.items():
            self._parts.metrics.gauge(name, float(value))
