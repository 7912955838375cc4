"""Reads a topic from now on, and remembers when each notice was seen there."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.envelope import decode
from contracts.notification import NoticeSubmitted
from contracts.registry import NOTIFICATION

_MARK = NoticeSubmitted.event_type.encode()
_LOOK_S = 0.005


@dataclass(slots=True)
class Tail:
    """The notices that were frozen since the tail began: the records, undecoded, with the second in which each was seen."""

    seen: list[tuple[float, bytes]] = field(default_factory=list)

    async def reached(self, count: int, timeout_s: float) -> None:
        """Wait until so many were seen."""
        async with asyncio.timeout(timeout_s):
            while not len(self.seen) >= count:
                await asyncio.sleep(_LOOK_S)

    def by_notice(self) -> dict[str, float]:
        """When each notice was first seen; decoded only now, so that reading costs next to nothing while it is timed."""
        found: dict[str, float] = {}
        for at, value in self.seen:
            event = decode(value).data
            assert isinstance(event, NoticeSubmitted)
            found.setdefault(str(event.notice_id), at)
        return found


@asynccontextmanager
async def tail(bootstrap: str, partitions: int) -> AsyncIterator[Tail]:
    """Follow the notices of the hub from now on, as a stranger to every group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="latest", fetch_max_wait_ms=100)
    await consumer.start()
    logs = [TopicPartition(NOTIFICATION.topic, number) for number in range(partitions)]
    consumer.assign(logs)
    await consumer.seek_to_end(*logs)
    for log in logs:  # a position is looked up lazily; what comes from now on must not be missed
        await consumer.position(log)
    found = Tail()
    reading = asyncio.create_task(_read(consumer, found))
    try:
        yield found
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, found: Tail) -> None:
    while True:
        batches = await consumer.getmany(timeout_ms=1000)
        now = time.time()
        found.seen += [(now, record.value) for records in batches.values() for record in records if _MARK in record.value]
