"""Group commit: single facts that wait at the same time share one unit of work (`mechanics.md` 14)."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chassis.errors import Unavailable
from chassis.intake.kinds import Command
from chassis.intake.replies import Reply

# Groups at work at once: while one waits for a person that a consumer holds, others go on.
_WORKERS = 2
_GROUP = 200

# Takes a group in, in one unit; the reply to each.
TakeGroup: TypeAlias = Callable[[Sequence[Command], str | None], Awaitable[Sequence[Reply]]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    command: Command
    correlation_id: str | None
    reply: asyncio.Future[Reply]


@dataclass(slots=True)
class Collector:
    """What waits at the doors of one service, and the tasks that take it in; a client that hangs up cancels nobody."""

    _waiting: deque[_Waiting] = field(default_factory=deque)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _working: int = 0

    async def hand_in(self, take: TakeGroup, command: Command, correlation_id: str | None = None) -> Reply:
        """Have the command taken in, with whatever else waits; its own reply.

        Raises:
            Unavailable: the database or the vault is away.
        """
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(command, correlation_id, reply))
        if self._working < _WORKERS:
            self._working += 1
            worker = asyncio.create_task(self._work(take), name="intake")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await reply

    async def _work(self, take: TakeGroup) -> None:
        try:
            while self._waiting:
                await self._serve(take, [self._waiting.popleft() for _ in range(min(_GROUP, len(self._waiting)))])
        finally:
            # In the same step as the last look at the queue, so that no command is left between two workers that are just ending.
            self._working -= 1

    async def _serve(self, take: TakeGroup, group: list[_Waiting]) -> None:
        try:
            await self._take(take, group)
        except Unavailable as error:
            self._fail(group, error)
        except Exception as error:  # noqa: BLE001 - whatever one command does, only its sender hears of it
            await self._alone(take, group, error)

    async def _take(self, take: TakeGroup, group: list[_Waiting]) -> None:
        correlation_id = group[0].correlation_id if len(group) == 1 else None
        replies = await take([waiting.command for waiting in group], correlation_id)
        for waiting, reply in zip(group, replies, strict=True):
            if not waiting.reply.done():
                waiting.reply.set_result(reply)

    async def _alone(self, take: TakeGroup, group: list[_Waiting], error: Exception) -> None:
        """A failed group is tried one by one, so that a failure answers its own sender only."""
        if len(group) == 1:
            self._fail(group, error)
            return
        for waiting in group:
            try:
                await self._take(take, [waiting])
            except Exception as own:  # noqa: BLE001 - the same
                self._fail([waiting], own)

    @staticmethod
    def _fail(group: list[_Waiting], error: Exception) -> None:
        for waiting in group:
            if not waiting.reply.done():
                waiting.reply.set_exception(error)
