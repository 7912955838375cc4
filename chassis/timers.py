"""Timers: handlers bound to kinds of due work, and the loop that fires what is due, late rather than never."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from chassis.clock import BusinessClock, technical_now
from chassis.db import is_passing
from chassis.errors import Unavailable, UnknownTimer
from chassis.health import Health
from chassis.logs import logger
from chassis.telemetry import Metrics
from chassis.uow import UnitOfWork, Units
from chassis.wake import Wake
from contracts.identifiers import PersonId

_BATCH = 500
# Another process of the service may have set a timer: look at least this often.
_POLL_S = 5.0
# A timer whose handler fails is tried again after this long.
_POSTPONE_S = 30.0

_NEXT = text("SELECT min(due_at) FROM timer")
_PEEK = text("""
    SELECT id, person_id FROM timer WHERE due_at <= :now AND NOT id = ANY(CAST(:skip AS bigint[])) ORDER BY due_at, id LIMIT :batch
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

    def __init__(self, timers: Timers, units: Units, clock: BusinessClock, wake: Wake, health: Health, metrics: Metrics) -> None:
        self._timers = timers
        self._units = units
        self._clock = clock
        self._wake = wake
        self._health = health
        self._metrics = metrics
        self._postponed: dict[int, float] = {}
        self._log = logger("timers")
        self.busy = False

    async def run(self) -> None:
        """Fire until cancelled."""
        while True:
            while await self.fire():
                pass
            if not self._postponed:
                self._health.ready("timers")
            await self._wake.wait(await self._pause_s())

    async def fire(self) -> int:
        """Fire one batch of what is due now; a timer whose handler fails is tried again alone, later, and holds up no other."""
        self.busy = True
        try:
            return await self._fire(_BATCH)
        except Unavailable:
            raise
        except Exception as error:
            if is_passing(error):
                raise
            return await self._fire_one_by_one()
        finally:
            self.busy = False

    async def _fire_one_by_one(self) -> int:
        fired = 0
        async with self._units.open() as uow:
            peeked = await uow.all(_PEEK, {"now": self._clock.now(), "batch": _BATCH, "skip": self._skipped()})
        for row in peeked:
            try:
                fired += await self._fire(1)
            except Unavailable:
                raise
            except Exception as error:
                if is_passing(error):
                    raise
                self._postponed[row.id] = technical_now().timestamp() + _POSTPONE_S
                self._health.failing("timers", f"a timer fails: {type(error).__name__}")
                self._log.warning("timer postponed", timer_id=row.id, error=type(error).__name__)
        return fired

    def _skipped(self) -> list[int]:
        now = technical_now().timestamp()
        self._postponed = {timer: until for timer, until in self._postponed.items() if until > now}
        return list(self._postponed)

    async def _fire(self, batch: int) -> int:
        now = self._clock.now()
        async with self._units.open() as uow:
            peeked = await uow.all(_PEEK, {"now": now, "batch": batch, "skip": self._skipped()})
            if not peeked:
                return 0
            await uow.take({row.person_id for row in peeked})
            rows = await uow.all(_TAKE, {"ids": [row.id for row in peeked], "now": now})
            fired = sorted((Due(**row._mapping) for row in rows), key=lambda due: (due.due_at, due.kind))  # noqa: SLF001 - public in SQLAlchemy
            for wave in _waves(fired):
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
        async with self._units.database.transaction() as connection:
            due_at = (await connection.execute(_NEXT)).scalar_one()
        if due_at is None:
            return _POLL_S
        wait: timedelta = due_at - self._clock.now()
        return min(max(wait.total_seconds(), 0.0), _POLL_S)


def _waves(fired: Sequence[Due]) -> Sequence[Sequence[Due]]:
    """Each wave holds a person once, in due order."""
    cut: list[list[Due]] = []
    seen: dict[PersonId, int] = {}
    for due in fired:
        wave = seen.get(due.person_id, 0)
        seen[due.person_id] = wave + 1
        if wave == len(cut):
            cut.append([])
        cut[wave].append(due)
    return cut


async def due_instants(uow: UnitOfWork, until: datetime) -> Sequence[datetime]:
    """The distinct due instants up to `until`, soonest first; the sandbox steps its clock over them."""
    rows = await uow.all(text("SELECT DISTINCT due_at FROM timer WHERE due_at <= :until ORDER BY due_at LIMIT 100"), {"until": until})
    return [row.due_at for row in rows]
