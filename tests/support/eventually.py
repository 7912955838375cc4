"""Waiting for what must happen, without guessing how long it takes."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_S = 30.0  # nothing waits this long in a healthy run


async def eventually(condition: Callable[[], Awaitable[bool]], within_s: float = PATIENCE_S) -> None:
    """Return once `condition` holds.

    Raises:
        TimeoutError: it did not in time.
    """
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.01)
