"""What the three loops share: records from a topic in batches of 500, records to a topic behind an outbox."""

import asyncio
import sys
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BATCH = 500
Record = tuple[bytes, bytes]  # key, value


@dataclass(frozen=True, slots=True)
class Place:
    """Where the servers are, from the command line."""

    database: str
    kafka: str
    partitions: int
    port: int

    @classmethod
    def given(cls) -> "Place":
        """The four words after the module's name."""
        database, kafka, partitions, port = sys.argv[1:]
        return cls(database, kafka, int(partitions), int(port))


class Relay:
    """Sends what a batch has put into its outbox, straight from memory, while the next batch is written; acks=all."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partitions: int) -> None:
        self._producer = producer
        self._topic = topic
        self._partitions = partitions
        self._sending: asyncio.Task[int] | None = None
        self._upto = 0

    async def acked(self) -> int:
        """The last outbox id of the batch before this one, once the broker has it."""
        if self._sending is not None:
            sending, self._sending = self._sending, None
            self._upto = await sending
        return self._upto

    def send(self, records: Sequence[Record], upto: int) -> None:
        """Begin to send a batch whose last outbox id this is."""
        self._sending = asyncio.create_task(self._send(records, upto))

    async def _send(self, records: Sequence[Record], upto: int) -> int:
        batches: dict[int, Any] = {}
        for key, value in records:
            partition = zlib.crc32(key) % self._partitions
            if partition not in batches:
                batches[partition] = self._producer.create_batch()
            assert batches[partition].append(key=key, value=value, timestamp=None) is not None, "a batch is larger than max_batch_size"
        sent = [await self._producer.send_batch(batch, self._topic, partition=partition) for partition, batch in batches.items()]
        await asyncio.gather(*sent)
        return upto


async def producer(place: Place, topic: str) -> Relay:
    """A relay to this topic."""
    made = AIOKafkaProducer(bootstrap_servers=place.kafka, acks="all", max_batch_size=1024 * 1024)
    await made.start()
    return Relay(made, topic, place.partitions)


async def consume(place: Place, topic: str, group: str, handle: Callable[[list[Record]], Awaitable[None]]) -> None:
    """Hand over batches; positions are committed behind each, one commit in flight."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=place.kafka, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest", max_poll_records=BATCH
    )
    await consumer.start()
    committing: asyncio.Task[None] | None = None
    say_ready()
    while True:
        found = await consumer.getmany(timeout_ms=1000, max_records=BATCH)
        records = [(record.key, record.value) for part in found.values() for record in part]
        if not records:
            continue
        await handle(records)
        if committing is not None:
            await committing
        committing = asyncio.create_task(consumer.commit({log: part[-1].offset + 1 for log, part in found.items()}))


async def connect(place: Place) -> asyncpg.Connection:
    """One connection; each statement is a transaction of its own, durable when it answers."""
    return await asyncpg.connect(place.database)


def say_ready() -> None:
    """The rival waits for this line."""
    print("ready", flush=True)  # noqa: T201 - the sign a parent process reads
