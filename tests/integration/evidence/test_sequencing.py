"""The sequencer: intents are covered before they are acted on, whatever crashes in between."""

import asyncio
import shutil
import time
from itertools import pairwise
from uuid import uuid4

from services.notifications.evidence.vocabulary import EventName
from tests.integration.evidence.house import House, until


async def test_m25_intent_is_sent_only_under_a_signed_checkpoint(house: House) -> None:
    intent = house.event(0, name=EventName.DISPATCH_INTENDED)
    await house.record(intent)
    assert await house.covered([intent.event_id]) == frozenset()  # committed is not enough
    async with house.sequencing():
        await house.until_covered([intent.event_id])
    assert await house.check_log() == 2  # the genesis and the intent


async def test_m25_a_checkpoint_covers_nothing_while_the_second_store_cannot_be_written(house: House) -> None:
    blocked = house.store_folder / "latest.new"
    blocked.mkdir(parents=True)  # where the store writes first: it can be read, not written
    intents = await house.record(house.event(0, name=EventName.DISPATCH_INTENDED))
    async with house.sequencing():

        async def signed() -> bool:
            return await house.rows("SELECT count(*) FROM log_checkpoint") != [(0,)]

        async def unavailable() -> bool:
            return house.health.parts["sequencer"].why == "SecondStoreUnavailable"

        await until(signed)
        await until(unavailable)
        assert await house.covered(intents) == frozenset()
        assert house.published_size() == 0
        blocked.rmdir()
        await house.until_covered(intents)  # the committed checkpoint is published first, then the rest follows
    await house.check_log()


async def test_m25_a_lone_event_is_covered_at_once(house: House) -> None:
    async with house.sequencing():
        await house.until_covered(await house.record(house.event(0)))
        started = time.monotonic()
        await house.until_covered(await house.record(house.event(1)))
        assert time.monotonic() - started < 0.9  # the safety net alone would take up to a second


async def test_m25_under_load_rounds_come_five_times_a_second(house: House) -> None:
    async with house.sequencing():
        await house.until_covered(await house.record(house.event(0)))
        started = time.monotonic()
        recorded = [await house.record(house.event(number % 40)) for number in range(100)]
        await house.until_covered([event_id for batch in recorded for event_id in batch])
        elapsed_s = time.monotonic() - started
    [(rounds,)] = await house.rows("SELECT count(*) FROM log_checkpoint")
    assert isinstance(rounds, int)
    assert rounds <= elapsed_s / 0.2 + 3
    assert await house.check_log() == 102


async def test_events_keep_the_order_of_their_notice(house: House) -> None:
    notices = [uuid4() for _ in range(10)]

    async def life(number: int) -> None:
        for _ in range(15):
            await house.record(house.event(number, notices[number]))

    async with house.sequencing():
        await asyncio.gather(*(life(number) for number in range(10)))
        rows = await house.rows("SELECT event_id FROM evidence_event WHERE notice_ref IS NOT NULL")
        await house.until_covered([row[0] for row in rows])
    placed = await house.rows("SELECT notice_ref, seq, idx FROM evidence_event JOIN log_entry USING (event_id) ORDER BY notice_ref, seq")
    for (notice, _, index), (next_notice, _, next_index) in pairwise(placed):
        assert notice != next_notice or index < next_index
    assert await house.check_log() == 151


async def test_the_log_goes_on_over_full_tiles_and_restarts(house: House) -> None:
    total = 1
    for size in (200, 54, 1, 1, 300):  # 255, 256, 257 among the sizes
        ids = await house.record(*(house.event(number % 40) for number in range(size)))
        async with house.sequencing():
            await house.until_covered(ids)
        total += size
    assert await house.check_log() == total


async def test_only_one_of_two_sequencers_leads_and_the_other_takes_over(house: House) -> None:
    async with house.sequencing():
        await house.until_covered(await house.record(house.event(0)))
        async with house.sequencing():
            await house.until_covered(await house.record(*(house.event(number) for number in range(20))))
    async with house.sequencing():
        await house.until_covered(await house.record(house.event(3)))
    assert await house.check_log() == 23


async def test_a_sequencer_says_that_it_works_and_counts(house: House) -> None:
    async with house.sequencing():
        await house.until_covered(await house.record(house.event(0), house.event(1)))
        assert house.health.parts["sequencer"].ready
        assert house.metrics.totals["sequenced"] == 3
        shutil.copytree(house.store_folder, house.store_folder.with_name("mirror"))
    assert house.second(house.store_folder.with_name("mirror")).latest() == house.second().latest()
