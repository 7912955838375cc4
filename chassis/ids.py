"""Identifiers that sort by the order they were made in (RFC 9562, version 7)."""

import os
import time
from threading import Lock
from uuid import UUID

_STEPS = 4096  # of a millisecond: 12 bits
_RANDOM = 62
_DRAWN = 256  # identifiers served by one look at the operating system's randomness


class _Stamps:
    """Rising stamps: 48 bits of Unix milliseconds, then 12 bits of their fraction (RFC 9562, 6.2, method 3)."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def next(self) -> int:
        """A stamp above every earlier one, also when two are taken within one step or the machine's clock is set back."""
        milliseconds, rest = divmod(time.time_ns(), 1_000_000)
        with self._lock:
            self._last = max(milliseconds * _STEPS + rest * _STEPS // 1_000_000, self._last + 1)
            return self._last


class _Chance:
    """Random bits of the operating system, asked for once for many: a call for each identifier costs as much as all the rest of it."""

    _BYTES = 8  # for one identifier

    def __init__(self) -> None:
        self._numbers: list[int] = []

    def forget(self) -> None:
        """Draw anew."""
        self._numbers.clear()

    def next(self) -> int:
        """62 bits that nobody can guess, and that nobody else in this process gets."""
        try:
            return self._numbers.pop()
        except IndexError:
            drawn = memoryview(os.urandom(self._BYTES * _DRAWN)).cast("Q")
            self._numbers.extend(number >> 2 for number in drawn)
            return self._numbers.pop()


_stamps, _chance = _Stamps(), _Chance()
# A forked child must not go on with the numbers of its parent.
os.register_at_fork(after_in_child=_chance.forget)


def uuid7() -> UUID:
    """A new UUID, above every one this process made before: what is made in order also reads in order."""
    milliseconds, step = divmod(_stamps.next(), _STEPS)
    return UUID(int=(milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | step << 64 | 0b10 << _RANDOM | _chance.next())
