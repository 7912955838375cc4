"""What the Kafka adapter adds to the suite: static members, a watchdog, settings of its topics."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from chassis.bus.errors import BusUnavailable, TopicRefused
from chassis.bus.kafka.bus import KafkaBus
from chassis.bus.kafka.watchdog import Watchdog
from chassis.bus.port import Outgoing, TopicSpec
from tests.conformance.members import ends, eventually, member_process, members, read
from tests.support.kafka import Kafka

pytestmark = pytest.mark.kafka


@pytest.fixture
async def bus(kafka: Kafka) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka.bootstrap, "conformance")
    yield bus
    await bus.close()


@pytest.fixture
async def topic(bus: KafkaBus) -> str:
    name = f"groups.{uuid4()}"
    await bus.ensure_topics([TopicSpec(name, 6)])
    return name


def batch(topic: str, count: int) -> list[Outgoing]:
    return [Outgoing(topic, b"person-%d" % number, b"%d" % number) for number in range(count)]


async def test_m13_static_member_returns_to_its_partitions_within_seconds(bus: KafkaBus, kafka: Kafka, topic: str) -> None:
    """Killed and started again inside its session, it gets the same partitions back and its sibling is not disturbed."""
    revocations = 0

    async with members(bus, topic, topic, "stays") as (sibling,), member_process(kafka.bus, topic, topic, "killed") as first:
        await eventually(lambda: first.held == len(sibling.held) == 3)
        before = sibling.held

        async def count(_: object) -> None:
            nonlocal revocations
            revocations += 1

        assert sibling.subscription is not None
        sibling.subscription.release = count  # type: ignore[attr-defined]
        first.kill()
        started = time.monotonic()
        async with member_process(kafka.bus, topic, topic, "killed") as second:
            await eventually(lambda: second.held == 3, within_s=8)
            assert time.monotonic() - started < 6
            assert sibling.held == before
            assert revocations == 0
            del sibling.subscription.release  # type: ignore[attr-defined]


async def test_m13_a_paused_member_stays_a_member(bus: KafkaBus, topic: str) -> None:
    """Back-pressure longer than a session (6 s) costs no partition, as long as the member polls."""
    subscription = await bus.subscribe(topic, [topic], "1")
    producer = await bus.producer()
    await producer.publish(batch(topic, 50))
    records = await read(subscription, 50)
    held = subscription.assignment()
    subscription.pause(list(held))

    for _ in range(7):
        assert not await subscription.poll(10, 1)

    assert subscription.assignment() == held
    await subscription.commit(ends(records))


async def test_a_consumer_with_lag_but_no_progress_is_rebuilt(bus: KafkaBus, topic: str) -> None:
    producer = await bus.producer()
    await producer.publish(batch(topic, 50))
    subscription = await bus.subscribe(topic, [topic], "1")
    await subscription.commit(ends(await read(subscription, 50)))
    subscription._watchdog = Watchdog(every_s=0.2)
    stuck = subscription._consumer
    assert stuck is not None
    for task in (stuck._fetcher._fetch_task, *stuck._fetcher._pending_tasks):
        task.cancel()
    await producer.publish(batch(topic, 20))

    records = await read(subscription, 20)

    assert subscription._consumer is not stuck
    assert sorted(int(record.value) for record in records) == list(range(20))


async def test_a_pause_survives_a_rebalance_for_the_partitions_kept(bus: KafkaBus, topic: str) -> None:
    subscription = await bus.subscribe(topic, [topic], "1")
    async with asyncio.timeout(20):
        while len(subscription.assignment()) < 6:
            await subscription.poll(1, 0.1)
    subscription.pause(list(subscription.assignment()))
    async with members(bus, topic, topic, "2") as (other,):
        async with asyncio.timeout(20):
            while len(subscription.assignment()) != 3 or len(other.held) != 3:
                await subscription.poll(1, 0.1)
        await (await bus.producer()).publish(batch(topic, 100))
        await eventually(lambda: len(other.records) > 20)
        assert not await subscription.poll(10, 0.5)
        await subscription.close()


async def test_a_topic_the_broker_refuses_says_why(bus: KafkaBus) -> None:
    with pytest.raises(TopicRefused, match="InvalidTopic"):
        await bus.ensure_topics([TopicSpec("no spaces allowed", 1)])


async def test_a_broker_that_is_not_there_is_unavailable() -> None:
    bus = KafkaBus("127.0.0.1:1", "conformance")
    with pytest.raises(BusUnavailable):
        await bus.ensure_topics([TopicSpec("any", 1)])
    with pytest.raises(BusUnavailable):
        await bus.subscribe("group", ["any"], "1")
