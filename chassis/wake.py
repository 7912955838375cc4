"""A coalescing wake-up between a commit and the loop that serves it, with a slow poll as its safety net."""

import asyncio


class Wake:
    """Any number of `set` calls wake a waiting loop once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the loop, now or at its next wait."""
        self._event.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait to be woken; False when `timeout_s` passed first."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
