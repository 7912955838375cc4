"""What leaves with a unit is one statement, and does what three would have done one after the other."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis import outbox
from chassis.leaving import leave
from chassis.outbox import Announcement
from chassis.timer_store import Timer
from chassis.writing import write
from contracts.identifiers import PersonId
from tests.support.shop import START, TOY_SHOP, Closed, Ordered, Shop, somebody

_KINDS = ("ring", "knock", "wave")
_TIMERS = "SELECT kind, subject, person_id, due_at, payload FROM timer"


def announced(*events: Ordered | Closed) -> list[Announcement]:
    return [outbox.announce(event, START, None, None, testmode=True) for event in events]


async def gone(
    shop: Shop, removed: Sequence[tuple[str, str]] = (), timers: Sequence[Timer] = (), events: Sequence[Announcement] = ()
) -> None:
    """Let these leave, in a transaction of their own."""
    async with shop.database.transaction() as connection:
        await write(connection, [leave(removed, timers, events)])


async def standing(shop: Shop) -> dict[tuple[str, str], tuple[UUID, datetime, object]]:
    """The timers there are."""
    return {(kind, subject): (person, due, payload) for kind, subject, person, due, payload in await shop.rows(_TIMERS)}


async def test_m24_timers_end_as_if_they_were_removed_and_then_set_one_after_the_other(shop: Shop) -> None:
    chance = random.Random(7)
    model: dict[tuple[str, str], tuple[UUID, datetime, object]] = {}
    for round_ in range(25):
        names = [(chance.choice(_KINDS), str(subject)) for subject in chance.sample(range(8), chance.randrange(6))]
        cut = chance.randrange(len(names) + 1)
        removed, timers = names[:cut], []
        for kind, subject in names[cut:]:
            due = START + timedelta(seconds=chance.randrange(-5, 5), microseconds=round_)
            timers.append(Timer(kind, subject, somebody()[0], due, {"round": round_, "text": 'a "quoted" é', "none": None}))
        await gone(shop, removed, timers)

        for name in removed:
            model.pop(name, None)
        model |= {(timer.kind, timer.subject): (timer.person_id, timer.due_at, dict(timer.payload)) for timer in timers}
        assert await standing(shop) == model


async def test_m24_a_timer_that_is_set_again_is_replaced_whole(shop: Shop) -> None:
    anne, bart = somebody(2)
    await gone(shop, timers=[Timer("ring", "1", anne, START, {"a": 1, "b": 2})])
    await gone(shop, timers=[Timer("ring", "1", bart, START + timedelta(days=1), {"c": 3})])

    assert await standing(shop) == {("ring", "1"): (bart, START + timedelta(days=1), {"c": 3})}


async def test_m24_each_timer_keeps_its_own_payload_in_any_number_of_them(shop: Shop) -> None:
    people = somebody(120)
    timers = [
        Timer("ring", str(number), person, START + timedelta(seconds=number), {"n": [number]}) for number, person in enumerate(people)
    ]
    await gone(shop, timers=timers)

    found = await standing(shop)
    assert found == {("ring", timer.subject): (timer.person_id, timer.due_at, dict(timer.payload)) for timer in timers}


async def test_m09_events_leave_in_the_order_in_which_they_were_announced(shop: Shop) -> None:
    anne, bart = somebody(2)
    said = announced(*(Ordered(person_id=(anne, bart)[number % 2], number=number) for number in range(50)), Closed(number=99))
    await gone(shop, events=said)

    rows = await shop.rows("SELECT topic, key, value FROM outbox ORDER BY id")
    assert rows == [(TOY_SHOP.topic, one.key, one.value) for one in said]


async def test_m09_nothing_leaves_when_its_transaction_fails(shop: Shop) -> None:
    [anne] = somebody()
    await gone(shop, timers=[Timer("ring", "kept", anne, START)])
    with pytest.raises(RuntimeError, match="on the way"):
        await _fail(shop, anne)

    assert await shop.rows("SELECT * FROM outbox") == []
    assert list(await standing(shop)) == [("ring", "kept")]


async def _fail(shop: Shop, person: PersonId) -> None:
    """Write everything, and then fall."""
    async with shop.database.transaction() as connection:
        left = leave([("ring", "kept")], [Timer("ring", "new", person, START)], announced(Ordered(person_id=person, number=1)))
        await write(connection, [left])
        raise RuntimeError("on the way")


async def test_what_is_not_there_can_be_removed_and_nothing_can_leave(shop: Shop) -> None:
    await gone(shop)
    await gone(shop, removed=[("ring", "never"), ("knock", "set")])

    assert (await standing(shop), await shop.rows("SELECT * FROM outbox")) == ({}, [])


async def test_m24_only_the_named_kind_of_a_subject_is_removed(shop: Shop) -> None:
    [anne] = somebody()
    await gone(shop, timers=[Timer(kind, subject, anne, START) for kind in _KINDS for subject in ("1", "2")])
    await gone(shop, removed=[("ring", "1"), ("knock", "2")])

    assert sorted(await standing(shop)) == [("knock", "1"), ("ring", "2"), ("wave", "1"), ("wave", "2")]
