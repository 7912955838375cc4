"""Data keys held for at most a minute, so that an erasure reaches every process within it."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from vault.box import DataKey

KEPT_S = 60.0  # `mechanics.md` 5
# So often in that time the old ones are looked for. Most people are not met again within a minute, and 20,000 keys are 40 MB.
_LOOKS = 4


class KeyCache:
    """The most recently used data keys, none given out `kept_s` after it was asked for (a minute at most), none held for long after."""

    def __init__(self, size: int, now: Callable[[], float] = time.monotonic, kept_s: float = KEPT_S) -> None:
        self._size = size
        self._kept_s = min(kept_s, KEPT_S)
        self._now = now  # monotonic: a wall clock that is set back would keep keys alive
        self._kept: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._look_at = 0.0

    def __len__(self) -> int:
        """How many are held."""
        return len(self._kept)

    def now(self) -> float:
        """The instant to give to `put`; take it before asking the database, for an erasure may come in between."""
        return self._now()

    def get(self, key_ref: str) -> DataKey | None:
        """The key, if it is held and young enough."""
        if (entry := self._kept.get(key_ref)) is None:
            return None
        asked_at, key = entry
        if self._now() - asked_at >= self._kept_s:
            del self._kept[key_ref]
            return None
        self._kept.move_to_end(key_ref)
        return key

    def put(self, key_ref: str, key: DataKey, asked_at: float) -> None:
        """Hold a key that was asked for at `asked_at`; the least recently used one makes room."""
        self._kept[key_ref] = (asked_at, key)
        self._kept.move_to_end(key_ref)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        if (now := self._now()) >= self._look_at:
            self._look_at = now + self._kept_s / _LOOKS
            self.drop([held for held, (since, _) in self._kept.items() if now - since >= self._kept_s])

    def drop(self, key_refs: Iterable[str]) -> None:
        """Forget keys at once."""
        for key_ref in key_refs:
            self._kept.pop(key_ref, None)
