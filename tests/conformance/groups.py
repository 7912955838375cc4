"""What the bus promises about groups and their members."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from chassis.bus.port import Bus, Producer, Record, TopicSpec
from tests.conformance.empty_bus import PARTITIONS, EmptyBus, by_key, numbered, values
from tests.conformance.members import Member, eventually, members
from tests.support.figures import Figure, Guarantee


class GroupConformance(EmptyBus):
    """Sharing out, joining, leaving."""

    # Each group is named as the topic it reads, so that no test meets another's members.

    async def test_every_group_sees_every_record(self, bus: Bus, topic: str, producer: Producer) -> None:
        async with members(bus, "one", topic, "1") as (one,), members(bus, "other", topic, "1") as (other,):
            await producer.publish(numbered(topic, 200))
            await eventually(lambda: len(one.records) == len(other.records) == 200)

        assert sorted(values(one.records)) == sorted(values(other.records)) == list(range(200))

    async def test_members_share_the_partitions_evenly_and_see_each_record_once(self, bus: Bus, topic: str, producer: Producer) -> None:
        async with members(bus, topic, topic, "1", "2") as both:
            await eventually(lambda: [len(member.held) for member in both] == [3, 3])
            await producer.publish(numbered(topic, 400))
            await eventually(lambda: sum(len(member.records) for member in both) >= 400)

        assert Counter(number for member in both for number in values(member.records)) == Counter(range(400))
        assert not {record.partition for record in both[0].records} & {record.partition for record in both[1].records}

    async def test_more_members_than_partitions_leave_some_idle_and_none_unread(self, bus: Bus, topic: str) -> None:
        narrow = f"{topic}.narrow"
        await bus.ensure_topics([TopicSpec(narrow, 2)])
        async with members(bus, narrow, narrow, "1", "2", "3") as all_three:
            await eventually(lambda: sorted(len(member.held) for member in all_three) == [0, 1, 1])

    async def test_joining_and_leaving_lose_nothing_and_keep_the_order_of_each_key(
        self, bus: Bus, topic: str, producer: Producer, figure: Figure
    ) -> None:
        """Also: no two members ever handle records of one partition at the same time, because a member drains before it lets go."""
        under_way: set[int] = set()
        handled: list[Record] = []

        async def handle(batch: Sequence[Record]) -> None:
            partitions = {record.partition for record in batch}
            assert not partitions & under_way
            under_way.update(partitions)
            for _ in range(20):
                await asyncio.sleep(0)
            under_way.difference_update(partitions)
            handled.extend(batch)

        async def publish() -> None:
            for start in range(0, 3000, 100):
                await producer.publish(numbered(topic, 3000)[start : start + 100])
                await eventually(lambda start=start: len(handled) >= start - 300)  # type: ignore[misc]

        publishing = asyncio.create_task(publish())
        async with members(bus, topic, topic, "1") as (first,):
            first.handle = handle
            await eventually(lambda: len(handled) > 300)
            second = await Member(bus, topic, topic, "2", handle).start()
            await eventually(lambda: len(second.held) == 3)
            third = await Member(bus, topic, topic, "3", handle).start()
            await eventually(lambda: len(third.held) == 2)
            await second.leave()
            await eventually(lambda: len(third.held) == 3)
            await third.leave()
            await publishing
            await eventually(lambda: len(set(values(handled))) == 3000)

        firsts = {key: list(dict.fromkeys(numbers)) for key, numbers in by_key(handled).items()}
        assert all(numbers == sorted(numbers) for numbers in firsts.values())
        assert len(handled) == 3000
        figure(Guarantee.ORDER, f"3,000 records of {len(firsts)} keys while members join and leave: none lost, none out of its order")

    async def test_m09_a_revoke_waits_for_the_open_unit_of_work(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 50))
        begun, finish = asyncio.Event(), asyncio.Event()

        async def handle(_: Sequence[Record]) -> None:
            begun.set()
            await finish.wait()

        async with members(bus, topic, topic, "1") as (first,):
            first.handle = handle
            await begun.wait()
            second = await Member(bus, topic, topic, "2").start()
            await eventually(lambda: second.polls >= 6)
            assert not second.held

            finish.set()
            await eventually(lambda: len(first.held) == len(second.held) == 3)
            await eventually(lambda: len(first.records) + len(second.records) >= 50)
            await second.leave()
        assert Counter(values(first.records) + values(second.records)) == Counter(range(50))

    async def test_a_member_that_leaves_hands_over_without_waiting_for_a_timeout(self, bus: Bus, topic: str) -> None:
        async with members(bus, topic, topic, "1", "2") as (first, second):
            await eventually(lambda: len(first.held) == len(second.held) == 3)
            await first.leave()
            await eventually(lambda: len(second.held) == PARTITIONS, within_s=5)
