"""Posts one by one at a fixed rate, whatever the answers take: who is late stays late, as with real senders."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def at_rate(items: Sequence[T], per_s: float, post: Callable[[T], Awaitable[None]]) -> list[float]:
    """When each post was due, in seconds since the epoch; returns once all are answered."""
    began, epoch = time.monotonic(), time.time()
    offsets = [number / per_s for number in range(len(items))]
    async with asyncio.TaskGroup() as posts:
        for item, offset in zip(items, offsets, strict=True):
            while not (left := began + offset - time.monotonic()) <= 0:
                await asyncio.sleep(left)
            posts.create_task(_post(post, item))
    return [epoch + offset for offset in offsets]


async def _post(post: Callable[[T], Awaitable[None]], item: T) -> None:
    await post(item)
