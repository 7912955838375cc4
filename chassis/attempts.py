"""Durable attempt counts, so that a record that kills the process is found and set aside (`mechanics.md` 10)."""

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import text

from chassis.bus.port import Record, TopicPartition
from chassis.db import Database

# How many lives of a process began a batch and never finished it, this one included, before its records are handled alone; and the same
# of a record that is handled alone, before it is parked. Two of each may be the fault of something else (a power cut, `kill -9`).
SUSPECT = 3

_Place: TypeAlias = tuple[TopicPartition, int]

_BEGIN = text("""
    INSERT INTO attempt AS a (topic, partition, position, count, alone)
    SELECT topic, partition, position, 1, 0
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]))
         AS t (topic, partition, position)
    ORDER BY topic, partition
    ON CONFLICT (topic, partition, position) DO UPDATE SET count = a.count + 1, last_at = clock_timestamp()
    RETURNING topic, partition, position, count AS begun, alone
""")
_BEGIN_ALONE = text("""
    INSERT INTO attempt AS a (topic, partition, position, count, alone)
    SELECT topic, partition, position, 0, 1
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]))
         AS t (topic, partition, position)
    ON CONFLICT (topic, partition, position) DO UPDATE SET alone = a.alone + 1, last_at = clock_timestamp()
    RETURNING alone
""")
_DONE = text("""
    DELETE FROM attempt USING unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]))
         AS t (topic, partition, position)
    WHERE attempt.topic = t.topic AND attempt.partition = t.partition AND attempt.position <= t.position
""")
_WITHDRAW = text("""
    UPDATE attempt SET count = greatest(count - :begun, 0), alone = greatest(alone - :alone, 0)
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]))
         AS t (topic, partition, position)
    WHERE attempt.topic = t.topic AND attempt.partition = t.partition AND attempt.position = t.position
""")
_UNCOUNTED = text("DELETE FROM attempt WHERE count = 0 AND alone = 0")


class Attempts:
    """Counts the lives of a process that began at a position and never finished; one life counts once, however often it repeats itself.

    Only the first batch of a partition after a start is counted: a process that was killed by a record meets it there again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._proven: set[TopicPartition] = set()
        self._begun: dict[_Place, bool] = {}
        self._alone: dict[_Place, int] = {}

    def forget(self) -> None:
        """Count first batches again: the partitions may have changed hands."""
        self._proven.clear()

    async def begin(self, records: Sequence[Record]) -> bool:
        """Note that the first record of every unproven partition is begun; whether one of these batches seems to kill its process."""
        first: dict[TopicPartition, Record] = {}
        for record in records:
            if record.log not in self._proven:
                first.setdefault(record.log, record)
        if new := [record for record in first.values() if _place(record) not in self._begun]:
            async with self._database.transaction() as connection:
                rows = (await connection.execute(_BEGIN, _keys(new))).all()
            for row in rows:
                self._begun[TopicPartition(row.topic, row.partition), row.position] = row.begun >= SUSPECT or row.alone > 0
        return any(self._begun[_place(record)] for record in first.values())

    async def begin_alone(self, record: Record) -> bool:
        """Note that this record is begun alone; whether it seems to kill its process even so."""
        place = _place(record)
        if place not in self._alone:
            async with self._database.transaction() as connection:
                self._alone[place] = int((await connection.execute(_BEGIN_ALONE, _keys([record]))).scalar_one())
        return self._alone[place] >= SUSPECT

    async def done(self, records: Sequence[Record]) -> None:
        """These were finished: their counts go, and their partitions are not counted again until the next start."""
        last = {record.log: record for record in records}
        if last.keys() <= self._proven:
            return
        async with self._database.transaction() as connection:
            await connection.execute(_DONE, _keys(list(last.values())))
        self._proven |= last.keys()
        for places in (self._begun, self._alone):
            for log, position in [place for place in places if place[0] in last and place[1] <= last[place[0]].position]:
                del places[log, position]

    async def withdraw(self) -> None:
        """A stop in good order is no death: what this life began and did not finish is not held against the records."""
        async with self._database.transaction() as connection:
            for places, begun, alone in ((self._begun, 1, 0), (self._alone, 0, 1)):
                if places:
                    await connection.execute(_WITHDRAW, _places(list(places)) | {"begun": begun, "alone": alone})
            await connection.execute(_UNCOUNTED)
        self._begun.clear()
        self._alone.clear()


def _place(record: Record) -> _Place:
    return record.log, record.position


def _keys(records: Sequence[Record]) -> dict[str, object]:
    return _places([_place(record) for record in records])


def _places(places: Sequence[_Place]) -> dict[str, object]:
    return {
        "topics": [log.topic for log, _ in places],
        "partitions": [log.partition for log, _ in places],
        "positions": [position for _, position in places],
    }
