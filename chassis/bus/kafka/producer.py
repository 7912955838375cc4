"""Publishes prepared batches to Kafka; what it reports as acked is on every in-sync replica."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.bus.errors import BusUnavailable, PublishFailed, RecordTooLarge, UnknownTopic
from chassis.bus.kafka.admin import ROOM, limits
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Outgoing, TopicPartition
from chassis.clock import technical_now

# An idempotent aiokafka producer retries for ever; the relay would rather know and start again.
_PUBLISH_S, _START_S, _STOP_S = 10, 10, 5

# The bytes of one request to one partition; larger ones gain nothing and keep other partitions waiting.
_BATCH_BYTES = 512 * 1024
_PER_RECORD = 64

# aiokafka must never be the one to cut a batch: the largest record plus its room.
_LARGEST = 16 * 1024 * 1024


class KafkaProducer:
    """An idempotent producer that is given up after any failure: its sequence numbers may be out of step with the broker's."""

    def __init__(self, servers: str, client_id: str) -> None:
        self._servers = servers
        self._client_id = client_id
        self._limits: dict[str, int] = {}
        self._producer: AIOKafkaProducer | None = None
        self._one_at_a_time = asyncio.Lock()
        self.closed = False

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Append all, in order within each partition; partitions go side by side.

        Raises:
            PublishFailed: what is not in `acked` may still have been written, or be written yet.
            RecordTooLarge: nothing was sent.
            UnknownTopic: nothing was sent.
        """
        acked: set[int] = set()
        async with self._one_at_a_time:
            try:
                await self._learn({record.topic for record in records})
                self._check(records)
                producer = await self._ready()
                await self._publish(producer, records, acked)
            except (RecordTooLarge, UnknownTopic):
                raise
            except BaseException as error:
                await self._give_up()
                if isinstance(error, BusUnavailable | KafkaError | OSError | TimeoutError):
                    raise PublishFailed(frozenset(acked), len(records)) from error
                raise

    async def close(self) -> None:
        """Release the connection; `publish` leaves nothing to flush."""
        self.closed = True
        await self._give_up()

    async def _learn(self, topics: set[str]) -> None:
        if missing := topics - self._limits.keys():
            self._limits.update(await limits(self._servers, self._client_id, sorted(missing)))
        if missing := topics - self._limits.keys():
            raise UnknownTopic(min(missing))

    def _check(self, records: Sequence[Outgoing]) -> None:
        for record in records:
            if (size := record.size) > (limit := self._limits[record.topic]):
                raise RecordTooLarge(record.topic, size, limit)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                max_batch_size=_LARGEST,
                max_request_size=_LARGEST,
                request_timeout_ms=_PUBLISH_S * 1000,
            )
            async with asyncio.timeout(_START_S):
                await self._producer.start()
        return self._producer

    async def _publish(self, producer: AIOKafkaProducer, records: Sequence[Outgoing], acked: set[int]) -> None:
        """Send each partition its records; one that fails does not keep the others from finishing."""
        shares: dict[TopicPartition, list[int]] = defaultdict(list)
        failures: list[Exception] = []
        async with asyncio.timeout(_PUBLISH_S), asyncio.TaskGroup() as group:
            partitions = {topic: len(await producer.partitions_for(topic)) for topic in {record.topic for record in records}}
            for index, record in enumerate(records):
                shares[TopicPartition(record.topic, partition_of(record.key, partitions[record.topic]))].append(index)
            for log, indices in shares.items():
                group.create_task(self._send(producer, log, [(index, records[index]) for index in indices], acked, failures))
        if failures:
            raise failures[0]

    async def _send(
        self,
        producer: AIOKafkaProducer,
        log: TopicPartition,
        records: Sequence[tuple[int, Outgoing]],
        acked: set[int],
        failures: list[Exception],
    ) -> None:
        """One batch at a time, each after the other's ack: a failed batch then has no successor and the acked are a prefix."""
        at = int(technical_now().timestamp() * 1000)
        start = 0
        try:
            while start < len(records):
                end = start + self._fitting(log.topic, records[start:])
                batch = producer.create_batch()
                for _, record in records[start:end]:
                    batch.append(timestamp=at, key=record.key, value=record.value, headers=list(record.headers))
                batch.close()
                await (await producer.send_batch(batch, log.topic, partition=log.partition))
                acked.update(index for index, _ in records[start:end])
                start = end
        except (KafkaError, OSError) as error:
            failures.append(error)

    def _fitting(self, topic: str, records: Sequence[tuple[int, Outgoing]]) -> int:
        """How many of `records` go into one batch: a single one may fill it alone, up to the topic's limit."""
        room = min(_BATCH_BYTES, self._limits[topic] + ROOM)
        for count, (_, record) in enumerate(records):
            room -= record.size + _PER_RECORD
            if room < 0 and count:
                return count
        return len(records)

    async def _give_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await _end(producer)


async def _end(producer: AIOKafkaProducer) -> None:
    """Stop without flushing: `stop()` alone waits until everything was sent, which without a broker takes for ever."""
    sender, waiting = producer._sender, producer._message_accumulator  # noqa: SLF001 - there is no public way
    await sender.close()
    for batch in [*waiting._pending_batches, *chain.from_iterable(waiting._batches.values())]:  # noqa: SLF001 - the same
        batch.future.cancel()
    await producer.stop()
