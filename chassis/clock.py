"""Two clocks: the business clock that legal dates use, and the technical clock that never moves."""

import threading
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from chassis.errors import ClockMovedBack

BRUSSELS = ZoneInfo("Europe/Brussels")


def technical_now() -> datetime:
    """The machine's time, UTC; for tokens, leases, retries, retention and log times (`mechanics.md` 21)."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The date in Brussels at that instant; every legal date is one of these."""
    return moment.astimezone(BRUSSELS).date()


@lru_cache(maxsize=4096)
def local_midnight(day: date) -> datetime:
    """The instant at which that date begins in Brussels, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)


class BusinessClock(Protocol):
    """The time by which the law counts."""

    @property
    def generation(self) -> int:
        """Rises each time the clock is moved; every unit of work carries it."""

    def now(self) -> datetime:
        """The business instant, UTC."""


class RunningClock:
    """The business clock of production: it cannot be moved."""

    generation = 0

    def now(self) -> datetime:
        """The machine's time."""
        return technical_now()


class MovableClock:
    """The business clock of a sandbox: it follows the machine until it is first set, and from then on stands still between moves."""

    def __init__(self, at: datetime | None = None, generation: int = 0) -> None:
        self._at = at
        self._generation = generation
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        """How often it was moved."""
        return self._generation

    def now(self) -> datetime:
        """The instant it was moved to, or the machine's time before the first move."""
        return self._at or technical_now()

    def move(self, at: datetime, generation: int) -> None:
        """Stand at `at` from now on; repeating a move is harmless, and the first move may go anywhere.

        Raises:
            ClockMovedBack: `at` lies before where it stands, or `generation` was used for another move or is an old one.
        """
        with self._lock:
            if (at, generation) == (self._at, self._generation):
                return
            if generation <= self._generation or (self._at is not None and at < self._at):
                raise ClockMovedBack(at, self.now())
            self._at, self._generation = at, generation
