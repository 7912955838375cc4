"""Wakes dispatchers once the log has covered something, and looks once for all of them where there is anything to hand over."""

import asyncio
from collections.abc import Awaitable, Callable

from chassis.wake import Wake

Look = Callable[[], Awaitable[frozenset[str]]]


class DispatchWake(Wake):
    """Woken each time the log has covered something; wakes every dispatcher, as one waiting loop takes a wake-up from another."""

    def __init__(self) -> None:
        super().__init__()
        self._dispatchers: list[Wake] = []
        self._looking = asyncio.Lock()
        self._found: frozenset[str] | None = None
        self._times = 0

    def one_more(self) -> Wake:
        """The wake of another dispatcher."""
        wake = Wake()
        self._dispatchers.append(wake)
        return wake

    def set(self) -> None:
        """Wake them all; what was seen before is no longer so."""
        self._times += 1
        self._found = None
        super().set()
        for wake in self._dispatchers:
            wake.set()

    async def channels(self, look: Look) -> frozenset[str]:
        """On which channels something may go; the first dispatcher that asks after a wake-up looks for the others."""
        async with self._looking:
            if self._found is not None:
                return self._found
            times = self._times
            found = await look()
            if times == self._times:  # otherwise whoever asks now is woken once more, and somebody looks again
                self._found = found
            return found
