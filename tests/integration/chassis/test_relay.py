"""The relay: committed events reach the bus without gaps, in order, by one leader (`mechanics.md` 7, 8)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from chassis.bus.errors import BusUnavailable, PublishFailed
from chassis.bus.port import Bus, Outgoing, Producer
from chassis.errors import EventTooLarge
from chassis.leader import leadership
from chassis.relay import Bundling, Relay
from chassis.timer_store import Timer
from contracts.identifiers import PersonId
from devkit.databases import DatabaseUrls
from tests.support.eventually import eventually
from tests.support.figures import Figure, Guarantee
from tests.support.shop import START, TOY_SHOP, Ordered, Shipped, Shop, number_in, open_shop, somebody

LEADERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 18517 AND granted"
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 18517 AND granted AND pid <> pg_backend_pid()"
)


async def _announce(shop: Shop, person: PersonId, *numbers: int) -> None:
    for number in numbers:
        async with shop.units.open() as uow:
            await uow.take([person])
            uow.publish([Ordered(person_id=person, number=number)])


@asynccontextmanager
async def _listening(shop: Shop) -> AsyncIterator[list[int]]:
    """The numbers on the bus as they come, repeats included."""
    heard: list[int] = []
    subscription = await shop.bus.subscribe("ear", [TOY_SHOP.topic], "1")

    async def listen() -> None:
        while True:
            heard.extend(number_in(record.value) or 0 for record in await subscription.poll(500, 0.2))

    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        yield heard
        listening.cancel()
    await subscription.close()


def _relaying(shop: Shop) -> AbstractAsyncContextManager[object]:
    return shop.keeping(relay=shop.relay.run)


async def _empty(shop: Shop) -> bool:
    return not await shop.rows("SELECT 1 FROM outbox LIMIT 1")


async def test_m07_size_is_checked_when_it_is_announced(shop: Shop) -> None:
    [anne] = somebody()
    with pytest.raises(EventTooLarge):
        async with shop.units.open() as uow:
            uow.publish([Ordered(person_id=anne, number=1, manner="x" * 1_000_000)])

    assert await _empty(shop)


async def test_m07_one_process_leads_and_when_its_connection_is_killed_another_goes_on(shop: Shop, urls: DatabaseUrls) -> None:
    [anne] = somebody()
    async with (
        open_shop(urls) as other,
        _listening(shop) as heard,
        shop.keeping(relay=shop.relay.run),
        other.keeping(relay=other.relay.run),
    ):
        for number in range(60):
            await _announce(shop if number % 2 else other, anne, number)
            if number % 20 == 10:
                assert len(await shop.rows(LEADERS)) <= 1
                await shop.rows(END)

        async def all_heard() -> bool:
            return set(heard) == set(range(60))

        await eventually(all_heard)

        async def carried() -> bool:
            return await _empty(shop)

        await eventually(carried)

    assert list(dict.fromkeys(heard)) == list(range(60))


async def test_m07_a_follower_takes_over_at_once_and_opens_no_connection_before(shop: Shop) -> None:
    async with leadership(shop.database, "task") as leader:
        assert leader is not None
        async with leadership(shop.database, "task") as follower, leadership(shop.database, "another task") as free:
            assert (follower is None, free is None) == (True, False)
    async with leadership(shop.database, "task") as again:
        assert again is not None


@dataclass
class FaultyProducer:
    """The real producer behind a connection that breaks: once in a while only a prefix gets there, or all of it without an answer."""

    real: Producer
    faults: list[str]

    async def publish(self, records: Sequence[Outgoing]) -> None:
        fault = self.faults.pop() if self.faults else ""
        if fault == "prefix":
            half = len(records) // 2
            await self.real.publish(records[:half])
            raise PublishFailed(frozenset(range(half)), len(records))
        await self.real.publish(records)
        if fault == "unanswered":
            raise PublishFailed(frozenset(), len(records))
        if fault == "broken":
            raise BusUnavailable(fault)

    async def close(self) -> None:
        await self.real.close()


@dataclass
class FaultyBus:
    """A bus whose producers fail in turn."""

    real: Bus
    faults: list[str] = field(default_factory=list)

    async def producer(self) -> FaultyProducer:
        return FaultyProducer(await self.real.producer(), self.faults)


@dataclass
class CountingProducer:
    """The real producer, noting how many records come at a time."""

    real: Producer
    bundles: list[int]

    async def publish(self, records: Sequence[Outgoing]) -> None:
        await self.real.publish(records)
        self.bundles.append(len(records))

    async def close(self) -> None:
        await self.real.close()


@dataclass
class CountingBus:
    """A bus that notes how many records its producers are given at a time."""

    real: Bus
    bundles: list[int] = field(default_factory=list)

    async def producer(self) -> CountingProducer:
        return CountingProducer(await self.real.producer(), self.bundles)


async def test_m08_a_lone_event_leaves_at_once_and_what_comes_close_behind_it_leaves_together(shop: Shop) -> None:
    [anne] = somebody()
    bus = CountingBus(shop.bus)
    bundling = Bundling(units=3, within_s=3600)
    relay = Relay(shop.database, bus, shop.units.outbox_wake, shop.health, shop.metrics, bundling=bundling)  # type: ignore[arg-type]

    async def left(*bundles: int) -> bool:
        return bus.bundles == list(bundles)

    async with shop.keeping(relay=relay.run):
        await _announce(shop, anne, 1)
        await eventually(lambda: left(1))
        await _announce(shop, anne, 2, 3, 4)
        await eventually(lambda: left(1, 3))


async def test_m08_a_relay_that_is_told_to_stop_leaves_nothing_to_be_sent_again(shop: Shop) -> None:
    [anne] = somebody()
    bus = CountingBus(shop.bus)
    bundling = Bundling(units=3, within_s=3600)
    relay = Relay(shop.database, bus, shop.units.outbox_wake, shop.health, shop.metrics, bundling=bundling)  # type: ignore[arg-type]

    async def left() -> bool:
        return bool(bus.bundles)

    async with shop.keeping(relay=relay.run):
        await _announce(shop, anne, 1)
        await eventually(left)
        assert not await _empty(shop), "what was acked waits for the next turn"
    assert await _empty(shop)


async def test_m07_errors_of_the_producer_give_duplicates_and_never_gaps(shop: Shop, figure: Figure) -> None:
    [anne] = somebody()
    await _announce(shop, anne, *range(40))
    bus = FaultyBus(shop.bus, ["", "broken", "prefix", "unanswered", "prefix"])
    relay = Relay(shop.database, bus, shop.units.outbox_wake, shop.health, shop.metrics)  # type: ignore[arg-type]

    async def carried() -> bool:
        return await _empty(shop)

    async with _listening(shop) as heard, shop.keeping(relay=relay.run):
        await eventually(carried)

        async def all_heard() -> bool:
            return set(heard) == set(range(40))

        await eventually(all_heard)

    assert list(dict.fromkeys(heard)) == list(range(40))
    assert len(heard) > 40
    assert bus.faults == []
    figure(Guarantee.EVENTS, f"40 events through 4 failures of the producer: 40 arrived in order, {len(heard) - 40} of them more than once")


async def test_m07_only_the_acked_prefix_is_deleted(shop: Shop) -> None:
    [anne] = somebody()
    await _announce(shop, anne, *range(10))
    relay, ids = shop.relay, [row[0] for row in await shop.rows("SELECT id FROM outbox ORDER BY id")]
    producer = FaultyProducer(await shop.bus.producer(), ["prefix"])
    async with shop.database.statement() as connection:
        with pytest.raises(PublishFailed):
            await relay._carry(connection, producer, ())
    await producer.close()

    assert [row[0] for row in await shop.rows("SELECT id FROM outbox ORDER BY id")] == ids[5:]


async def test_m08_the_relay_is_woken_after_the_commit_and_not_by_a_unit_that_fails(shop: Shop) -> None:
    [anne] = somebody()
    async with shop.units.open() as uow:
        uow.publish([Ordered(person_id=anne, number=1)])
        assert not await shop.units.outbox_wake.wait(0)
    assert await shop.units.outbox_wake.wait(0)

    async def failing() -> None:
        async with shop.units.open() as uow:
            uow.publish([Ordered(person_id=anne, number=2)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert not await shop.units.outbox_wake.wait(0)


async def test_m08_a_slow_poll_finds_what_nobody_woke_it_for(shop: Shop, urls: DatabaseUrls) -> None:
    """The event was committed by another process."""
    [anne] = somebody()

    async def carried() -> bool:
        return await _empty(shop)

    async with open_shop(urls) as other, _relaying(shop):
        await eventually(carried)
        await _announce(other, anne, 1)
        await eventually(carried)

    assert shop.metrics.totals["published"] == 1


async def test_m08_no_business_transaction_notifies(shop: Shop) -> None:
    said: list[str] = []
    [anne] = somebody()
    async with shop.units.open() as uow:
        uow.connection.driver.add_query_logger(lambda about: said.append(about.query.lower()))
        await uow.take([anne])
        uow.publish([Ordered(person_id=anne, number=1), Shipped(person_id=anne, number=1)])
        uow.schedule([Timer("ring", "1", anne, START)])
        uow.cancel("ring", ["2"])

    assert len(said) >= 4
    assert not [statement for statement in said if "notify" in statement]
