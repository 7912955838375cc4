"""One member of a group that reads the log in PostgreSQL."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from chassis.bus.errors import BusUnavailable, NotOwner, UnknownTopic
from chassis.bus.port import Busy, Record, TopicPartition
from chassis.bus.postgres import sharing
from chassis.bus.postgres.catalogue import Topic, topics
from chassis.bus.postgres.headers import unpacked
from chassis.bus.postgres.link import Connection, Link

# The safety net under the notifications, and how soon a killed member's partitions are found free.
_LOOK_EVERY_S = 1.0

# The inner limit keeps each log's part in order; the outer one cuts the batch, so the logs take turns in being first.
_FETCH = """
SELECT found.* FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS wanted (log_id, position, turn)
CROSS JOIN LATERAL (
    SELECT log_id, position, key, value, headers, at FROM record
    WHERE record.log_id = wanted.log_id AND record.position >= wanted.position ORDER BY position LIMIT $3
) AS found
LIMIT $3
"""

_COMMIT = """
UPDATE progress SET position = done.position
FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[]) AS done (reading_id, partition, generation, position)
WHERE progress.reading_id = done.reading_id AND progress.partition = done.partition AND progress.generation = done.generation
RETURNING progress.reading_id, progress.partition
"""

_ENDS = """
SELECT topic.name, log.partition, log.next AS position FROM topic JOIN log ON log.topic_id = topic.id WHERE topic.name = ANY($1::text[])
"""

# A group that never read a partition, or read less than what retention left of it, stands at its first record.
_STANDING = """
SELECT topic.name, log.partition, greatest(coalesce(progress.position, 0), log.first) AS position
FROM topic JOIN log ON log.topic_id = topic.id
LEFT JOIN reading ON reading.topic_id = topic.id AND reading.group_name = $2
LEFT JOIN progress ON progress.reading_id = reading.id AND progress.partition = log.partition
WHERE topic.name = ANY($1::text[])
"""

_HEADS = "SELECT id, first, next FROM log WHERE id = ANY($1::int[])"


@dataclass(slots=True)
class _Holding:
    """A partition held now: where the group stands (`committed`) and what to fetch next."""

    log: TopicPartition
    log_id: int
    reading: int
    generation: int
    committed: int
    next: int


class PostgresSubscription:
    """Owns partitions through session locks on the connection that also commits their positions (`mechanics.md` 12).

    Partitions change hands inside `poll` only, so a batch that is being handled keeps its partitions.
    """

    def __init__(self, url: str, client_id: str, group: str, topic_names: Sequence[str], busy: Busy | None) -> None:
        # A position that is lost with the server makes records come again, which the inbox absorbs: no need to wait for the disk.
        self._link = Link(url, f"{client_id} {group}", durable=False)
        self._group = group
        self._names = tuple(topic_names)
        self._busy = busy
        self._topics: dict[int, Topic] = {}  # by reading
        self._held: dict[TopicPartition, _Holding] = {}
        self._paused: set[TopicPartition] = set()
        self._joined: Connection | None = None
        self._wake = asyncio.Event()
        self._look_at = 0.0
        self.closed = False

    async def join(self) -> None:
        """Become a member.

        Raises:
            UnknownTopic: a topic was never declared.
            BusUnavailable: try again.
        """
        self._link.drop()
        self._held.clear()
        known = await topics(self._link, self._names)
        if missing := set(self._names) - known.keys():
            raise UnknownTopic(min(missing))
        by_id = {topic.id: topic for topic in known.values()}
        readings = await sharing.join(self._link, self._group, list(by_id))
        self._topics = {reading: by_id[topic_id] for topic_id, reading in readings.items()}
        for reading, topic in self._topics.items():
            await self._link.listen(topic.channel, self._records_came)
            await self._link.listen(sharing.calls(reading), self._members_changed)
        await sharing.tell(self._link, list(self._topics))
        self._joined = self._link.connection
        if self._joined is not None:
            self._joined.add_termination_listener(lambda _connection: self._wake.set())
        self._look_at = 0.0

    async def poll(self, max_records: int, timeout_s: float) -> Sequence[Record]:
        """Up to `max_records` records in partition order, or none after `timeout_s`.

        Raises:
            BusUnavailable: every partition is lost; the next poll joins again.
        """
        clock = asyncio.get_running_loop()
        deadline = clock.time() + timeout_s
        while True:
            self._wake.clear()
            if not self._is_member:
                await self.join()
            if clock.time() >= self._look_at:
                self._look_at = clock.time() + _LOOK_EVERY_S
                await self._balance()
            records = await self._fetch(max_records)
            if records or clock.time() >= deadline:
                return records
            await self._wait(min(deadline, self._look_at) - clock.time())

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Remember the next position to read per partition.

        Raises:
            NotOwner: a partition is no longer ours; the others are committed.
            BusUnavailable: every partition is lost.
        """
        held = [
            (self._held[log], position) for log, position in positions.items() if log in self._held and self._link.connection is not None
        ]
        rows = await self._commit(held) if held else ()
        done = {(row["reading_id"], row["partition"]) for row in rows}
        for holding, position in held:
            if (holding.reading, holding.log.partition) in done:
                holding.committed = position
        if len(done) < len(positions):
            raise NotOwner(f"{len(positions) - len(done)} of {len(positions)} partitions moved to another member")

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Stop returning records of these partitions, as long as they are ours."""
        self._paused.update(partitions)

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """Return their records again."""
        self._paused.difference_update(partitions)
        self._wake.set()

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions held now."""
        return frozenset(self._held) if self._is_member else frozenset()

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Records not yet committed, per held partition."""
        if not self.assignment():
            return {}
        by_log = {holding.log_id: holding for holding in self._held.values()}
        rows = await self._link.fetch(_HEADS, list(by_log))
        return {by_log[row["id"]].log: row["next"] - max(by_log[row["id"]].committed, row["first"]) for row in rows}

    async def ends(self) -> Mapping[TopicPartition, int]:
        """The position the next record will get, per partition of the topics read, whoever holds it."""
        return {TopicPartition(row["name"], row["partition"]): row["position"] for row in await self._link.fetch(_ENDS, list(self._names))}

    async def standing(self) -> Mapping[TopicPartition, int]:
        """The next position that the group will read, per partition of the topics read, whoever holds it."""
        rows = await self._link.fetch(_STANDING, list(self._names), self._group)
        return {TopicPartition(row["name"], row["partition"]): row["position"] for row in rows}

    async def close(self) -> None:
        """Leave the group at once, so that others take over without waiting."""
        self.closed = True
        try:
            if self._is_member:
                await self._let_go(self._held.values(), leaving=True)
        except BusUnavailable:
            pass  # with the connection went every lock
        finally:
            self._held.clear()
            self._joined = None
            await self._link.close()

    @property
    def _is_member(self) -> bool:
        """Whether the connection that joined, and holds the locks, still stands."""
        return self._joined is not None and self._link.connection is self._joined

    @property
    def _number(self) -> int:
        return self._joined.get_server_pid() if self._joined is not None else 0

    async def _balance(self) -> None:
        seen = await sharing.survey(self._link, list(self._topics))
        surplus: list[_Holding] = []
        for reading, topic in self._topics.items():
            mine = [holding for holding in self._held.values() if holding.reading == reading]
            share = seen[reading].fair_share(reading, len(topic.logs), self._number)
            surplus += mine[share:]
            if wanted := seen[reading].free(len(topic.logs))[: max(0, share - len(mine))]:
                self._adopt(reading, topic, await sharing.take(self._link, reading, wanted))
        if surplus:
            await self._let_go(surplus)

    def _adopt(self, reading: int, topic: Topic, taken: Iterable[sharing.Adopted]) -> None:
        for one in taken:
            log = TopicPartition(topic.name, one.partition)
            self._held[log] = _Holding(log, topic.logs[one.partition], reading, one.generation, one.position, one.position)
            self._paused.discard(log)

    async def _let_go(self, holdings: Iterable[_Holding], *, leaving: bool = False) -> None:
        if self._busy is not None:
            await self._busy.idle()
        given = list(holdings)
        for holding in given:
            del self._held[holding.log]
        await sharing.give(self._link, [(holding.reading, holding.log.partition) for holding in given])
        if leaving:
            await sharing.leave(self._link, list(self._topics))
        await sharing.tell(self._link, list(self._topics))

    async def _commit(self, held: Sequence[tuple[_Holding, int]]) -> Sequence[asyncpg.Record]:
        holdings = [holding for holding, _ in held]
        readings, partitions = [one.reading for one in holdings], [one.log.partition for one in holdings]
        return await self._link.fetch(
            _COMMIT, readings, partitions, [one.generation for one in holdings], [position for _, position in held]
        )

    async def _fetch(self, limit: int) -> Sequence[Record]:
        wanted = [holding for log, holding in self._held.items() if log not in self._paused]
        if not wanted:
            return ()
        rows = await self._link.fetch(_FETCH, [holding.log_id for holding in wanted], [holding.next for holding in wanted], limit)
        by_log = {holding.log_id: holding for holding in wanted}
        records = []
        for row in rows:
            holding = by_log[row["log_id"]]
            holding.next = row["position"] + 1
            headers = unpacked(row["headers"])
            records.append(Record(holding.log.topic, holding.log.partition, row["position"], row["key"], row["value"], headers, row["at"]))
        if len(rows) == limit:
            self._take_turns(by_log[rows[-1]["log_id"]].log)
        return records

    def _take_turns(self, last: TopicPartition) -> None:
        """Put the logs after `last` first, so that a long one starves no other."""
        order = list(self._held)
        after = order.index(last) + 1
        self._held = {log: self._held[log] for log in (*order[after:], *order[:after])}

    async def _wait(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, timeout_s)):
                await self._wake.wait()
        except TimeoutError:
            return

    def _records_came(self, _sender: int) -> None:
        self._wake.set()

    def _members_changed(self, sender: int) -> None:
        if sender != self._number:
            self._look_at = 0.0
            self._wake.set()
