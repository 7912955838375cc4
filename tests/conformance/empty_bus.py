"""An empty bus with one topic, and what the suite puts on it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from chassis.bus.connect import connect
from chassis.bus.port import Bus, Outgoing, Producer, Record, TopicSpec

PARTITIONS = 6
LIMIT = 1_000_000
TAKEOVER_S = 12.0  # a killed member: a session of 6 s on Kafka, at once on PostgreSQL


def numbered(topic: str, count: int, keys: int = 50) -> list[Outgoing]:
    """Records whose value is their number, dealt out over `keys`."""
    return [Outgoing(topic, b"person-%d" % (number % keys), b"%d" % number) for number in range(count)]


def values(records: Sequence[Record]) -> list[int]:
    return [int(record.value) for record in records]


def by_key(records: Sequence[Record]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = defaultdict(list)
    for record in records:
        found[record.key].append(int(record.value))
    return found


class EmptyBus:
    """The fixtures that every part of the suite stands on."""

    @pytest.fixture
    def url(self) -> str:
        """The address of an empty bus; the adapter's class gives it."""
        raise AssertionError("an adapter's class overrides this")

    def disturbed(self, url: str) -> AbstractAsyncContextManager[None]:
        """Cut every connection of the bus on entry; on exit it works again."""
        raise AssertionError(f"an adapter's class overrides this ({url})")

    @pytest.fixture
    async def bus(self, url: str) -> AsyncIterator[Bus]:
        bus = connect(url, "conformance")
        yield bus
        await bus.close()

    @pytest.fixture
    async def topic(self, bus: Bus) -> str:
        name = f"conformance.{uuid4()}"
        await bus.ensure_topics([TopicSpec(name, PARTITIONS, max_record_bytes=LIMIT)])
        return name

    @pytest.fixture
    async def producer(self, bus: Bus) -> Producer:
        return await bus.producer()
