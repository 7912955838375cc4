"""Durable attempt counts, so that a record that kills the process is found and set aside (`mechanics.md` 10)."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.bus.port import Record, TopicPartition
from chassis.db import Database

# From this many unfinished attempts on, a partition is read one record at a time, and a record is parked.
SUSPECT = 3

_BEGIN = text("""
    INSERT INTO attempt AS a (topic, partition, position, count)
    SELECT topic, partition, position, 1
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[])) AS t (topic, partition, position)
    ORDER BY topic, partition
    ON CONFLICT (topic, partition, position) DO UPDATE SET count = a.count + 1, last_at = clock_timestamp()
    RETURNING count AS attempts
""")
_DONE = text("""
    DELETE FROM attempt USING unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]))
           AS t (topic, partition, position)
    WHERE attempt.topic = t.topic AND attempt.partition = t.partition AND attempt.position <= t.position
""")


class Attempts:
    """Counts how often reading from a position was begun and never finished.

    Only the first batch of a partition after a start is counted: a process that was killed by a record meets it there again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._proven: set[TopicPartition] = set()

    def forget(self) -> None:
        """Count again, as after a start: the partitions may have changed hands."""
        self._proven.clear()

    async def begin(self, records: Sequence[Record], *, each: bool = False) -> int:
        """Note an attempt at the first record of every unproven partition (at every record with `each`); the highest count so far."""
        first: dict[TopicPartition, Record] = {}
        for record in records:
            if each or record.log not in self._proven:
                first.setdefault(record.log, record)
        if not first:
            return 0
        async with self._database.transaction() as connection:
            rows = await connection.execute(_BEGIN, _keys(list(first.values())))
            return max(int(row.attempts) for row in rows)

    async def done(self, records: Sequence[Record]) -> None:
        """These were finished: their counts go, and their partitions are not counted again until the next start."""
        last = {record.log: record for record in records}
        if last.keys() <= self._proven:
            return
        async with self._database.transaction() as connection:
            await connection.execute(_DONE, _keys(list(last.values())))
        self._proven |= last.keys()


def _keys(records: Sequence[Record]) -> dict[str, object]:
    return {
        "topics": [record.topic for record in records],
        "partitions": [record.partition for record in records],
        "positions": [record.position for record in records],
    }
