"""Every day of sixty years: when it begins in Brussels, when a window that opens on it ends, and from when somebody is old enough."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import IncompleteDate, months_later
from services.education_feed.domain.ages import COMPULSORY_EDUCATION, MIN_AGE, is_minor, threshold
from services.education_feed.domain.days import begins, day_before, day_of
from services.education_feed.domain.facts import Closure
from services.education_feed.domain.windows import fresh_at, window_ends_at, withdrawn_until

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
PROGRAMMES = st.sampled_from([1, 2, 5, None])
REASONS = st.sampled_from(["X", " x", "E", None])


@given(DAYS)
def test_a_day_lasts_from_its_first_instant_until_the_next_day_begins(day: date) -> None:
    first = begins(day)
    assert (day_of(first), day_of(begins(day + DAY) - MICROSECOND), day_of(first - MICROSECOND)) == (day, day, day - DAY)
    assert day_before(first) == day - DAY
    assert first.astimezone(BRUSSELS).time() == datetime.min.time()


@pytest.mark.parametrize("year", range(2024, 2032))
def test_one_day_of_a_year_has_23_hours_and_one_25(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    hours = {day: (begins(day + DAY) - begins(day)) // timedelta(hours=1) for day in days}
    odd = {day: length for day, length in hours.items() if length != 24}
    assert sorted((day.month, length) for day, length in odd.items()) == [(3, 23), (10, 25)]
    assert all(day.weekday() == 6 and day.day > 24 for day in odd)


@given(DAYS, st.integers(0, 14), st.integers(0, 14))
def test_months_add_up_unless_a_short_month_lies_between(day: date, some: int, more: int) -> None:
    at_once, in_two = months_later(day, some + more), months_later(months_later(day, some), more)
    assert (at_once.year, at_once.month) == (in_two.year, in_two.month)
    assert in_two.day <= at_once.day <= day.day
    if day.day <= 28:
        assert at_once == in_two


@pytest.mark.parametrize("year", [2026, 2028])
def test_each_day_of_a_year_has_the_window_of_its_part_of_the_year(year: int) -> None:
    for closed in (date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)):
        last_day = day_before(window_ends_at(closed))
        summer = date(year, 7, 1) <= closed <= date(year, 8, 31)
        assert last_day == (date(year, 9, 30) if summer else closed + timedelta(days=14)), closed


@pytest.mark.parametrize("year", [2026, 2028])
@pytest.mark.parametrize(("programme", "reason"), [(1, "E"), (1, "X"), (2, "E"), (2, "X"), (5, "X"), (None, None)])
def test_each_day_of_a_year_has_proofs_from_the_day_of_its_row(year: int, programme: int | None, reason: str | None) -> None:
    completed = programme in (2, 5) and reason == "X"
    for closed in (date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)):
        fresh_on = day_of(fresh_at(Closure(closed, reason), programme))
        window = day_of(window_ends_at(closed))
        if completed and closed.month in (6, 7, 8):
            assert fresh_on == date(year, 10, 31), closed
        elif completed:
            assert fresh_on == months_later(closed, 2), closed
        else:
            assert fresh_on == {6: date(year, 8, 15), 7: date(year, 10, 1), 8: date(year, 10, 1)}.get(closed.month, window), closed


@given(DAYS, PROGRAMMES, REASONS)
def test_absence_of_a_proof_never_counts_before_the_window_ends(closed: date, programme: int | None, reason: str | None) -> None:
    fresh = fresh_at(Closure(closed, reason), programme)
    assert window_ends_at(closed) <= fresh <= begins(closed + timedelta(days=154))
    assert fresh_at(Closure(closed, (reason or "").strip().upper() or None), programme) == fresh


@given(MOMENTS)
def test_a_withdrawn_re_enrolment_waits_seven_whole_days_more_whatever_the_hour_it_came(received: datetime) -> None:
    until = withdrawn_until(received)
    assert day_before(until) == day_of(received) + timedelta(days=7)
    assert withdrawn_until(begins(day_of(received))) == until
    assert received + timedelta(days=7) - timedelta(hours=1) < until <= received + timedelta(days=8, hours=1)


BORN = st.dates(date(1985, 1, 1), date(2030, 12, 31))
BIRTHS = BORN.flatmap(lambda day: st.sampled_from([IncompleteDate.of(day), IncompleteDate(day.year, day.month), IncompleteDate(day.year)]))


@given(BORN)
def test_compulsory_education_ends_on_30_june_of_the_year_of_the_18th_birthday_at_the_latest(born: date) -> None:
    ends, adult = (rule.reached_on(born) for rule in (COMPULSORY_EDUCATION, MIN_AGE))
    assert ends == min(adult, date(born.year + 18, 6, 30))
    assert (adult.month, adult.day) == ((3, 1) if (born.month, born.day) == (2, 29) and adult.year % 4 else (born.month, born.day))


@given(BORN, BORN)
def test_the_younger_of_two_is_never_old_enough_before_the_elder(one: date, other: date) -> None:
    for rule in (COMPULSORY_EDUCATION, MIN_AGE):
        assert rule.reached_on(min(one, other)) <= rule.reached_on(max(one, other))


@given(BIRTHS, st.integers(-3, 380))
def test_an_age_is_reached_when_it_is_for_every_day_on_which_somebody_can_have_been_born(birth: IncompleteDate, days: int) -> None:
    possible = [birth.earliest + timedelta(days=n) for n in range((birth.latest - birth.earliest).days + 1)]
    on = date(birth.year + 18, 1, 1) + timedelta(days=days)
    for rule in (COMPULSORY_EDUCATION, MIN_AGE):
        answers = {rule.reached_on(day) <= on for day in possible}
        expected = answers.pop() if len(answers) == 1 else None
        for at in (begins(on), begins(on + DAY) - MICROSECOND):
            assert threshold(rule, birth).reached(at) is expected


@given(BIRTHS, st.integers(-3, 380))
def test_a_minor_is_whoever_may_not_have_turned_18(birth: IncompleteDate, days: int) -> None:
    at = begins(date(birth.year + 18, 1, 1) + timedelta(days=days))
    assert is_minor(birth, at) is (threshold(MIN_AGE, birth).reached(at) is not True)
