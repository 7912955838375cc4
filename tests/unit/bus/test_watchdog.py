"""A stall is the same lag at the same position, twice."""

from chassis.bus.kafka.watchdog import Watchdog
from chassis.bus.port import TopicPartition

ONE, OTHER = TopicPartition("t", 0), TopicPartition("t", 1)


def test_the_same_lag_at_two_looks_is_a_stall() -> None:
    watchdog = Watchdog()
    assert not watchdog.stalled({ONE: 5})
    assert watchdog.stalled({ONE: 5, OTHER: 1})


def test_progress_is_no_stall() -> None:
    watchdog = Watchdog()
    assert not watchdog.stalled({ONE: 5, OTHER: 1})
    assert not watchdog.stalled({ONE: 6})
    assert not watchdog.stalled({})
    assert not watchdog.stalled({ONE: 6})


def test_after_a_restart_nothing_was_seen() -> None:
    watchdog = Watchdog()
    watchdog.stalled({ONE: 5})
    watchdog.restart()
    assert not watchdog.stalled({ONE: 5})


def test_it_looks_only_after_some_polls() -> None:
    """A process that was suspended has had no chance to make progress."""
    watchdog = Watchdog(every_s=0)
    assert [watchdog.due() for _ in range(5)] == [False, False, False, False, True]
