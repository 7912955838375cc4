"""Notices a consumer that has lag but makes no progress."""

import time
from collections.abc import Mapping

from chassis.bus.port import TopicPartition

# Two looks this far apart must see the same lag at the same position; a healthy fetch takes half a second at most.
EVERY_S = 15.0
# A process that was suspended, or busy with one long batch, has had no chance to make progress.
_POLLS = 5


class Watchdog:
    """Compares where lagging partitions stand at two looks."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self.restart()

    def restart(self) -> None:
        """Forget what was seen."""
        self._seen: Mapping[TopicPartition, int] = {}
        self._again()

    def due(self) -> bool:
        """Whether it is time to look; called once per poll."""
        self._polls += 1
        return self._polls >= _POLLS and time.monotonic() >= self._look_at

    def stalled(self, lagging: Mapping[TopicPartition, int]) -> bool:
        """Whether a partition that lags now lagged at the same position at the last look."""
        before, self._seen = self._seen, lagging
        self._again()
        return any(before.get(log) == position for log, position in lagging.items())

    def _again(self) -> None:
        self._polls = 0
        self._look_at = time.monotonic() + self._every_s
