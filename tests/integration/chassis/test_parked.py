"""What is parked, who waits behind it, and how it comes back (`mechanics.md` 11)."""

import pytest

from chassis import parking
from chassis.bus.port import Record
from chassis.errors import NothingParked
from contracts.identifiers import PersonId
from tests.integration.chassis.reading import read
from tests.support.eventually import eventually
from tests.support.shop import START, Ordered, Shop, Stopped, somebody


async def test_m11_later_records_of_a_parked_person_wait_and_stops_pass(shop: Shop) -> None:
    anne, bart = somebody(2)
    await shop.put(Ordered(person_id=anne, number=1, manner="badly"))
    await read(shop, 1)
    await shop.put(
        Ordered(person_id=anne, number=2),
        Stopped(person_id=anne, number=3),
        Ordered(person_id=anne, number=4),
        Ordered(person_id=bart, number=5),
    )
    await read(shop, 5)

    assert await shop.numbers(anne) == [3]
    assert await shop.numbers(bart) == [5]
    assert await shop.parked() == [("failed", 1), ("waitingBehind", 2), ("waitingBehind", 4)]


async def _twenty_parked(shop: Shop) -> PersonId:
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=0, manner="badly"))
    await read(shop, 1)
    await shop.put(*(Ordered(person_id=anne, number=number) for number in range(1, 20)))  # parked in one unit, in one millisecond
    await read(shop, 20)
    assert len(await shop.parked()) == 20
    return anne


async def test_m11_redrive_releases_in_order_whichever_of_them_is_named(shop: Shop) -> None:
    anne = await _twenty_parked(shop)
    shop.moods.mended.add("badly")

    done = await shop.redrive.redrive(await shop.parked_id(12), "operator")

    assert (done.redriven, done.stopped) == (20, None)
    assert await shop.numbers(anne) == list(range(20))
    assert await shop.parked() == []
    await shop.put(Ordered(person_id=anne, number=20))
    await read(shop, 21)
    assert await shop.numbers(anne) == list(range(21))


async def test_m11_redrive_stops_at_what_still_fails(shop: Shop) -> None:
    anne = await _twenty_parked(shop)

    done = await shop.redrive.redrive(await shop.parked_id(12), "operator")

    assert (done.redriven, done.stopped) == (0, "ValueError")
    assert await shop.numbers(anne) == []
    assert len(await shop.parked()) == 20


async def test_m11_discarding_the_failed_one_releases_those_behind_it(shop: Shop) -> None:
    anne = await _twenty_parked(shop)

    done = await shop.redrive.discard(await shop.parked_id(0), "operator")

    assert done.redriven == 19
    assert await shop.numbers(anne) == list(range(1, 20))
    with pytest.raises(NothingParked):
        await shop.redrive.discard(PersonId(anne), "operator")


async def test_m11_discarding_one_that_waits_leaves_the_others_waiting(shop: Shop) -> None:
    anne = await _twenty_parked(shop)

    done = await shop.redrive.discard(await shop.parked_id(5), "operator")

    assert done.redriven == 0
    assert await shop.numbers(anne) == []
    assert len(await shop.parked()) == 19


async def test_m11_nobody_is_left_waiting_while_records_come_during_a_redrive(shop: Shop) -> None:
    anne = await _twenty_parked(shop)
    shop.moods.mended.add("badly")
    first = await shop.parked_id(0)
    await shop.put(*(Ordered(person_id=anne, number=number) for number in range(20, 60)))

    async def all_there() -> bool:
        return len(await shop.numbers(anne)) == 60

    async with shop.keeping(consumer=shop.reader(batch=3).run):
        await shop.redrive.redrive(first, "operator")
        await eventually(all_there)

    assert await shop.numbers(anne) == list(range(60))


async def test_m11_a_merged_person_waits_under_either_id(shop: Shop) -> None:
    absorbed, survivor = somebody(2)
    await shop.put(Ordered(person_id=absorbed, number=1, manner="badly"))
    await read(shop, 1)
    shop.survivors[absorbed] = survivor
    await shop.put(Ordered(person_id=absorbed, number=2))
    await read(shop, 2)
    await shop.put(Ordered(person_id=survivor, number=3))
    await read(shop, 3)

    assert await shop.parked() == [("failed", 1), ("waitingBehind", 2), ("waitingBehind", 3)]


async def test_m10_a_detail_that_quotes_a_stranger_is_stored_all_the_same(shop: Shop) -> None:
    record = Record("t", 0, 0, b"k", b"v", (), START)
    async with shop.units.open() as uow:
        await parking.park(uow.connection, [parking.Refused(record, "unknownEventType", "a\0b" * 1000)])

    [(detail,)] = await shop.rows("SELECT detail FROM parked")
    assert detail.startswith("a ba b")
    assert len(detail) == 500
