"""A coalescing wake-up between a commit and the loop that serves it, with a slow poll as its safety net."""

import asyncio
from contextlib import suppress


class Wake:
    """Any number of `set` calls wake a waiting loop once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._calls = 0
        self._enough = asyncio.Event()
        self._wanted = 0

    def set(self) -> None:
        """Wake the loop, now or at its next wait."""
        self._calls += 1
        self._event.set()
        if self._calls >= self._wanted:
            self._enough.set()

    async def several(self, calls: int, timeout_s: float) -> None:
        """Rest until it was set that often since the last wait, at most `timeout_s`; the next wait still sees it set."""
        self._wanted = calls
        self._enough.clear()
        if self._calls < calls and timeout_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._enough.wait()

    async def wait(self, timeout_s: float) -> bool:
        """Wait to be woken; False when `timeout_s` passed first."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        self._calls = 0
        return True
