"""Appends records to the log in PostgreSQL, and tells the readers afterwards."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from chassis.bus.errors import BusUnavailable, PublishFailed, RecordTooLarge, UnknownTopic
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Outgoing
from chassis.bus.postgres.catalogue import Topic, topics
from chassis.bus.postgres.headers import packed
from chassis.bus.postgres.link import Link

# One statement holds its partitions' heads until it commits; longer ones would keep other producers waiting.
_CHUNK = 1_000

# Under load readers find the next records by themselves; then they are told at most this often.
_GAP_S = 0.005

# Heads are locked in the order of their ids, so two producers never wait for each other in a circle.
_APPEND = """
WITH wanted AS (
    SELECT log.id, share.size FROM log JOIN unnest($1::int[], $2::int[]) AS share (id, size) USING (id) ORDER BY log.id FOR UPDATE OF log
), head AS (
    UPDATE log SET next = log.next + wanted.size FROM wanted WHERE log.id = wanted.id RETURNING log.id, log.next - wanted.size AS first
)
INSERT INTO record (log_id, position, key, value, headers)
SELECT sent.log_id, head.first + sent.rank, sent.key, sent.value, sent.headers
FROM unnest($3::int[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]) AS sent (log_id, rank, key, value, headers)
JOIN head ON head.id = sent.log_id
"""

# A transaction that notifies takes a lock of the whole cluster until it has flushed (`mechanics.md` 8): this one holds no data and does
# not wait for the disk. A lost announcement costs the readers a second.
_ANNOUNCE = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('topic_' || id, '') FROM unnest($1::int[]) AS id"


@dataclass(slots=True)
class _Chunk:
    """Rows of one statement, column by column."""

    sizes: dict[int, int] = field(default_factory=dict)
    logs: list[int] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    headers: list[bytes | None] = field(default_factory=list)

    def add(self, log_id: int, record: Outgoing) -> None:
        rank = self.sizes.get(log_id, 0)
        self.sizes[log_id] = rank + 1
        self.logs.append(log_id)
        self.ranks.append(rank)
        self.keys.append(record.key)
        self.values.append(record.value)
        self.headers.append(packed(record.headers))


class PostgresProducer:
    """One connection that appends; a batch of up to 1,000 records is one statement and one commit."""

    def __init__(self, url: str, client_id: str) -> None:
        self._link = Link(url, f"{client_id} producer")
        self._topics: dict[str, Topic] = {}
        self._unannounced: set[int] = set()
        self._announcer: asyncio.Task[None] | None = None
        self.closed = False

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Append all, in order within each partition.

        Raises:
            PublishFailed: what is not in `acked` may still have been written: the commit's answer can be lost.
            RecordTooLarge: nothing was sent.
            UnknownTopic: nothing was sent.
        """
        acked = 0
        try:
            await self._learn({record.topic for record in records})
            self._check(records)
            while acked < len(records):
                part = records[acked : acked + _CHUNK]
                await self._append(part)
                acked += len(part)
        except BusUnavailable as error:
            raise PublishFailed(frozenset(range(acked)), len(records)) from error
        finally:
            self._announce({self._topics[record.topic].id for record in records[:acked]})

    async def close(self) -> None:
        """Announce what was appended, then release the connection."""
        self.closed = True
        if self._announcer is not None:
            await self._announcer
        await self._link.close()

    async def _learn(self, names: set[str]) -> None:
        if missing := names - self._topics.keys():
            self._topics.update(await topics(self._link, sorted(missing)))
        if missing := names - self._topics.keys():
            raise UnknownTopic(min(missing))

    def _check(self, records: Sequence[Outgoing]) -> None:
        for record in records:
            limit = self._topics[record.topic].max_record_bytes
            if (size := record.size) > limit:
                raise RecordTooLarge(record.topic, size, limit)

    async def _append(self, records: Sequence[Outgoing]) -> None:
        chunk = _Chunk()
        for record in records:
            logs = self._topics[record.topic].logs
            chunk.add(logs[partition_of(record.key, len(logs))], record)
        sizes = (list(chunk.sizes), list(chunk.sizes.values()))
        await self._link.fetch(_APPEND, *sizes, chunk.logs, chunk.ranks, chunk.keys, chunk.values, chunk.headers)

    def _announce(self, topic_ids: set[int]) -> None:
        self._unannounced |= topic_ids
        if self._unannounced and (self._announcer is None or self._announcer.done()):
            self._announcer = asyncio.create_task(self._announce_all())

    async def _announce_all(self) -> None:
        while self._unannounced:
            told, self._unannounced = self._unannounced, set()
            with contextlib.suppress(BusUnavailable):
                await self._link.fetch(_ANNOUNCE, sorted(told))
            await asyncio.sleep(_GAP_S)
