"""Takes in a bulk body while it arrives: chunks of lines commit one behind the other, and each line gets its result."""

import asyncio
from collections.abc import AsyncIterable, Iterable, Sequence
from uuid import UUID

from chassis.db import is_passing
from chassis.errors import Unavailable
from chassis.http.auth import Caller
from chassis.http.problems import Problem, ServiceUnavailable
from chassis.ids import uuid7
from chassis.intake import batches, outcomes
from chassis.intake.batches import LineResult
from chassis.intake.bulk_line import Line, LineForm, identifier_reason
from chassis.intake.intake import Intake
from chassis.intake.lines import LineReader
from chassis.intake.take import Refused, Reply, take
from chassis.logs import logger
from chassis.uow import UnitOfWork
from contracts.errors import InvalidIdentifier

# A chunk is handed over when it holds this much, however few lines that is.
_CHUNK_BYTES = 1024 * 1024
_RETRY_AFTER_S = 10
# A chunk that met a deadlock or a lock time-out is tried again; lines that were taken meanwhile are duplicates then.
_RETRIES_S = (0.2, 1.0)
_log = logger("bulk")


class BulkUpload:
    """One batch on its way in. What is committed stands, whatever becomes of the rest (`mechanics.md` 17)."""

    def __init__(self, intake: Intake, caller: Caller) -> None:
        self.batch_id: UUID = uuid7()
        self._intake = intake
        self._caller = caller
        self._form = LineForm(caller, intake.kinds, intake.limits.line_bytes)
        self._lines: list[Line] = []
        self._bytes = 0
        self._committing: asyncio.Task[None] | None = None

    async def receive(self, pieces: AsyncIterable[bytes]) -> None:
        """Take the whole body in.

        Raises:
            ServiceUnavailable: the outbox is beyond its limit; what was taken before that stands.
            Exception: whatever reading the body raises, after the lines that came whole were taken and the batch was marked truncated.
        """
        async with self._intake.units.open() as uow:
            await self._refuse_when_full(uow)
            await batches.begin(uow, self.batch_id, self._caller.organisation, self._caller.client_id)
        truncated = True
        try:
            await self._read(pieces)
            truncated = False
        finally:
            await self._finish(truncated=truncated)

    async def _read(self, pieces: AsyncIterable[bytes]) -> None:
        reader = LineReader(self._intake.limits.line_bytes)
        async for piece in pieces:
            await self._add(reader.feed(piece))
        await self._add(reader.end())
        await self._hand_over()
        await self._committed()

    async def _finish(self, *, truncated: bool) -> None:
        """Close the batch; of a truncated one, take what came whole as far as that still works."""
        if truncated:
            try:
                await self._committed()
                await self._hand_over()
                await self._committed()
            except (Unavailable, Problem):
                _log.warning("batch cut short", batch=str(self.batch_id))
        async with self._intake.units.open() as uow:
            await batches.end(uow, self.batch_id, truncated=truncated)

    async def _add(self, lines: Iterable[tuple[int, bytes | None]]) -> None:
        for number, raw in lines:
            self._lines.append(self._form.read(number, raw))
            self._bytes += len(raw or b"")
            if len(self._lines) >= self._intake.limits.chunk_lines or self._bytes >= _CHUNK_BYTES:
                await self._hand_over()

    async def _hand_over(self) -> None:
        """Commit what was read, while the next lines come in; never two chunks of one batch at once, so lines keep their order."""
        await self._committed()
        chunk, self._lines, self._bytes = self._lines, [], 0
        if chunk:
            self._committing = asyncio.create_task(self._commit(chunk), name="bulk chunk")

    async def _committed(self) -> None:
        if self._committing is not None:
            committing, self._committing = self._committing, None
            await committing

    async def _commit(self, lines: Sequence[Line]) -> None:
        async with self._intake.bulk:
            for wait_s in _RETRIES_S:
                try:
                    await self._try(lines)
                except Unavailable:
                    await asyncio.sleep(wait_s)
                else:
                    return
            await self._try(lines)

    async def _try(self, lines: Sequence[Line]) -> None:
        async with self._intake.units.open() as uow:
            await self._refuse_when_full(uow)
        await self._isolate(lines)

    async def _isolate(self, lines: Sequence[Line]) -> None:
        """Take these; on a failure of the data, halve until the culprit stands alone, and park it."""
        try:
            await self._take(lines)
        except Unavailable:
            raise
        except Exception as error:
            if is_passing(error):
                raise
            if len(lines) > 1:
                half = len(lines) // 2
                await self._isolate(lines[:half])
                await self._isolate(lines[half:])
            else:
                await self._park(lines[0], error)

    async def _take(self, lines: Sequence[Line]) -> None:
        async def also(uow: UnitOfWork, replies: Sequence[Reply]) -> None:
            told = iter(replies)
            results = [_result(line, next(told) if line.command is not None else None) for line in lines]
            await batches.write(uow, self.batch_id, results)

        commands = [line.command for line in lines if line.command is not None]
        await take(self._intake, commands, batch_id=self.batch_id, also=also)

    async def _park(self, line: Line, error: Exception) -> None:
        reason = error.kind if isinstance(error, Problem) else "failed"
        # A driver's message can quote the row, so only the kind of an error is shown.
        _log.warning("line parked", batch=str(self.batch_id), line=line.number, error=type(error).__name__)
        async with self._intake.units.open() as uow:
            await batches.write(uow, self.batch_id, [LineResult.of(line, outcomes.PARKED, reason)])

    async def _refuse_when_full(self, uow: UnitOfWork) -> None:
        if await batches.outbox_full(uow, self._intake.limits.outbox_rows):
            raise ServiceUnavailable(_RETRY_AFTER_S)


def _result(line: Line, reply: Reply | None) -> LineResult:
    if reply is None:
        return LineResult.of(line, outcomes.PARKED, line.reason, line.detail)
    if isinstance(reply, Refused):
        if isinstance(reply.error, InvalidIdentifier):
            return LineResult.of(line, outcomes.PARKED, *identifier_reason(reply.error))
        return LineResult.of(line, outcomes.PARKED, reply.error.kind)
    return LineResult.of(line, reply.result, reply.reason)
