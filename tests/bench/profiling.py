"""Where the hub's journey spends its time: a profile of each service under load and at a trickle, and the costliest statements."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from tests.bench.ground import Grounds, grounds
from tests.bench.hub import Hub, HubAtWork
from tests.bench.meter import Meter, Spent
from tests.bench.sampling import Profile, sampled
from tests.bench.statements import Statements, watching

_WARM = 500
_TRICKLE_PER_S = 20.0


async def profile(burst: int, posts: int, top: int) -> Iterator[str]:
    """The lines of the report."""
    async with grounds(watched=True) as on:
        hub, statements = Hub(), watching(on)
        await hub.lay(on)
        async with hub.at_work() as work:
            await work.prepare(_WARM + burst + posts)
            await work.burst(_WARM)
            await work.rest()
            lines = await _under_load(work, on, statements, burst, top)
            lines += await _at_a_trickle(work, on, statements, posts, top)
    return iter(lines)


async def _under_load(work: HubAtWork, on: Grounds, statements: Statements, count: int, top: int) -> list[str]:
    meter = _meter(work, on)
    await statements.forget()
    before = meter.read()
    async with sampled(work.pids, on.folder) as found:
        seconds = await work.burst(count)
        await work.rest()
        spent = meter.read() - before
    head = f"# A burst of {count:,} contracts: {count / seconds:,.0f} journeys/s while profiled"
    return [head, *_spent(spent, count), *await _tables(found, statements, top)]


async def _at_a_trickle(work: HubAtWork, on: Grounds, statements: Statements, count: int, top: int) -> list[str]:
    meter = _meter(work, on)
    await statements.forget()
    before = meter.read()
    async with sampled(work.pids, on.folder) as found:
        waits = await work.posts(count, _TRICKLE_PER_S)
        spent = meter.read() - before
    tables = await _tables(found, statements, top)
    took = sorted(await waits())
    head = f"# A trickle of {count:,} contracts, {_TRICKLE_PER_S:.0f} a second: median {1000 * took[count // 2]:.0f} ms while profiled"
    return [head, *_spent(spent, count), *tables]


def _meter(work: HubAtWork, on: Grounds) -> Meter:
    return Meter(work.pids, on.backends, psutil.Process(on.kafka.pid))


def _spent(spent: Spent, count: int) -> list[str]:
    each = ", ".join(f"{name} {1000 * cpu / count:.2f}" for name, cpu in spent.services.items())
    total = 1000 * spent.counted / count
    return [
        f"CPU-s per 1,000: {total:.2f}: {each}, postgres {1000 * spent.postgres / count:.2f} (and kafka {1000 * spent.kafka / count:.2f})"
    ]


async def _tables(found: dict[str, Profile], statements: Statements, top: int) -> Sequence[str]:
    lines = []
    for name, profiled in found.items():
        lines += [f"## {name}", *profiled.table(top)]
    return [*lines, "## PostgreSQL", *await statements.table(top)]


def write(report: Path | None, burst: int, posts: int, top: int) -> None:
    """Print the profile, and keep it where one asks for it."""
    text = "\n".join(asyncio.run(profile(burst, posts, top))) + "\n"
    if report is not None:
        report.write_text(text, "utf-8")
    print(text)  # noqa: T201 - the report
