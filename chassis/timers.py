"""Timers: handlers bound to kinds of due work, and the loop that fires what is due, late rather than never."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from chassis.barrier import Barrier, NothingToRead
from chassis.clock import BusinessClock, technical_now
from chassis.errors import Unavailable, UnknownTimer
from chassis.health import Health
from chassis.logs import logger
from chassis.merging import Survivors, nobody_merged
from chassis.telemetry import Metrics
from chassis.uow import TIMERS_SEEN_WITHIN, UnitOfWork, Units
from chassis.wake import Wake
from chassis.waves import waves
from contracts.identifiers import PersonId

_BATCH = 500
# Another process of the service may have set a timer, and a unit wakes the loop for those alone that are due before the next look.
_POLL_S = TIMERS_SEEN_WITHIN.total_seconds() / 2
# What another process holds is looked at again after this long.
_OTHERS_S = 0.25
# A timer whose handler fails is tried again after this long.
_POSTPONE_S = 30.0

_NEXT = text("SELECT min(due_at) FROM timer WHERE NOT id = ANY(CAST(:skip AS bigint[]))")
_PEEK = text("""
    SELECT id, kind, person_id, due_at FROM timer WHERE due_at <= :now AND NOT id = ANY(CAST(:skip AS bigint[]))
    ORDER BY due_at, id LIMIT :batch
""")
# Looked at first without a lock, then people are claimed, then the rows are taken: the same order of locks as every other unit.
_TAKE = text("""
    DELETE FROM timer WHERE id IN (
        SELECT id FROM timer WHERE id = ANY(CAST(:ids AS bigint[])) AND due_at <= :now ORDER BY due_at, id FOR UPDATE SKIP LOCKED)
    RETURNING kind, subject, person_id, due_at, payload
""")


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that fired; `due_at` is when it should have, however late it is."""

    kind: str
    subject: str
    person_id: PersonId
    due_at: datetime
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Peeked:
    """A timer that is due, not yet ours."""

    id: int
    kind: str
    person_id: PersonId
    due_at: datetime


Handler = Callable[[UnitOfWork, Sequence[Due]], Awaitable[None]]


class Timers:
    """The timer handlers of one service."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}

    def on(self, kind: str) -> Callable[[Handler], Handler]:
        """Bind the decorated function to a kind of timer."""

        def bind(handle: Handler) -> Handler:
            self.handlers[kind] = handle
            return handle

        return bind


class TimerLoop:
    """Fires due timers of one service; several processes may run it."""

    def __init__(  # noqa: PLR0913 - the composition root names every part once
        self,
        timers: Timers,
        units: Units,
        clock: BusinessClock,
        wake: Wake,
        health: Health,
        metrics: Metrics,
        survivors: Survivors = nobody_merged,
        *,
        barrier: Barrier | NothingToRead | None = None,
        grace: timedelta = timedelta(0),
    ) -> None:
        self._timers = timers
        self._units = units
        self._clock = clock
        self._wake = wake
        self._health = health
        self._metrics = metrics
        self._survivors = survivors
        self._barrier = barrier or NothingToRead()
        self._grace = grace
        self._postponed: dict[int, float] = {}
        self._firing = asyncio.Lock()
        self._log = logger("timers")

    async def busy(self) -> bool:
        """Whether a batch is under way, or something is due that nobody has begun with; what was put off is not."""
        return self._firing.locked() or await self._pause_s() <= 0

    async def run(self) -> None:
        """Fire until cancelled."""
        while True:
            pause_s = await self._pause_s()
            fired = 0 if pause_s > 0 else await self.fire()
            self._health.ready("timers")
            if not fired:
                # What is due and was not fired is at work in another process.
                await self._wake.wait(pause_s if pause_s > 0 else _OTHERS_S)

    async def fire(self) -> int:
        """Fire one batch of what is due now; a timer whose handler fails is tried again alone, later, and holds up no other.

        First the service reads what stood on the bus when they came due: a decision counts every fact known by then.
        """
        async with self._firing:
            now = self._now()
            due = await self._due(now)
            if due:
                await self._barrier.passed(max(timer.due_at for timer in due), now)
            try:
                return await self._fire(due)
            except Unavailable:
                raise  # infrastructure failed: no timer is to blame
            except Exception:  # noqa: BLE001 - whatever a handler dies of
                return await self._one_by_one(due)

    async def _one_by_one(self, due: Sequence[_Peeked]) -> int:
        fired = 0
        for timer in due:
            try:
                fired += await self._fire([timer])
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the same
                self._postponed[timer.id] = technical_now().timestamp() + _POSTPONE_S
                self._metrics.count("postponed")
                self._log.warning("timer postponed", timer_id=timer.id, kind=timer.kind, error=type(error).__name__)
        return fired

    def _now(self) -> datetime:
        """Up to when timers are due: in production some time ago, for facts may still be under way between services."""
        return self._clock.now() - self._grace

    async def _due(self, now: datetime) -> Sequence[_Peeked]:
        async with self._units.database.statement() as connection:
            params = {"now": now, "batch": _BATCH, "skip": self._skipped()}
            return [_Peeked(row.id, row.kind, row.person_id, row.due_at) for row in await connection.execute(_PEEK, params)]

    def _skipped(self) -> list[int]:
        now = technical_now().timestamp()
        self._postponed = {timer: until for timer, until in self._postponed.items() if until > now}
        return list(self._postponed)

    async def _fire(self, due: Sequence[_Peeked]) -> int:
        if not due:
            return 0
        people = {timer.person_id for timer in due}
        wholes = await self._survivors(list(people))
        async with self._units.open() as uow:
            await uow.take(people, wholes)
            survivors = uow.claim(people)
            rows = await uow.all(_TAKE, {"ids": [timer.id for timer in due], "now": self._now()})
            fired = sorted((Due(**row.mapping) for row in rows), key=lambda one: (one.due_at, one.kind))
            for wave in waves(fired, lambda one: (survivors[one.person_id],)):
                await self._handle(uow, wave)
        self._metrics.count("fired", len(fired))
        return len(fired)

    async def _handle(self, uow: UnitOfWork, wave: Sequence[Due]) -> None:
        for kind in dict.fromkeys(due.kind for due in wave):
            handler = self._timers.handlers.get(kind)
            if handler is None:
                raise UnknownTimer(kind)
            await handler(uow, [due for due in wave if due.kind == kind])

    async def _pause_s(self) -> float:
        """How long nothing is due; also the only look at the table while that is so."""
        async with self._units.database.statement() as connection:
            due_at = (await connection.execute(_NEXT, {"skip": self._skipped()})).scalar_one()
        if due_at is None:
            return _POLL_S
        wait: timedelta = due_at - self._now()
        return min(wait.total_seconds(), _POLL_S)


async def due_instants(uow: UnitOfWork, until: datetime) -> Sequence[datetime]:
    """The distinct due instants up to `until`, soonest first; the sandbox steps its clock over them."""
    rows = await uow.all(text("SELECT DISTINCT due_at FROM timer WHERE due_at <= :until ORDER BY due_at LIMIT 100"), {"until": until})
    return [row.due_at for row in rows]
