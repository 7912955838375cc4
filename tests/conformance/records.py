"""What the bus promises about records and topics."""

from uuid import uuid4

import pytest

from chassis.bus.errors import RecordTooLarge, UnknownTopic
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Bus, Outgoing, Producer, TopicSpec
from tests.conformance.empty_bus import LIMIT, PARTITIONS, EmptyBus, by_key, numbered, values
from tests.conformance.members import read


class RecordConformance(EmptyBus):
    """Order, size, bytes, declaration."""

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
