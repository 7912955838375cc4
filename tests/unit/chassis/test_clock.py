"""Two clocks, and the days of Brussels."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.clock import MovableClock, RunningClock, local_date, local_midnight, technical_now
from chassis.errors import ClockMovedBack

START = datetime(2026, 2, 2, tzinfo=UTC)


def test_the_running_clock_is_the_machines_and_was_never_moved() -> None:
    before = technical_now()
    clock = RunningClock()

    assert before <= clock.now() <= technical_now()
    assert clock.generation == 0


def test_a_movable_clock_follows_the_machine_until_it_is_set_and_then_stands_still() -> None:
    clock = MovableClock()
    before = technical_now()
    assert before <= clock.now() <= technical_now()

    clock.move(START, 1)  # the first move may go anywhere

    assert (clock.now(), clock.generation) == (START, 1)


@pytest.mark.parametrize(
    ("at", "generation"),
    [(START - timedelta(microseconds=1), 2), (START + timedelta(days=1), 1), (START, 0)],
    ids=["backwards", "a generation that was used", "an old generation"],
)
def test_a_move_that_contradicts_an_earlier_one_is_refused(at: datetime, generation: int) -> None:
    clock = MovableClock(START, 1)

    with pytest.raises(ClockMovedBack):
        clock.move(at, generation)

    assert (clock.now(), clock.generation) == (START, 1)


def test_repeating_a_move_is_harmless() -> None:
    clock = MovableClock(START, 1)

    clock.move(START, 1)
    clock.move(START, 2)

    assert (clock.now(), clock.generation) == (START, 2)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 2, 1, 22, 59, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 2, 1, 23, 0, tzinfo=UTC), date(2026, 2, 2)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29)),
    ],
)
def test_a_legal_date_is_a_date_in_brussels(moment: datetime, day: date) -> None:
    assert local_date(moment) == day


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_daylight_saving_makes_it(day: date, hours: int) -> None:
    assert local_midnight(day + timedelta(days=1)) - local_midnight(day) == timedelta(hours=hours)
