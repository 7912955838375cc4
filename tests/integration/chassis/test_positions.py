"""Positions are told late and to whoever asks: a crash before only repeats, and nobody is told less than was handled (`mechanics.md` 9)."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest

from chassis import reader as reading
from chassis.bus.errors import BusUnavailable
from chassis.bus.port import Record, Subscription, TopicPartition
from chassis.reader import Reader
from tests.integration.chassis.reading import polled
from tests.support.eventually import eventually
from tests.support.shop import TOY_SHOP, Ordered, Shop, on, somebody


class Patient:
    """A membership that waits, once it has read enough, without a statement under way that a stop would cut off."""

    def __init__(self, subscription: Subscription, enough: int) -> None:
        self._subscription = subscription
        self._left = enough

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscription, name)

    async def poll(self, max_records: int, _: float) -> Sequence[Record]:
        if not self._left:
            await asyncio.Event().wait()
        records = await self._subscription.poll(max_records, 0.2)
        self._left -= len(records)
        return records


async def _order(shop: Shop, count: int, first: int = 0) -> None:
    people = somebody(count)
    await shop.put(*(Ordered(person_id=person, number=first + number) for number, person in enumerate(people)))


async def _handled(shop: Shop, count: int) -> tuple[Reader, Subscription]:
    """A reader that has handled so many records and told the bus nothing, and the membership it did it under."""
    reader = shop.reader()
    subscription, records = await polled(shop, count)
    await reader._run(subscription, records)
    reader._subscription = subscription
    return reader, subscription


def _total(positions: Mapping[TopicPartition, int]) -> int:
    return sum(positions.values())


async def test_m09_whoever_asks_where_the_group_stands_gets_everything_told(shop: Shop) -> None:
    await _order(shop, 12)
    reader, subscription = await _handled(shop, 12)
    assert _total(await subscription.standing()) == 0

    asked = await reader.standing()

    assert _total(asked) == 12
    assert asked == await subscription.standing()
    assert not reader._owed
    await subscription.close()


async def test_m09_whoever_asks_whether_it_is_behind_gets_everything_told_too(shop: Shop) -> None:
    await _order(shop, 5)
    reader, subscription = await _handled(shop, 5)
    assert await reader.behind() is False
    assert _total(await subscription.standing()) == 5

    await _order(shop, 1, first=9)
    assert await reader.behind() is True
    await subscription.close()


async def test_m09_a_crash_before_positions_were_told_only_repeats(shop: Shop) -> None:
    await _order(shop, 20)
    _, subscription = await _handled(shop, 20)
    await subscription.close()  # the process dies here: nothing was committed

    reader, again = await _handled(shop, 20)
    assert _total(await reader.standing()) == 20
    await again.close()

    assert sorted(await shop.numbers()) == list(range(20))
    assert shop.metrics.totals["repeated"] == 20
    assert await shop.parked() == []


async def test_m09_a_crash_halfway_repeats_what_was_not_told_and_no_more(shop: Shop) -> None:
    await _order(shop, 8)
    reader, subscription = await _handled(shop, 8)
    await reader.standing()
    await _order(shop, 4, first=100)
    more: list[Record] = []
    while len(more) < 4:
        more += await subscription.poll(500, 0.2)
    await reader._run(subscription, more)
    await subscription.close()

    _, again = await _handled(shop, 4)
    await again.close()

    assert sorted(await shop.numbers()) == [*range(8), *range(100, 104)]
    assert shop.metrics.totals["repeated"] == 4


async def test_m09_a_reader_that_stops_in_good_order_leaves_nothing_untold(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await _order(shop, 10)
    subscription = await shop.bus.subscribe(on.group, [TOY_SHOP.topic], "test")

    async def patiently(*_: object) -> Patient:
        return Patient(subscription, 10)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_COMMIT_EVERY_S", math.inf)  # nothing is told by the clock
        patch.setattr(shop.bus, "subscribe", patiently)
        reader = shop.reader()
        task = asyncio.create_task(reader.run())

        async def handled() -> bool:
            return _total(reader._owed) == 10

        await eventually(handled)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    after = await shop.bus.subscribe(on.group, [TOY_SHOP.topic], "after")
    assert _total(await after.standing()) == 10
    await after.close()


async def test_m09_positions_that_could_not_be_told_are_told_at_the_next_chance(shop: Shop) -> None:
    await _order(shop, 6)
    reader, subscription = await _handled(shop, 6)
    told: list[dict[TopicPartition, int]] = []
    commit = subscription.commit

    async def refuse(positions: Mapping[TopicPartition, int]) -> None:
        told.append(dict(positions))
        raise BusUnavailable("for a moment")

    subscription.commit = refuse  # type: ignore[method-assign] # a bus that is away for one call
    assert _total(await reader.standing()) == 0
    assert reader._owed == told[0]
    subscription.commit = commit  # type: ignore[method-assign] # and is back

    assert _total(await reader.standing()) == 6
    assert not reader._owed
    await subscription.close()


async def test_m09_what_is_handled_while_positions_are_told_stays_owed(shop: Shop) -> None:
    await _order(shop, 3)
    reader, subscription = await _handled(shop, 3)
    [log, *_] = reader._owed
    at, commit = reader._owed[log], subscription.commit

    async def slowly(positions: Mapping[TopicPartition, int]) -> None:
        reader._owed[log] = at + 1  # the loop handles the next record meanwhile
        await commit(positions)

    subscription.commit = slowly  # type: ignore[method-assign] # the moment in between, held open
    await reader.standing()

    assert reader._owed == {log: at + 1}
    assert (await subscription.standing())[log] == at
    await subscription.close()


async def test_m09_a_reader_that_is_no_member_says_so_and_is_behind(shop: Shop) -> None:
    reader = shop.reader()

    assert await reader.behind() is True
    with pytest.raises(BusUnavailable):
        await reader.standing()
    with pytest.raises(BusUnavailable):
        await reader.ends()
