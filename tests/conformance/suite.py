"""What a service may rely on, whichever bus it runs on."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from chassis.bus.connect import connect
from chassis.bus.errors import NotOwner, PublishFailed, RecordTooLarge, UnknownTopic
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Bus, Outgoing, Producer, Record, TopicSpec
from tests.conformance.members import Member, ends, eventually, member_process, members, read

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


class BusConformance:
    """Inherited once per adapter."""

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

    # -- records

    async def test_records_of_one_key_come_in_the_order_they_were_published(self, bus: Bus, topic: str, producer: Producer) -> None:
        for start in range(0, 600, 150):
            await producer.publish(numbered(topic, 600)[start : start + 150])

        records = await read(await bus.subscribe("reader", [topic], "1"), 600)

        assert all(numbers == sorted(numbers) for numbers in by_key(records).values())
        assert sorted(values(records)) == list(range(600))

    async def test_positions_rise_within_a_partition(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 300))

        records = await read(await bus.subscribe("reader", [topic], "1"), 300, max_records=40)

        for partition in range(PARTITIONS):
            positions = [record.position for record in records if record.partition == partition]
            assert positions == list(range(positions[0], positions[0] + len(positions)))

    async def test_keys_spread_over_all_partitions_as_java_clients_place_them(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 200, keys=200))

        records = await read(await bus.subscribe("reader", [topic], "1"), 200)

        assert {record.partition for record in records} == set(range(PARTITIONS))
        assert all(record.partition == partition_of(record.key, PARTITIONS) for record in records)

    async def test_key_value_and_headers_pass_untouched(self, bus: Bus, topic: str, producer: Producer) -> None:
        every_byte = bytes(range(256))
        headers = (("trace", b"00-1"), ("bytes", every_byte), ("trace", b""), ("naïve", b"x"))
        await producer.publish(
            [Outgoing(topic, every_byte, every_byte * 9, headers), Outgoing(topic, every_byte, b""), Outgoing(topic, every_byte, b"{")]
        )

        records = await read(await bus.subscribe("reader", [topic], "1"), 3)

        assert [(record.key, record.value, record.headers) for record in records] == [
            (every_byte, every_byte * 9, headers),
            (every_byte, b"", ()),
            (every_byte, b"{", ()),
        ]
        assert all(record.at.tzinfo is not None for record in records)

    async def test_a_record_of_the_largest_size_passes(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish([Outgoing(topic, b"k", b"\xff" * (LIMIT - 1)), Outgoing(topic, b"k", b"next")])

        records = await read(await bus.subscribe("reader", [topic], "1"), 2)

        assert [len(record.value) for record in records] == [LIMIT - 1, 4]

    async def test_a_larger_record_is_refused_and_nothing_is_sent(self, bus: Bus, topic: str, producer: Producer) -> None:
        with pytest.raises(RecordTooLarge):
            await producer.publish([Outgoing(topic, b"k", b"small"), Outgoing(topic, b"k", b"x" * LIMIT)])

        await producer.publish([Outgoing(topic, b"k", b"after")])
        records = await read(await bus.subscribe("reader", [topic], "1"), 1)
        assert [record.value for record in records] == [b"after"]

    async def test_publishing_nothing_is_nothing(self, producer: Producer) -> None:
        await producer.publish([])

    # -- topics

    async def test_declaring_a_topic_twice_changes_nothing(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 20))

        await bus.ensure_topics([TopicSpec(topic, PARTITIONS + 3), TopicSpec(f"{topic}.second", 1)])

        await producer.publish([*numbered(topic, 20), Outgoing(f"{topic}.second", b"k", b"0")])
        records = await read(await bus.subscribe("reader", [topic, f"{topic}.second"], "1"), 41)
        assert {record.partition for record in records if record.topic == topic} <= set(range(PARTITIONS))

    async def test_undeclared_topics_are_never_created_by_use(self, bus: Bus, producer: Producer) -> None:
        name = f"undeclared.{uuid4()}"
        with pytest.raises(UnknownTopic):
            await producer.publish([Outgoing(name, b"k", b"v")])
        with pytest.raises(UnknownTopic):
            await bus.subscribe("reader", [name], "1")
        with pytest.raises(UnknownTopic):
            await producer.publish([Outgoing(name, b"k", b"v")])

    # -- groups, each named as the topic it reads so that no test meets another's members

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

    async def test_joining_and_leaving_lose_nothing_and_keep_the_order_of_each_key(self, bus: Bus, topic: str, producer: Producer) -> None:
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

    # -- positions

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

    async def test_rewinding_brings_back_what_was_not_committed(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100, keys=1))
        subscription = await bus.subscribe(topic, [topic], "1")
        done = await read(subscription, 30, max_records=30)
        await subscription.commit(ends(done[:20]))

        await subscription.rewind()

        again = await read(subscription, 80)
        assert values(again) == list(range(20, 100))

    async def test_rewinding_before_the_first_commit_starts_from_the_beginning(self, bus: Bus, topic: str, producer: Producer) -> None:
        await producer.publish(numbered(topic, 100))
        subscription = await bus.subscribe(topic, [topic], "1")
        await read(subscription, 30, max_records=30)

        await subscription.rewind()

        assert sorted(values(await read(subscription, 100))) == list(range(100))

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

    # -- crashes

    async def test_a_killed_member_is_replaced(self, bus: Bus, url: str, topic: str, producer: Producer) -> None:
        async with member_process(url, topic, topic, "doomed", hoarder=True) as doomed, members(bus, topic, topic, "2") as (survivor,):
            await eventually(lambda: doomed.held == len(survivor.held) == 3)
            await producer.publish(numbered(topic, 200))
            await eventually(lambda: len(doomed.values) + len(survivor.records) == 200)

            doomed.kill()

            await eventually(lambda: len(survivor.held) == PARTITIONS, within_s=TAKEOVER_S)
            await eventually(lambda: set(values(survivor.records)) == set(range(200)))

    async def test_a_process_killed_in_mid_batch_gets_the_batch_again_after_its_restart(
        self, url: str, topic: str, producer: Producer
    ) -> None:
        await producer.publish(numbered(topic, 100))
        async with member_process(url, topic, topic, "same", hoarder=True) as first:
            await eventually(lambda: len(first.values) == 100)
            first.kill()

        async with member_process(url, topic, topic, "same") as second:
            await eventually(lambda: len(second.values) == 100, within_s=TAKEOVER_S)
            assert sorted(map(int, second.values)) == list(range(100))

    async def test_a_failed_publish_names_an_acked_prefix_and_the_producer_recovers(
        self, bus: Bus, url: str, topic: str, producer: Producer
    ) -> None:
        wave = numbered(topic, 3000)
        await producer.publish(wave[:1])
        sent: list[int] = [0]
        failures: list[PublishFailed] = []

        async def relay() -> None:
            """Publish from the first unsent on, as the relay does."""
            while len(sent) < len(wave):
                unsent = sorted(set(range(len(wave))) - set(sent))
                try:
                    await producer.publish([wave[index] for index in unsent])
                    sent.extend(unsent)
                except PublishFailed as failure:
                    failures.append(failure)
                    acked = [unsent[index] for index in sorted(failure.acked)]
                    self._assert_prefix([wave[index] for index in unsent], failure.acked)
                    sent.extend(acked)

        async with self.disturbed(url):
            relaying = asyncio.create_task(relay())
            await eventually(lambda: bool(failures))
        await asyncio.wait_for(relaying, 60)

        records: list[Record] = []
        subscription = await bus.subscribe("reader", [topic], "1")
        async with asyncio.timeout(30):
            while len(set(values(records))) < len(wave):
                records += await subscription.poll(500, 0.5)
        assert all(list(dict.fromkeys(numbers)) == sorted(set(numbers)) for numbers in by_key(records).values())

    async def test_members_recover_by_themselves_when_the_bus_comes_back(self, bus: Bus, url: str, topic: str, producer: Producer) -> None:
        async with members(bus, topic, topic, "1", "2") as both:
            await eventually(lambda: [len(member.held) for member in both] == [3, 3])
            async with self.disturbed(url):
                before = [member.polls for member in both]
                await eventually(lambda: all(member.polls > count + 2 for member, count in zip(both, before, strict=True)))
            await self._publish_at_last(producer, numbered(topic, 100))
            await eventually(lambda: {number for member in both for number in values(member.records)} == set(range(100)), within_s=60)
            await eventually(lambda: [len(member.held) for member in both] == [3, 3])

    async def _publish_at_last(self, producer: Producer, records: Sequence[Outgoing]) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    return await producer.publish(records)
                except PublishFailed:
                    continue

    def _assert_prefix(self, records: Sequence[Outgoing], acked: frozenset[int]) -> None:
        fates: dict[int, list[bool]] = defaultdict(list)
        for index, record in enumerate(records):
            fates[partition_of(record.key, PARTITIONS)].append(index in acked)
        assert all(fate == sorted(fate, reverse=True) for fate in fates.values())
