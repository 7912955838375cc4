"""Reads whole event streams, as anyone may who follows the bus."""

from collections.abc import Sequence

from chassis.bus.connect import connect
from chassis.received import Unreadable, decode
from contracts.catalogue import catalogue
from contracts.registry import Event


async def everything_on(bus_url: str, topics: Sequence[str], reader: str) -> list[Event]:
    """Every event that stands on these topics now, in order within each partition; `reader` must not have read before."""
    catalogue()
    bus = connect(bus_url, reader)
    found: list[Event] = []
    try:
        subscription = await bus.subscribe(reader, topics, reader)
        read, end = 0, 1
        while read < end:
            for record in await subscription.poll(1_000, 1.0):
                item = decode(record)
                assert not isinstance(item, Unreadable), item.cause
                found.append(item.data)
                read += 1
            end = sum((await subscription.ends()).values())
        await subscription.close()
    finally:
        await bus.close()
    return found
