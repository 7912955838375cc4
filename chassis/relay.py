"""The relay: one leader per service carries the outbox to the bus, in order, and deletes what the bus has acked."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.bus.errors import PublishFailed
from chassis.bus.port import Bus, Outgoing, Producer
from chassis.db import Connection, Database
from chassis.health import Health
from chassis.leader import lead
from chassis.telemetry import Metrics
from chassis.wake import Wake

_BATCH = 1000
# The safety net under the in-process wake-up, and how often a follower tries to lead.
_POLL_S = 1.0

_READ = text("SELECT id, topic, key, value FROM outbox ORDER BY id LIMIT :batch")
_DELETE = text("DELETE FROM outbox WHERE id = ANY(CAST(:ids AS bigint[]))")
_DEPTH = text("SELECT count(*) AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0) AS age_s FROM outbox")


class Relay:
    """Publishes committed rows; a failure gives duplicates, never gaps, and first occurrences stay in order (`mechanics.md` 7)."""

    def __init__(self, database: Database, bus: Bus, wake: Wake, health: Health, metrics: Metrics) -> None:
        self._database = database
        self._bus = bus
        self._wake = wake
        self._health = health
        self._metrics = metrics
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
        producer = await self._bus.producer()
        try:
            while True:
                while await self._carry(connection, producer):
                    pass
                await self._wake.wait(_POLL_S)
        finally:
            await producer.close()

    async def _carry(self, connection: Connection, producer: Producer) -> bool:
        rows = (await connection.execute(_READ, {"batch": _BATCH})).all()
        if not rows:
            self._health.ready("relay")
            return False
        self._busy = True
        try:
            await self._publish(connection, producer, [row.id for row in rows], [Outgoing(row.topic, row.key, row.value) for row in rows])
        finally:
            self._busy = False
        self._health.ready("relay")
        return len(rows) == _BATCH

    async def _publish(self, connection: Connection, producer: Producer, ids: Sequence[int], records: Sequence[Outgoing]) -> None:
        try:
            await producer.publish(records)
        except PublishFailed as failure:
            # Only the acked prefix of each partition goes; the exception ends this leadership and its producer.
            await connection.execute(_DELETE, {"ids": [ids[index] for index in sorted(failure.acked)]})
            self._metrics.count("published", len(failure.acked))
            raise
        await connection.execute(_DELETE, {"ids": list(ids)})
        self._metrics.count("published", len(ids))


async def depth(connection: Connection) -> tuple[int, float]:
    """Rows waiting for the bus and the age of the oldest in seconds."""
    row = (await connection.execute(_DEPTH)).one()
    return int(row.rows), float(row.age_s)
