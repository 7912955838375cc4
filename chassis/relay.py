"""The relay: one leader per service carries the outbox to the bus, in order, and deletes what the bus has acked."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import text

from chassis.bus.errors import PublishFailed
from chassis.bus.port import Bus, Outgoing, Producer
from chassis.db import Connection, Database
from chassis.errors import Unavailable
from chassis.health import Health
from chassis.leader import lead
from chassis.telemetry import Metrics
from chassis.wake import Wake

_BATCH = 1000
# The safety net under the in-process wake-up, and how often a follower tries to lead.
_POLL_S = 1.0
# What was acked is deleted with the next turn, and at the latest after this long.
_TIDY_S = 0.5

# What the bus acked goes with the reading of what comes after it, as long as it is so little that each row may be compared with all of it.
_TURN = text("""
    WITH gone AS (DELETE FROM outbox WHERE id = ANY(CAST(:acked AS bigint[])))
    SELECT id, topic, key, value FROM outbox WHERE id <> ALL(CAST(:acked AS bigint[])) ORDER BY id LIMIT :batch
""")
_LITTLE = 50
_DELETE = text("DELETE FROM outbox WHERE id = ANY(CAST(:ids AS bigint[]))")
_WAITING = text("SELECT EXISTS (SELECT FROM outbox)")


@dataclass(frozen=True, slots=True)
class Bundling:
    """A lone event leaves at once; those of the units that commit soon after it leave together: of so many units, or after so long."""

    units: int
    within_s: float


BUNDLING = Bundling(units=2, within_s=0.02)


class Relay:
    """Publishes committed rows; a failure gives duplicates, never gaps, and first occurrences stay in order (`mechanics.md` 7)."""

    def __init__(
        self, database: Database, bus: Bus, wake: Wake, health: Health, metrics: Metrics, *, bundling: Bundling = BUNDLING
    ) -> None:
        self._database = database
        self._bus = bus
        self._wake = wake
        self._health = health
        self._metrics = metrics
        self._bundling = bundling
        self._busy = False

    @property
    def idle(self) -> bool:
        """Whether no batch is under way."""
        return not self._busy

    async def run(self) -> None:
        """Lead when possible, carry rows while leading; ends with an exception on any failure, to be started anew."""
        await lead(self._database, self._health, "relay", self._lead, retry_s=_POLL_S)

    async def _lead(self, connection: Connection) -> None:
        self._health.ready("relay")
        # Nobody waits for the disk when what was acked is deleted: after a crash of the server it is sent again, which is harmless.
        await connection.script("SET synchronous_commit = off")
        producer = await self._bus.producer()
        clock = asyncio.get_running_loop().time
        acked: Sequence[int] = ()
        try:
            while True:
                started = clock()
                acked = await self._carry(connection, producer, acked)
                self._health.ready("relay")
                if len(acked) == _BATCH:
                    continue
                if acked:
                    await self._wake.several(self._bundling.units, started + self._bundling.within_s - clock())
                await self._wake.wait(_TIDY_S if acked else _POLL_S)
        except asyncio.CancelledError:
            if acked:  # told to stop: whoever leads next need not send these again
                with suppress(Unavailable):
                    await connection.execute(_DELETE, {"ids": list(acked)})
            raise
        finally:
            await producer.close()

    async def _carry(self, connection: Connection, producer: Producer, acked: Sequence[int]) -> Sequence[int]:
        """Delete what was acked, publish what comes next; the rows that are acked now, and still there."""
        if len(acked) > _LITTLE:
            await connection.execute(_DELETE, {"ids": list(acked)})
            acked = ()
        rows = (await connection.execute(_TURN, {"acked": list(acked), "batch": _BATCH})).all()
        if not rows:
            return ()
        self._busy = True
        ids = [row.id for row in rows]
        try:
            await producer.publish([Outgoing(row.topic, row.key, row.value) for row in rows])
        except PublishFailed as failure:
            # Only the acked prefix of each partition goes; the exception ends this leadership and its producer.
            await connection.execute(_DELETE, {"ids": [ids[index] for index in sorted(failure.acked)]})
            self._metrics.count("published", len(failure.acked))
            raise
        finally:
            self._busy = False
        self._metrics.count("published", len(ids))
        return ids


async def waiting(connection: Connection) -> bool:
    """Whether rows wait for the bus, or to be deleted."""
    return bool((await connection.execute(_WAITING)).scalar_one())
