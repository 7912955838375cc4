"""One round of one rival: bursts, posts at two rates, and rest, with what each cost."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

import psutil

from tests.bench.ground import Grounds
from tests.bench.meter import Meter, Spent, busy, foreign_load, stolen
from tests.bench.rival import AtWork, Rival

FAST_PER_S, TRICKLE_PER_S = 50.0, 20.0
IDLE_S = 20.0
_WARM = 200

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each is asked of a rival in a round."""

    burst: int
    bursts: int
    fast_s: float
    trickle_s: float

    @property
    def fast(self) -> int:
        """Posts at the fast rate."""
        return round(self.fast_s * FAST_PER_S)

    @property
    def trickle(self) -> int:
        """Posts at the slow one."""
        return round(self.trickle_s * TRICKLE_PER_S)

    @property
    def people(self) -> int:
        """Everybody a round needs."""
        return 2 * _WARM + self.burst * self.bursts + self.fast + self.trickle


@dataclass(slots=True)
class Found:
    """Every figure of one rival, over all rounds."""

    rates: list[float] = field(default_factory=list)  # journeys a second
    cpu: list[float] = field(default_factory=list)  # CPU-s per 1,000 journeys under load: services and PostgreSQL
    postgres: list[float] = field(default_factory=list)  # of it PostgreSQL
    kafka: list[float] = field(default_factory=list)  # beside it
    memory: list[float] = field(default_factory=list)  # MB resident, service processes
    p50: list[float] = field(default_factory=list)  # ms from post to notice
    p95: list[float] = field(default_factory=list)
    trickle: list[float] = field(default_factory=list)  # ms CPU an event
    idle: list[float] = field(default_factory=list)  # per cent of one core
    foreign: list[float] = field(default_factory=list)  # cores that others kept busy meanwhile


@dataclass(slots=True)
class Watch:
    """What a stretch of time cost, and what the machine did beside it."""

    meter: Meter
    _before: Spent
    _busy: float
    _stolen: float
    _began: float

    @classmethod
    def begin(cls, meter: Meter) -> "Watch":
        """From now on."""
        return cls(meter, meter.read(), busy(), stolen(), time.monotonic())

    def end(self, ourselves: float = 0.0) -> tuple[Spent, float]:
        """What was spent since, and the cores that neither the rival, nor its servers, nor this process kept busy."""
        spent, seconds = self.meter.read() - self._before, time.monotonic() - self._began
        ours = spent.counted + spent.kafka + ourselves
        return spent, foreign_load(ours, seconds, self._busy, busy()) + (stolen() - self._stolen) / seconds


async def round_of(rival: Rival, on: Grounds, size: Size, found: Found, say: Say) -> None:
    """Start the rival, measure everything once, and end it."""
    async with rival.at_work() as work:
        meter = Meter(work.pids, on.backends, psutil.Process(on.kafka.pid))
        await work.prepare(size.people)
        for _ in range(2):  # caches of statements and plans fill with the first
            await work.burst(_WARM)
        for _ in range(size.bursts):
            await _burst(work, on, meter, size.burst, found)
            say(f"{rival.name}: {found.rates[-1]:,.0f} journeys/s, {found.cpu[-1]:.3f} CPU-s per 1,000; others {found.foreign[-1]:.1f}")
        found.memory.append(sum(meter.memory().values()) / 1024**2)
        await _fast(work, on, size.fast, found)
        await _trickle(work, on, meter, size.trickle, found)
        await _idle(work, on, meter, found)
        say(
            f"{rival.name}: p50 {found.p50[-1]:.0f} ms, p95 {found.p95[-1]:.0f} ms at {FAST_PER_S:.0f}/s; "
            f"{found.trickle[-1]:.1f} ms CPU an event at {TRICKLE_PER_S:.0f}/s; idle {found.idle[-1]:.1f} % of a core"
        )


async def _burst(work: AtWork, on: Grounds, meter: Meter, count: int, found: Found) -> None:
    await _settled(work, on)
    us, watch = _us(), Watch.begin(meter)
    seconds = await work.burst(count)
    await work.rest()  # what happens behind the notice costs, too
    spent, foreign = watch.end(_us() - us)
    found.rates.append(count / seconds)
    found.cpu.append(1000 * spent.counted / count)
    found.postgres.append(1000 * spent.postgres / count)
    found.kafka.append(1000 * spent.kafka / count)
    found.foreign.append(foreign)


async def _fast(work: AtWork, on: Grounds, count: int, found: Found) -> None:
    await _settled(work, on)
    waits = await work.posts(count, FAST_PER_S)
    await work.rest()
    took = [1000 * wait for wait in await waits()]
    found.p50.append(median(took))
    found.p95.append(quantiles(took, n=20)[-1])


async def _trickle(work: AtWork, on: Grounds, meter: Meter, count: int, found: Found) -> None:
    await _settled(work, on)
    watch = Watch.begin(meter)
    await work.posts(count, TRICKLE_PER_S)
    spent, _ = watch.end()
    found.trickle.append(1000 * spent.counted / count)


async def _idle(work: AtWork, on: Grounds, meter: Meter, found: Found) -> None:
    await _settled(work, on)
    watch, until = Watch.begin(meter), time.monotonic() + IDLE_S
    while not (left := until - time.monotonic()) <= 0:
        await asyncio.sleep(left)
    spent, _ = watch.end()
    found.idle.append(100 * spent.counted / IDLE_S)


async def _settled(work: AtWork, on: Grounds) -> None:
    """What was written before is on disk, so that it is not paid for by what comes next."""
    await work.rest()
    await on.checkpoint()


def _us() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


Rounds = Mapping[str, Found]
