"""Claim first (`mechanics.md` 1): no deadlock, nothing outside the claim, nothing of one person inverted."""

import asyncio
import random
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from chassis.errors import OutsideClaim
from chassis.merging import Whole
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from tests.support.eventually import eventually
from tests.support.shop import Ordered, Shop, number_in, somebody

_NEXT = text("SELECT coalesce(max(number), 0) + 1 AS number FROM seen WHERE person_id = :person")
_KEEP = text("INSERT INTO seen (person_id, number, type) VALUES (:person, :number, :at)")
_WAITERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def _write(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """Give each person their next version, and announce it."""
    for person in uow.claim(people).values():
        row = await uow.one_or_none(_NEXT, {"person": person})
        assert row is not None
        await uow.execute(_KEEP, {"person": person, "number": row.number, "at": uow.recorded_at.isoformat()})
        uow.publish([Ordered(person_id=person, number=row.number)])


async def test_m01_versions_times_and_outbox_ids_of_one_person_never_invert(shop: Shop) -> None:
    people = somebody(4)
    chance = random.Random(1)

    async def unit() -> None:
        mine = chance.sample(people, chance.randint(1, 4))
        async with shop.units.open() as uow:
            await uow.take(mine)
            await _write(uow, mine)

    await asyncio.gather(*(unit() for _ in range(150)))

    for person in people:
        versions = await shop.rows("SELECT number, type FROM seen WHERE person_id = :p ORDER BY number", p=person)
        assert [number for number, _ in versions] == list(range(1, len(versions) + 1))
        assert [at for _, at in versions] == sorted(at for _, at in versions)
        sent = await shop.rows("SELECT value FROM outbox WHERE key = CAST(:k AS bytea) ORDER BY id", k=str(person).encode())
        assert [number_in(value) for (value,) in sent] == list(range(1, len(versions) + 1))


async def test_m01_units_with_crossing_people_do_not_deadlock(shop: Shop) -> None:
    """Each names the same people in another order; PostgreSQL would end one of two that wait crosswise."""
    people = somebody(2000)  # enough for the claims to overlap
    chance = random.Random(2)

    async def unit() -> None:
        mine = chance.sample(people, len(people))
        async with shop.units.open() as uow:
            await uow.take(mine)

    await asyncio.gather(*(unit() for _ in range(24)))


async def test_m01_a_claim_waits_for_the_unit_that_holds_the_person_and_counts_time_after_it(shop: Shop) -> None:
    anne, bart = somebody(2)

    async def second() -> UnitOfWork:
        async with shop.units.open() as uow:
            await uow.take([bart, anne])
            return uow

    async with shop.units.open() as first:
        await first.take([anne])
        waiting = asyncio.create_task(second())

        async def is_waiting() -> bool:
            return await shop.rows(_WAITERS) == [(1,)]

        await eventually(is_waiting)
        [(now,)] = await shop.rows("SELECT clock_timestamp()")

    assert (await waiting).recorded_at > now


async def test_m01_a_use_case_outside_the_claim_fails(shop: Shop) -> None:
    anne, bart, survivor = somebody(3)
    async with shop.units.open() as uow:
        await uow.take([anne], {anne: Whole(survivor, frozenset({anne}), 1)})

        assert uow.claim([anne, survivor]) == {anne: survivor, survivor: survivor}
        with pytest.raises(OutsideClaim):
            uow.claim([anne, bart])


async def test_m01_a_unit_that_fails_leaves_nothing(shop: Shop) -> None:
    [anne] = somebody()

    async def failing() -> None:
        async with shop.units.open() as uow:
            await uow.take([anne])
            await _write(uow, [anne])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()

    assert await shop.rows("SELECT 1 FROM seen UNION ALL SELECT 1 FROM outbox UNION ALL SELECT 1 FROM person") == []
