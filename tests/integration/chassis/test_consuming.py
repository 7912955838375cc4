"""Consuming: one effect an event, and errors of two kinds (`mechanics.md` 9, 10)."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.attempts import Attempts
from chassis.bus.port import Record
from chassis.errors import Unavailable
from devkit.databases import DatabaseUrls
from tests.integration.chassis.reading import polled, read, records_of
from tests.support.eventually import eventually
from tests.support.figures import Figure, Guarantee
from tests.support.shop import Answered, Closed, Ordered, Shop, open_shop, somebody


async def test_m09_an_event_that_comes_again_has_one_effect(shop: Shop) -> None:
    [anne] = somebody()
    await shop.put(*(Ordered(person_id=anne, number=number) for number in range(3)))
    records = await records_of(shop, 3)

    await shop.runner.run([*records, records[0]])
    await shop.runner.run(records)

    assert await shop.numbers() == [0, 1, 2]
    assert shop.metrics.totals["consumed"] == 3
    assert shop.metrics.totals["repeated"] == 4


async def test_m09_old_and_new_owner_of_a_partition_queue_up(shop: Shop, urls: DatabaseUrls, figure: Figure) -> None:
    people = somebody(20)
    await shop.put(*(Ordered(person_id=person, number=number) for number in range(3) for person in people))
    records = await records_of(shop, 60)

    async def owner(one: Shop) -> None:
        """Reads from the committed position each time: an owner may repeat records, and never begins beyond the first undone."""
        for start in (0, 10, 30):
            await one.runner.run(records[start:])

    async with open_shop(urls) as other:
        await asyncio.gather(owner(shop), owner(other))

    for person in people:
        assert await shop.numbers(person) == [0, 1, 2]
    assert await shop.parked() == []
    repeated = sum(each.metrics.totals["repeated"] for each in (shop, other))
    figure(Guarantee.REDELIVERY, f"60 records before two owners at once, {repeated} of them again: 60 effects, in order")


async def test_m09_a_failed_offset_commit_is_ignored(shop: Shop) -> None:
    """The connection that owned the partition is lost between the effect and the offsets."""
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=1))
    subscription, records = await polled(shop, 1)

    subscription._link.drop()  # type: ignore[attr-defined] # as a cut cable would
    await shop.reader()._run(subscription, records)
    await subscription.close()
    await shop.put(Ordered(person_id=anne, number=2))
    await read(shop, 2)

    assert await shop.numbers() == [1, 2]
    assert shop.metrics.totals["repeated"] == 1


async def test_m09_redrive_does_not_depend_on_inbox_rows(shop: Shop) -> None:
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=1, manner="badly"))
    records = await records_of(shop, 1)
    assert await shop.runner.run(records) == 1
    await shop.rows("DELETE FROM inbox RETURNING 1")
    shop.moods.mended.add("badly")

    done = await shop.redrive.redrive(await shop.parked_id(1), "operator")
    await shop.runner.run(records)  # and what was redriven stays known to the inbox

    assert done.redriven == 1
    assert await shop.numbers() == [1]


async def test_m10_infrastructure_that_fails_parks_nothing_however_long_it_lasts(shop: Shop) -> None:
    people = somebody(5)
    await shop.put(*(Ordered(person_id=person, number=number, manner="outage") for number, person in enumerate(people)))

    async def tried_often() -> bool:
        return len(shop.moods.calls) >= 5

    async with shop.keeping(consumer=shop.reader().run):
        await eventually(tried_often)
        assert not shop.health.all_ready
        assert (await shop.parked(), await shop.numbers()) == ([], [])
        shop.moods.mended.add("outage")

        async def all_there() -> bool:
            return sorted(await shop.numbers()) == [0, 1, 2, 3, 4]

        await eventually(all_there)

    assert await shop.parked() == []
    assert await shop.rows("SELECT * FROM attempt") == []


async def test_m10_a_lost_connection_is_infrastructure_and_a_bad_value_is_not(shop: Shop) -> None:
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=1))
    records = await records_of(shop, 1)
    cut = text("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND usename = user AND datname = current_database() AND wait_event_type = 'Lock'
    """)
    async with shop.database.transaction() as holder:  # what the unit waits for, so that it is there to lose its connection
        await holder.script("LOCK TABLE inbox")
        unit = asyncio.create_task(shop.runner.run(records))

        async def was_cut() -> bool:
            async with shop.database.statement() as another:
                return bool((await another.execute(cut)).all())

        await eventually(was_cut)
        with pytest.raises(Unavailable):
            await unit
    await shop.runner.run(records)

    await shop.put(Ordered(person_id=anne, number=2**40))  # no int4: asyncpg refuses to send it
    await shop.runner.run(await records_of(shop, 2))

    assert await shop.numbers() == [1]
    assert await shop.parked() == [("failed", 2**40)]


async def test_m10_the_culprit_is_found_by_halving_and_everybody_else_is_committed(shop: Shop, figure: Figure) -> None:
    people = somebody(40)
    await shop.put(*(Ordered(person_id=person, number=number) for number, person in enumerate(people)))
    await shop.put(Ordered(person_id=people[17], number=100, manner="badly"), Ordered(person_id=people[3], number=101))
    await shop.put(Ordered(person_id=people[17], number=102))

    parked = await shop.runner.run(await records_of(shop, 43))

    assert parked == 1
    assert await shop.parked() == [("failed", 100), ("waitingBehind", 102)]
    assert sorted(await shop.numbers()) == [*range(40), 101]
    assert await shop.numbers(people[3]) == [3, 101]
    figure(Guarantee.POISON, "1 of 43 records fails: it is parked, the later one of its person waits behind it, 41 have their effect")


async def test_m10_halving_keeps_both_ids_of_a_merged_person_in_order(shop: Shop) -> None:
    absorbed, survivor, other, culprit = somebody(4)
    shop.survivors[absorbed] = survivor
    # The first one's half is handled before the other half, so a cut between the two ids would invert 2 and 3.
    events = [
        Ordered(person_id=absorbed, number=1),
        Ordered(person_id=other, number=9),
        Ordered(person_id=survivor, number=2),
        Ordered(person_id=culprit, number=8, manner="badly"),
        Ordered(person_id=absorbed, number=3),
    ]
    records = [await _one_record(shop, event) for event in events]

    await shop.runner.run(records)

    assert await shop.numbers(survivor) == [1, 2, 3]
    assert await shop.parked() == [("failed", 8)]


async def _one_record(shop: Shop, event: Ordered) -> Record:
    """The record of this event alone, in the order of the calls."""
    await shop.put(event)
    subscription, records = await polled(shop, 1)
    await subscription.commit({record.log: record.position + 1 for record in records})
    await subscription.close()
    return records[0]


@pytest.mark.parametrize(
    "value",
    [
        b"nothing",
        b"\xff\xfe",
        b'{"specversion":"1.0","id":"x","source":"s","type":"a\\u0000b","service":"s","time":"t","datacontenttype":"d","dataschema":"u"}',
    ],
    ids=["no JSON", "no text", "a NUL in its type"],
)
async def test_m10_a_record_nobody_can_read_is_parked_once_and_holds_up_nobody(shop: Shop, value: bytes) -> None:
    [anne] = somebody()
    await shop.put_raw((str(anne).encode(), value))
    await shop.put(Ordered(person_id=anne, number=1))
    records = await records_of(shop, 2)

    assert await shop.runner.run(records) == 1
    assert await shop.runner.run(records) == 0

    assert await shop.numbers() == [1]
    assert len(await shop.parked()) == 1


async def test_m10_another_record_at_the_place_of_a_parked_one_is_not_lost(shop: Shop) -> None:
    """The bus of a sandbox was made anew: its positions begin again."""
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=1, manner="badly"))
    [old] = await records_of(shop, 1)
    await shop.runner.run([old])
    await shop.redrive.discard(await shop.parked_id(1), "operator")
    await shop.put(Ordered(person_id=anne, number=2, manner="badly"))
    new = next(record for record in await records_of(shop, 2) if record.value != old.value)

    await shop.runner.run([Record(old.topic, old.partition, old.position, new.key, new.value, (), new.at)])

    assert await shop.parked() == [("failed", 2)]


async def test_m10_a_consumer_that_parks_too_much_stops_and_stays_stopped(shop: Shop) -> None:
    people = somebody(300)
    await shop.put(*(Ordered(person_id=person, number=number, manner="badly") for number, person in enumerate(people)))
    reader = shop.reader(batch=50)

    async def stopped() -> bool:
        part = shop.health.parts.get("consumer")
        return part is not None and "too much" in part.why

    async with shop.keeping(consumer=reader.run):
        await eventually(stopped)
    stood_at = len(await shop.parked())
    shop.health.ready("consumer")
    async with shop.keeping(consumer=reader.run):  # as the supervisor starts it again after the bus failed
        await eventually(stopped)

    assert 200 <= stood_at < 300
    assert len(await shop.parked()) == stood_at


async def test_m10_attempts_count_lives_and_not_repeats(shop: Shop) -> None:
    [anne] = somebody()
    await shop.put(Ordered(person_id=anne, number=1), Ordered(person_id=anne, number=2))
    records = await records_of(shop, 2)
    lives = [Attempts(shop.database) for _ in range(4)]

    first = lives[0]
    assert [await first.begin(records) for _ in range(10)] == [False] * 10
    await first.withdraw()  # a stop in good order
    assert [await life.begin(records) for life in lives[1:]] == [False, False, True]
    assert [await life.begin_alone(records[0]) for life in lives[:2]] == [False, False]
    assert not await lives[3].begin_alone(records[1])  # each record on its own account
    assert await lives[3].begin_alone(records[0])

    await lives[3].done(records)
    assert await shop.rows("SELECT * FROM attempt") == []


async def test_m09_what_a_handler_announces_names_its_cause(shop: Shop) -> None:
    absorbed, survivor = somebody(2)
    shop.survivors[absorbed] = survivor
    shop.moods.answers = True
    await shop.put(Ordered(person_id=absorbed, number=1), Closed(number=7))
    await shop.runner.run(await records_of(shop, 2))

    [(value,)] = await shop.rows("SELECT value FROM outbox")
    [(cause,)] = await shop.rows("SELECT event_id FROM inbox")
    assert f'"causationid":"{cause}"'.encode() in value
    assert Answered.event_type.encode() in value
