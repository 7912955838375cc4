"""A due timer fires behind a barrier: its service has read what stood on the bus when it came due (`mechanics.md` 24)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chassis.barrier import Barrier
from chassis.bus.errors import BusUnavailable
from chassis.bus.port import TopicPartition
from chassis.reader import Reader
from chassis.timer_store import Timer
from chassis.timers import Due, TimerLoop, Timers
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from tests.support.eventually import eventually
from tests.support.shop import START, TOY_SHOP, Ordered, Shop, on, somebody, timers


class Asked:
    """A reader, and how often it was asked how far it is."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.ends_asked = self.standing_asked = self.failures = 0

    async def ends(self) -> Mapping[TopicPartition, int]:
        self.ends_asked += 1
        return await self._reader.ends()

    async def standing(self) -> Mapping[TopicPartition, int]:
        self.standing_asked += 1
        if self.failures:
            self.failures -= 1
            raise BusUnavailable("for a moment")
        return await self._reader.standing()


def _loop(shop: Shop, asked: Asked) -> TimerLoop:
    barrier = Barrier(asked, shop.health)
    return TimerLoop(timers, shop.units, shop.clock, shop.units.timer_wake, shop.health, shop.metrics, shop.merged, barrier=barrier)


async def _due(shop: Shop, people: Sequence[PersonId], first: int = 1000) -> None:
    async with shop.units.open() as uow:
        uow.schedule(Timer("ring", str(first + number), person, START) for number, person in enumerate(people))


async def test_m24_a_due_timer_fires_after_everything_that_stood_on_the_bus(shop: Shop) -> None:
    people = somebody(60)
    await shop.put(*(Ordered(person_id=person, number=number) for number, person in enumerate(people * 5)))
    await _due(shop, people[:1])
    reader = shop.reader(batch=20)
    asked = Asked(reader)
    asked.failures = 2

    async def all_seen() -> bool:
        return len(await shop.numbers()) == 301

    async with shop.keeping(timers=_loop(shop, asked).run, consumer=reader.run):
        await eventually(all_seen)

    assert (await shop.numbers())[-1] == 1000


async def test_m24_what_another_process_still_has_to_read_holds_it_back_too(shop: Shop) -> None:
    [anne] = somebody()
    silent = await shop.bus.subscribe(on.group, [TOY_SHOP.topic], "other")
    reader = shop.reader()
    asked = Asked(reader)

    async def both_hold_some() -> bool:
        await silent.poll(1, 0.1)
        mine = reader._subscription
        return bool(silent.assignment()) and mine is not None and bool(mine.assignment())

    async with shop.keeping(consumer=reader.run):
        await eventually(both_hold_some)
        await shop.put(*(Ordered(person_id=person, number=number) for number, person in enumerate(somebody(60))))
        await _due(shop, [anne])
        async with shop.keeping(timers=_loop(shop, asked).run):

            async def looked_often() -> bool:
                return asked.standing_asked > 5

            await eventually(looked_often)
            assert 1000 not in await shop.numbers()
            await silent.close()

            async def fired() -> bool:
                return 1000 in await shop.numbers()

            await eventually(fired)

    assert (await shop.numbers())[-1] == 1000


async def test_m24_a_burst_of_timers_asks_the_bus_once(shop: Shop) -> None:
    await _due(shop, somebody(1200))
    reader = shop.reader()
    asked = Asked(reader)
    loop = _loop(shop, asked)

    async with shop.keeping(consumer=reader.run):
        while await loop.fire():
            pass

    assert len(await shop.numbers()) == 1200
    # Once the first batch passed, everything due by then has; only a member that was not yet joined is asked again.
    asked_until_joined = asked.ends_asked
    await _due(shop, somebody(10), first=5000)
    assert await loop.fire() == 10
    assert asked.ends_asked == asked_until_joined


async def test_m24_positions_that_could_not_be_committed_are_committed_later(shop: Shop) -> None:
    [anne] = somebody()
    reader = shop.reader()
    await shop.put(Ordered(person_id=anne, number=1))
    refused: list[bool] = []

    async def read_once() -> bool:
        subscription = reader._subscription
        if subscription is not None and not refused:
            commit = subscription.commit

            async def refuse_once(positions: Mapping[TopicPartition, int]) -> None:
                if not refused:
                    refused.append(True)
                    raise BusUnavailable("once")
                await commit(positions)

            subscription.commit = refuse_once  # type: ignore[method-assign]
        return await shop.numbers() == [1]

    async def caught_up() -> bool:
        ends, standing = await reader.ends(), await reader.standing()
        return all(standing[log] >= end for log, end in ends.items())

    async with shop.keeping(consumer=reader.run):
        await eventually(read_once)
        await eventually(caught_up)


async def test_m24_in_production_a_timer_waits_for_facts_under_way_and_keeps_its_date(shop: Shop) -> None:
    [anne] = somebody()
    told: list[datetime] = []
    mine, grace = Timers(), timedelta(minutes=5)

    @mine.on("ring")
    async def ring(_uow: UnitOfWork, due: Sequence[Due]) -> None:
        told.extend(item.due_at for item in due)

    await _due(shop, [anne])
    loop = TimerLoop(mine, shop.units, shop.clock, shop.units.timer_wake, shop.health, shop.metrics, shop.merged, grace=grace)

    shop.clock.move(START + grace - timedelta(microseconds=1), 2)
    assert await loop.fire() == 0
    shop.clock.move(START + grace, 3)
    assert await loop.fire() == 1
    assert told == [START]


async def test_m24_a_barrier_that_cannot_see_the_bus_waits(shop: Shop) -> None:
    """Before its consumer has joined, a service knows nothing of what it has not read."""
    [anne] = somebody()
    await _due(shop, [anne])
    reader = shop.reader()
    asked = Asked(reader)
    loop = _loop(shop, asked)
    firing = asyncio.create_task(loop.fire())

    async def asked_often() -> bool:
        return asked.ends_asked > 3

    await eventually(asked_often)
    assert not firing.done()
    assert await loop.busy()
    async with shop.keeping(consumer=reader.run):
        assert await firing == 1
