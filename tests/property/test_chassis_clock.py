"""Days in Brussels, over all daylight saving changes, and a clock that only goes forward."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import MovableClock, local_date, local_midnight
from chassis.errors import ClockMovedBack

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(DAYS)
def test_a_day_begins_at_its_midnight_and_not_a_microsecond_earlier(day: date) -> None:
    begins = local_midnight(day)

    assert local_date(begins) == day
    assert local_date(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


@given(MOMENTS, MOMENTS)
def test_legal_dates_never_run_backwards(one: datetime, other: datetime) -> None:
    earlier, later = sorted([one, other])

    assert local_date(earlier) <= local_date(later)


@given(DAYS, st.integers(0, 400))
def test_a_term_in_days_ends_at_a_midnight_whatever_the_clocks_do(day: date, days: int) -> None:
    ends = local_midnight(day + timedelta(days=days))

    assert abs(ends - local_midnight(day) - timedelta(days=days)) <= timedelta(hours=1)


@given(st.lists(st.tuples(MOMENTS, st.integers(0, 6)), max_size=12))
def test_whatever_is_asked_of_it_the_clock_only_goes_forward(moves: list[tuple[datetime, int]]) -> None:
    clock = MovableClock()
    stood: list[tuple[datetime, int]] = []
    for at, generation in moves:
        try:
            clock.move(at, generation)
        except ClockMovedBack:
            assert not stood or (clock.now(), clock.generation) == stood[-1]
        else:
            stood.append((clock.now(), clock.generation))

    assert stood == sorted(stood)
    assert [generation for _, generation in stood] == sorted(generation for _, generation in stood)


def test_the_last_move_may_be_repeated_forever() -> None:
    clock = MovableClock(datetime(2026, 2, 2, tzinfo=UTC), 3)
    for _ in range(3):
        clock.move(datetime(2026, 2, 2, tzinfo=UTC), 3)
    with pytest.raises(ClockMovedBack):
        clock.move(datetime(2026, 2, 3, tzinfo=UTC), 3)
