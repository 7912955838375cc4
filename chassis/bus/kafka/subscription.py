"""One member of a Kafka consumer group."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chassis.bus.errors import BusUnavailable, NotOwner
from chassis.bus.kafka.watchdog import Watchdog
from chassis.bus.port import Busy, Record, TopicPartition

# The shortest session a broker allows by default: a killed member costs its partitions no longer (`mechanics.md` 13).
_SESSION_S, _HEARTBEAT_S = 6.0, 1.5

# How long a rebalance waits for its slowest member, and how much of that a batch under way may take. aiokafka gives the request that
# waits for the others 40 s.
_REBALANCE_S, _DRAIN_S = 30.0, 25.0

_START_S, _COMMIT_S, _ASK_S, _STOP_S = 15, 10, 10, 10


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Hands the group's decisions to the subscription."""

    def __init__(self, subscription: "KafkaSubscription") -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: set[KafkaPartition]) -> None:
        """Called before the group shares out anew; the group waits for the answer."""
        del revoked  # this protocol takes all of them
        await self._subscription.release()

    async def on_partitions_assigned(self, assigned: set[KafkaPartition]) -> None:
        """Called with what we got."""
        self._subscription.receive(frozenset(TopicPartition(one.topic, one.partition) for one in assigned))


class KafkaSubscription:
    """A static member: after a crash it returns to its partitions without moving anyone else's."""

    def __init__(self, servers: str, client_id: str, group: str, topics: Sequence[str], instance: str, busy: Busy | None) -> None:
        self._settings = {"bootstrap_servers": servers, "client_id": client_id, "group_id": group, "group_instance_id": instance}
        self._topics = tuple(topics)
        self._busy = busy
        self._consumer: AIOKafkaConsumer | None = None
        self._watchdog = Watchdog()
        self._held: frozenset[TopicPartition] = frozenset()
        self._releasing = False
        self._handed_in = asyncio.Event()
        self._committed: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self.closed = False

    async def join(self) -> None:
        """Connect and ask for a share; the partitions come during the following polls.

        Raises:
            BusUnavailable: the broker did not answer; try again.
        """
        await self._discard()
        consumer = AIOKafkaConsumer(
            **self._settings,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(_SESSION_S * 1000),
            heartbeat_interval_ms=int(_HEARTBEAT_S * 1000),
            rebalance_timeout_ms=int(_REBALANCE_S * 1000),
        )
        self._consumer = consumer
        try:
            async with asyncio.timeout(_START_S):
                await consumer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            await self._discard()
            raise BusUnavailable(type(error).__name__) from error
        self._handed_in.set()
        consumer.subscribe(topics=self._topics, listener=_Listener(self))

    async def poll(self, max_records: int, timeout_s: float) -> Sequence[Record]:
        """Up to `max_records` records in partition order, or none after `timeout_s`; asking says that the last batch is done with.

        Raises:
            BusUnavailable: the membership is lost; the next poll joins again. (A broker that is merely gone gives no records.)
        """
        self._handed_in.set()
        if self._consumer is None:
            await self.join()
        consumer = self._consumer
        assert consumer is not None
        fetched: Mapping[KafkaPartition, Sequence[Any]] = {}
        try:
            # While the group shares out anew, getmany waits for the outcome, however long that takes.
            async with asyncio.timeout(timeout_s + 0.1):
                fetched = await consumer.getmany(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        except TimeoutError:
            pass
        except KafkaError as error:
            await self._discard()
            raise BusUnavailable(type(error).__name__) from error
        shares = [] if self._releasing else [(_ours(partition), list(map(_record, some))) for partition, some in fetched.items() if some]
        self._note(shares)
        if self._watchdog.due():
            await self._look_for_a_stall()
        return [record for _, some in shares for record in some]

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Remember the next position to read per partition.

        Raises:
            NotOwner: a partition is no longer ours; the others may have been committed.
            BusUnavailable: the broker did not answer; whether it remembers is unknown.
        """
        owned = {log: position for log, position in positions.items() if log in self._held}
        if owned and self._consumer is not None:
            try:
                async with asyncio.timeout(_COMMIT_S):
                    await self._consumer.commit({_kafka(log): position for log, position in owned.items()})
            except (CommitFailedError, IllegalStateError) as error:
                raise NotOwner("the group shared its partitions out anew") from error
            except (KafkaError, TimeoutError) as error:
                raise BusUnavailable(type(error).__name__) from error
            self._committed.update(owned)
        if len(owned) < len(positions):
            raise NotOwner(f"{len(positions) - len(owned)} of {len(positions)} partitions moved to another member")

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Stop returning records of these partitions, as long as they are ours."""
        self._paused.update(self._held.intersection(partitions))
        self._apply_pauses()

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """Return their records again."""
        self._paused.difference_update(partitions)
        if self._consumer is not None and not self._releasing:
            self._consumer.resume(*map(_kafka, self._held.intersection(partitions)))

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions held now."""
        return self._held

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Records not yet committed, per held partition.

        Raises:
            BusUnavailable: the broker did not answer.
        """
        ends = await self._ends(self._held)
        return {log: ends[log] - self._committed[log] for log in ends}

    async def ends(self) -> Mapping[TopicPartition, int]:
        """The position the next record will get, per partition of the topics read, whoever holds it.

        Raises:
            BusUnavailable: the broker did not answer.
        """
        consumer = self._joined()
        with _broker_answers():
            async with asyncio.timeout(_ASK_S):
                return {_ours(one): end for one, end in (await consumer.end_offsets(self._everything(consumer))).items()}

    async def standing(self) -> Mapping[TopicPartition, int]:
        """The next position that the group will read, per partition of the topics read, whoever holds it.

        Raises:
            BusUnavailable: the broker did not answer.
        """
        consumer = self._joined()
        await self._ends(self._held)
        found = {log: self._committed[log] for log in self._held if log in self._committed}
        others = [one for one in self._everything(consumer) if _ours(one) not in found]
        with _broker_answers():
            async with asyncio.timeout(_ASK_S):
                starts = await consumer.beginning_offsets(others) if others else {}
                for one, start in starts.items():
                    committed = await consumer.committed(one)
                    found[_ours(one)] = start if committed is None else max(start, committed)
        return found

    async def close(self) -> None:
        """Leave the group at once, so that others take over without waiting."""
        self.closed = True
        if self._busy is not None:
            await self._busy.idle()
        if self._consumer is not None and self._consumer._coordinator is not None:  # noqa: SLF001
            # aiokafka lets static members stay behind until their session ends, so that a restart moves nothing; leaving is a choice.
            self._consumer._coordinator._group_instance_id = None  # noqa: SLF001 - there is no public way to leave
        await self._discard()

    async def release(self) -> None:
        """Let go of every partition once the batch handed out is back and no unit of work is open."""
        self._releasing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                await self._handed_in.wait()
                if self._busy is not None:
                    await self._busy.idle()
        self._held = frozenset()

    def receive(self, assigned: frozenset[TopicPartition]) -> None:
        """Own `assigned` and start from the committed positions."""
        self._forget()
        self._held = assigned
        self._paused &= assigned
        self._apply_pauses()

    def _apply_pauses(self) -> None:
        if self._consumer is not None and not self._releasing:
            self._consumer.pause(*map(_kafka, self._paused & self._held))

    def _forget(self) -> None:
        self._releasing = False
        self._held = frozenset()
        for known in (self._committed, self._next):
            known.clear()
        self._watchdog.restart()

    def _note(self, shares: Sequence[tuple[TopicPartition, Sequence[Record]]]) -> None:
        if shares:
            self._handed_in.clear()
        for log, records in shares:
            self._next[log] = records[-1].position + 1

    async def _look_for_a_stall(self) -> None:
        """Rebuild a consumer that has lag but makes no progress."""
        watched = self._held - self._paused
        try:
            ends = await self._ends(watched)
        except BusUnavailable:
            self._watchdog.restart()
            return
        standing = {log: self._next.get(log, self._committed[log]) for log in ends}
        if self._watchdog.stalled({log: position for log, position in standing.items() if position < ends[log]}):
            await self.join()

    async def _ends(self, logs: frozenset[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Where the logs end; afterwards `_committed` knows where the group stands in each."""
        consumer = self._consumer
        if not logs or consumer is None:
            return {}
        try:
            async with asyncio.timeout(_ASK_S):
                ends = await consumer.end_offsets([_kafka(log) for log in logs])
                starts = await consumer.beginning_offsets([_kafka(log) for log in logs if log not in self._committed])
                for partition, start in starts.items():
                    committed = await consumer.committed(partition)
                    self._committed.setdefault(_ours(partition), start if committed is None else committed)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error
        return {_ours(partition): end for partition, end in ends.items() if _ours(partition) in self._committed}

    def _joined(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise BusUnavailable("not a member yet")
        return self._consumer

    def _everything(self, consumer: AIOKafkaConsumer) -> list[KafkaPartition]:
        known = {topic: consumer.partitions_for_topic(topic) for topic in self._topics}
        if not all(known.values()):
            raise BusUnavailable("the partitions of a topic are not known yet")
        return [KafkaPartition(topic, partition) for topic, partitions in known.items() for partition in sorted(partitions)]

    async def _discard(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._handed_in.set()
        self._forget()
        if consumer is None:
            return
        try:
            async with asyncio.timeout(_STOP_S):
                await consumer.stop()
        except (KafkaError, OSError, TimeoutError):
            await consumer._client.close()  # noqa: SLF001 - what stop() waits for ends with its connections


@contextlib.contextmanager
def _broker_answers() -> Iterator[None]:
    """What goes wrong while asking the broker is one error to the port."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusUnavailable(type(error).__name__) from error


def _kafka(log: TopicPartition) -> KafkaPartition:
    return KafkaPartition(log.topic, log.partition)


def _ours(partition: KafkaPartition) -> TopicPartition:
    return TopicPartition(partition.topic, partition.partition)


def _record(raw: Any) -> Record:
    headers = tuple((name, bytes(value)) for name, value in raw.headers)
    at = datetime.fromtimestamp(raw.timestamp / 1000, UTC)
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, headers, at)
