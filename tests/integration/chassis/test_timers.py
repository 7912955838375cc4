"""Timers: fired once, late rather than never, and none holds up another."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.timer_store import Timer
from chassis.timers import Due, TimerLoop, Timers
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from devkit.databases import DatabaseUrls
from tests.support.eventually import eventually
from tests.support.figures import Figure, Guarantee
from tests.support.shop import START, Shop, open_shop, somebody, timers


def _loop(shop: Shop, handlers: Timers = timers) -> TimerLoop:
    return TimerLoop(handlers, shop.units, shop.clock, shop.units.timer_wake, shop.health, shop.metrics, shop.merged)


async def _set(shop: Shop, *set_timers: Timer) -> None:
    async with shop.units.open() as uow:
        uow.schedule(set_timers)


def _ring(number: int, person: PersonId, due_at: datetime = START, **payload: Any) -> Timer:
    return Timer("ring", str(number), person, due_at, payload)


async def test_a_timer_fires_once_across_the_loops_of_two_processes(shop: Shop, urls: DatabaseUrls, figure: Figure) -> None:
    people = somebody(200)
    await _set(shop, *(_ring(number, person) for number, person in enumerate(people)))

    async def all_fired() -> bool:
        return not await shop.rows("SELECT 1 FROM timer LIMIT 1")

    async with open_shop(urls) as other, shop.keeping(timers=_loop(shop).run), other.keeping(timers=_loop(other).run):
        await eventually(all_fired)

    assert sorted(await shop.numbers()) == list(range(200))
    figure(Guarantee.TIMERS, "200 timers due at once before the loops of two processes: each fired once")


async def test_a_timer_fires_late_rather_than_never_and_tells_when_it_was_due(shop: Shop) -> None:
    [anne] = somebody()
    told: list[Due] = []
    mine = Timers()

    @mine.on("ring")
    async def ring(_uow: UnitOfWork, due: Sequence[Due]) -> None:
        told.extend(due)

    due_at = START + timedelta(days=14)
    await _set(shop, _ring(1, anne, due_at, why="window"))
    loop = _loop(shop, mine)
    shop.clock.move(due_at - timedelta(microseconds=1), 2)
    assert await loop.fire() == 0
    shop.clock.move(due_at + timedelta(days=3), 3)

    assert await loop.fire() == 1
    assert await loop.fire() == 0
    assert told == [Due("ring", "1", anne, due_at, {"why": "window"})]


async def test_a_timer_that_fails_holds_up_no_other_and_is_tried_again(shop: Shop) -> None:
    people = somebody(5)
    await _set(shop, *(_ring(number, person, manner="badly" if number == 2 else "well") for number, person in enumerate(people)))
    loop = _loop(shop)

    assert await loop.fire() == 4
    assert await loop.fire() == 0  # put off, not tried at once
    assert sorted(await shop.numbers()) == [0, 1, 3, 4]
    shop.moods.mended.add("badly")
    assert await _loop(shop).fire() == 1  # as after a restart
    assert sorted(await shop.numbers()) == [0, 1, 2, 3, 4]


async def test_a_failing_timer_does_not_make_the_loop_spin(shop: Shop) -> None:
    [anne, bart] = somebody(2)
    await _set(shop, _ring(1, anne, manner="badly"))
    loop = _loop(shop)

    async def tried() -> bool:
        return shop.metrics.totals["postponed"] == 1

    async with shop.keeping(timers=loop.run):
        await eventually(tried)
        assert await loop._pause_s() > 1
        await _set(shop, _ring(2, bart))

        async def fired() -> bool:
            return await shop.numbers() == [2]

        await eventually(fired)
    assert shop.moods.calls.count([1]) == 2  # in its batch, and alone


async def test_infrastructure_that_fails_blames_no_timer(shop: Shop) -> None:
    [anne] = somebody()
    await _set(shop, _ring(1, anne, manner="outage"))

    async def tried_often() -> bool:
        return len(shop.moods.calls) > 2

    async with shop.keeping(timers=_loop(shop).run):
        await eventually(tried_often)
        assert not shop.health.all_ready
        shop.moods.mended.add("outage")

        async def fired() -> bool:
            return await shop.numbers() == [1]

        await eventually(fired)
    assert shop.metrics.totals["postponed"] == 0


async def test_a_unit_that_dies_in_between_fires_again(shop: Shop) -> None:
    [anne] = somebody()
    await _set(shop, _ring(1, anne, manner="outage"))
    with pytest.raises(Exception, match="outage"):
        await _loop(shop).fire()

    assert await shop.rows("SELECT kind, subject FROM timer") == [("ring", "1")]


async def test_the_timers_of_one_person_fire_in_due_order_also_under_two_ids(shop: Shop) -> None:
    absorbed, survivor = somebody(2)
    shop.survivors[absorbed] = survivor
    await _set(shop, *(_ring(10 - hour, (absorbed, survivor)[hour % 2], START - timedelta(hours=hour)) for hour in range(10)))

    await _loop(shop).fire()

    assert await shop.numbers(survivor) == list(range(1, 11))
    assert shop.moods.calls == [[number] for number in range(1, 11)]


async def test_of_one_kind_and_subject_the_last_word_of_a_unit_stands(shop: Shop) -> None:
    [anne] = somebody()
    later = START + timedelta(days=1)
    async with shop.units.open() as uow:
        uow.schedule([_ring(1, anne), _ring(2, anne), _ring(3, anne)])
        uow.cancel("ring", ["1"])
        uow.cancel("ring", ["2"])
        uow.schedule([_ring(2, anne, later), _ring(3, anne, later)])

    assert await shop.rows("SELECT subject, due_at FROM timer ORDER BY subject") == [("2", later), ("3", later)]


async def test_a_timer_set_for_sooner_wakes_the_loop(shop: Shop) -> None:
    [anne] = somebody()

    async def fired() -> bool:
        return await shop.numbers() == [1]

    async with shop.keeping(timers=_loop(shop).run):
        await asyncio.to_thread(lambda: None)
        await _set(shop, _ring(1, anne))
        await eventually(fired, within_s=3)  # the poll is slower


async def test_a_kind_without_a_handler_is_kept(shop: Shop) -> None:
    [anne] = somebody()
    await _set(shop, Timer("forgotten", "1", anne, START), _ring(2, anne))

    await _loop(shop).fire()

    assert await shop.numbers() == [2]
    assert await shop.rows("SELECT kind FROM timer") == [("forgotten",)]
