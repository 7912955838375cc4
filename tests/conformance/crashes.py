"""What the bus promises when a member or the bus itself dies."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from chassis.bus.errors import PublishFailed
from chassis.bus.partitioner import partition_of
from chassis.bus.port import Bus, Outgoing, Producer, Record
from tests.conformance.empty_bus import PARTITIONS, TAKEOVER_S, EmptyBus, by_key, numbered, values
from tests.conformance.members import eventually, member_process, members


class CrashConformance(EmptyBus):
    """Killed members, lost connections."""

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

        while not failures:  # a cut that the producer noticed before it published harms nothing: publish again, cut again
            del sent[1:]
            async with self.disturbed(url):
                relaying = asyncio.create_task(relay())
                await eventually(lambda relaying=relaying: bool(failures) or relaying.done())  # type: ignore[misc]
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
