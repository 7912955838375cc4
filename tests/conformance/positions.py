"""What the bus promises about positions, pausing and waiting."""

import asyncio

import pytest

from chassis.bus.errors import NotOwner
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Bus, Producer
from tests.conformance.empty_bus import PARTITIONS, EmptyBus, by_key, numbered, values
from tests.conformance.members import ends, eventually, members, read


class PositionConformance(EmptyBus):
    """Resuming, lag, pausing."""

    async def test_reading_resumes_from_the_committed_position(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        first = await bus.subscribe(topic, [topic], "1")
        done = await read(first, 40, max_records=40)
        await first.commit(ends(done))
        await first.close()

        rest = await read(await bus.subscribe(topic, [topic], "1"), 100 - len(done))

        assert sorted(values(done) + values(rest)) == list(range(100))

    async def test_what_was_not_committed_comes_again_to_the_next_owner(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        first = await bus.subscribe(topic, [topic], "1")
        await read(first, 100)
        await first.close()

        again = await read(await bus.subscribe(topic, [topic], "2"), 100)

        assert sorted(values(again)) == list(range(100))

    async def test_lag_counts_what_is_not_committed(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        subscription = await bus.subscribe(topic, [topic], "1")
        records = await read(subscription, 100)
        assert sum((await subscription.lag()).values()) == 100

        await subscription.commit(ends([record for record in records if record.partition != 0]))

        in_first = sum(record.partition == 0 for record in records)
        lag = await subscription.lag()
        assert {log.partition: behind for log, behind in lag.items() if behind} == {0: in_first}
        assert len(lag) == PARTITIONS

    async def test_a_position_of_a_partition_that_moved_is_not_committed(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        stale = await bus.subscribe(topic, [topic], "1")
        records = await read(stale, 100)
        async with members(bus, topic, topic, "2") as (second,):
            async with asyncio.timeout(20):
                while len(stale.assignment()) != 3 or len(second.held) != 3:
                    await stale.poll(1, 0.1)
            lost = {log: position for log, position in ends(records).items() if log in second.held}

            with pytest.raises(NotOwner):
                await stale.commit(dict.fromkeys(lost, 0))

            await eventually(lambda: len(second.records) >= sum(record.log in lost for record in records))
        await stale.close()

    # -- pausing

    async def test_paused_partitions_give_nothing_until_they_are_resumed(self, bus: Bus, topic: str, producer: Producer) -> None:
        subscription = await bus.subscribe(topic, [topic], "1")
        async with asyncio.timeout(20):
            while len(subscription.assignment()) < PARTITIONS:
                await subscription.poll(1, 0.1)
        paused = sorted(subscription.assignment(), key=lambda log: log.partition)[:2]
        subscription.pause(paused)
        await producer.publish(numbered(topic, 200))
        open_ones = [number for number in numbered(topic, 200) if partition_of(number.key, PARTITIONS) > 1]

        records = await read(subscription, len(open_ones))
        assert not await subscription.poll(500, 0.3)
        assert {record.partition for record in records} == {2, 3, 4, 5}

        subscription.resume(paused)
        records += await read(subscription, 200 - len(open_ones))
        assert sorted(values(records)) == list(range(200))

    async def test_pausing_with_records_in_hand_loses_none(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 300))
        subscription = await bus.subscribe(topic, [topic], "1")
        records = await read(subscription, 20, max_records=20)
        held = list(subscription.assignment())
        subscription.pause(held)
        assert not await subscription.poll(500, 0.3)

        subscription.resume(held)

        records += await read(subscription, 280)
        assert all(numbers == sorted(numbers) for numbers in by_key(records).values())
        assert sorted(values(records)) == list(range(300))

    # -- waiting

    async def test_a_waiting_poll_is_woken_by_a_record(self, bus: Bus, topic: str, producer: Producer) -> None:
        subscription = await bus.subscribe(topic, [topic], "1")
        async with asyncio.timeout(20):
            while len(subscription.assignment()) < PARTITIONS:
                await subscription.poll(1, 0.1)
        waiting = asyncio.create_task(subscription.poll(10, 20))

        await producer.publish(numbered(topic, 1))

        async with asyncio.timeout(5):
            assert values(await waiting) == [0]

    async def test_m24_any_member_sees_where_the_topics_end_and_where_the_group_stands(
        self, bus: Bus, topic: str, producer: Producer
    ) -> None:
        async with members(bus, topic, topic, "1", "2") as (first, second):
            await eventually(lambda: len(first.held) == len(second.held) == 3)
            await producer.publish(numbered(topic, 200))
            await eventually(lambda: len(first.records) + len(second.records) >= 200)
            assert first.subscription is not None
            there = await first.subscription.ends()
            assert sum(there.values()) == 200
            assert len(there) == PARTITIONS
            async with asyncio.timeout(20):
                while await first.subscription.standing() != there:
                    await asyncio.sleep(0.01)

    async def test_m24_what_a_group_has_not_read_shows_before_its_end(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        subscription = await bus.subscribe(topic, [topic], "1")
        done = await read(subscription, 40, max_records=40)
        await subscription.commit(ends(done))

        there, standing = await subscription.ends(), await subscription.standing()

        assert sum(there.values()) == 100
        assert sum(standing.values()) == len(done)
