"""What service processes hold over a long run, and whether that grows with what they handled."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import linear_regression, median
from typing import TypeAlias

import psutil

MB = 1024**2
_EVERY_S = 2.0
# What a process loads and keeps once is in by then: pools, prepared statements, caches up to their bounds.
_WARM = 0.25

Handled: TypeAlias = Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Memory:
    """Bytes that each process held, beside how much had been handled by then."""

    pids: Mapping[str, int]
    handled: Handled
    samples: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Look every now and then, until told to stop."""
        while not self._over.is_set():
            await self.look()
            await asyncio.sleep(_EVERY_S)

    async def stop(self) -> None:
        """Look once more, and then no more."""
        self._over.set()
        await self.look()

    async def look(self) -> None:
        """Look once."""
        handled = await self.handled()
        for name, pid in self.pids.items():
            self.samples.setdefault(name, []).append((handled, psutil.Process(pid).memory_info().rss))

    def growth(self, name: str) -> float:
        """Bytes by which the line through the samples of a process rises from warm-up to the end."""
        warm = _warm(self.samples[name])
        handled, held = [at for at, _ in warm], [size for _, size in warm]
        return linear_regression(handled, held).slope * (handled[-1] - handled[0])

    def most(self, name: str) -> int:
        """The most bytes a process held beyond what it held when it was warm."""
        warm = [size for _, size in _warm(self.samples[name])]
        return max(warm) - int(median(warm[:5]))

    def __str__(self) -> str:
        """The last look, in megabytes."""
        return ", ".join(f"{name} {samples[-1][1] / MB:.0f} MB" for name, samples in sorted(self.samples.items()))


def _warm(samples: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    first = samples[-1][0] * _WARM
    return [one for one in samples if one[0] >= first]
