"""Members of a group that tests watch: in this process, or in one that can be killed."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

from chassis.bus.errors import BusUnavailable, NotOwner
from chassis.bus.port import Bus, Record, Subscription, TopicPartition

PATIENCE_S = 30.0  # how long a test waits for what must happen; nothing waits this long in a healthy run


async def eventually(condition: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Return once `condition` holds."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


async def read(subscription: Subscription, count: int, *, max_records: int = 500) -> list[Record]:
    """Poll until `count` records came."""
    records: list[Record] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(records) < count:
            records += await subscription.poll(max_records, 0.5)
    return records


def ends(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """The positions to commit when all of `records` were handled."""
    return {record.log: record.position + 1 for record in records}


async def _nothing(_: Sequence[Record]) -> None:
    """Handle a batch by not minding it."""


@dataclass(slots=True)
class Member:
    """Reads in a task of its own, as a service's consumer does: poll, handle, commit."""

    bus: Bus
    group: str
    topic: str
    instance: str
    handle: Callable[[Sequence[Record]], Awaitable[None]] = _nothing
    records: list[Record] = field(default_factory=list)
    polls: int = 0
    _leaving: bool = False
    _open: asyncio.Lock = field(default_factory=asyncio.Lock)
    subscription: Subscription | None = None
    _task: asyncio.Task[None] | None = None

    async def idle(self) -> None:
        """Return once no batch is being handled."""
        async with self._open:
            return

    @property
    def held(self) -> frozenset[TopicPartition]:
        return self.subscription.assignment() if self.subscription is not None else frozenset()

    async def start(self) -> Self:
        self.subscription = await self.bus.subscribe(self.group, [self.topic], self.instance, self)
        self._task = asyncio.create_task(self._run(self.subscription))
        return self

    async def leave(self) -> None:
        self._leaving = True
        if self._task is not None:
            await self._task
        if self.subscription is not None:
            await self.subscription.close()

    async def _run(self, subscription: Subscription) -> None:
        while not self._leaving:
            with suppress(BusUnavailable):
                batch = await subscription.poll(50, 0.2)
                self.polls += 1
                if batch:
                    async with self._open:
                        await self.handle(batch)
                        self.records += batch
                        with suppress(NotOwner):
                            await subscription.commit(ends(batch))


@asynccontextmanager
async def members(bus: Bus, group: str, topic: str, *instances: str) -> AsyncIterator[list[Member]]:
    """Start members; those still there at the end leave."""
    started: list[Member] = []
    try:
        for instance in instances:
            started.append(await Member(bus, group, topic, instance).start())  # noqa: PERF401 - those that started must leave
        yield started
    finally:
        for member in started:
            await member.leave()


@dataclass(slots=True)
class MemberProcess:
    """A member in a process of its own; it never commits when it is a `hoarder`."""

    process: asyncio.subprocess.Process
    held: int = 0
    values: list[str] = field(default_factory=list)

    async def follow(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            said = json.loads(line)
            self.held = said.get("held", self.held)
            self.values += said.get("values", [])

    def kill(self) -> None:
        """End it by kill -9."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)


@asynccontextmanager
async def member_process(url: str, group: str, topic: str, instance: str, *, hoarder: bool = False) -> AsyncIterator[MemberProcess]:
    """Run a member in a process of its own, killed at the end at the latest."""
    arguments = (url, group, topic, instance, "hoards" if hoarder else "commits")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.conformance.member_process", *arguments, stdout=asyncio.subprocess.PIPE
    )
    member = MemberProcess(process)
    following = asyncio.create_task(member.follow())
    try:
        yield member
    finally:
        member.kill()
        await process.wait()
        await following
