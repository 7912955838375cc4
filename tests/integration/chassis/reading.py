"""Reads the toy shop's topic, for a test to hand on or as the shop itself does."""

import asyncio

from chassis.bus.port import Record, Subscription
from tests.support.eventually import eventually
from tests.support.shop import TOY_SHOP, Shop, on


async def polled(shop: Shop, count: int) -> tuple[Subscription, list[Record]]:
    """A member that has read so many records, and these."""
    subscription = await shop.bus.subscribe(on.group, [TOY_SHOP.topic], "test")
    records: list[Record] = []
    async with asyncio.timeout(20):
        while len(records) < count:
            records += await subscription.poll(500, 0.2)
    return subscription, records


async def records_of(shop: Shop, count: int) -> list[Record]:
    """The first so many records; their positions are not committed."""
    subscription, records = await polled(shop, count)
    await subscription.close()
    return records


async def read(shop: Shop, seen: int) -> None:
    """Let the service consume until so many records were dealt with."""

    async def dealt_with() -> bool:
        return len(await shop.numbers()) + len(await shop.parked()) >= seen

    async with shop.keeping(consumer=shop.reader().run):
        await eventually(dealt_with)
