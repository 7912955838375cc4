"""Properties of the terms that run from a notice."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.terms import PRINTED_MARGIN, Period, appeal_term, is_working_day, printed_last_day, rolled

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
PERIODS = st.builds(Period, months=st.integers(0, 12), days=st.integers(0, 60))
HOLIDAYS = st.frozensets(DAYS, max_size=5)


@given(DAYS, HOLIDAYS)
def test_a_rolled_day_is_the_first_working_day_from_there(day: date, holidays: frozenset[date]) -> None:
    last = rolled(day, holidays)
    assert is_working_day(last, holidays)
    assert not any(is_working_day(day + timedelta(days=n), holidays) for n in range((last - day).days))


@given(DAYS, DAYS, PERIODS)
def test_a_later_start_never_ends_earlier(one: date, other: date, period: Period) -> None:
    first, second = sorted((one, other))
    assert period.after(first) <= period.after(second)


@given(DAYS, st.integers(0, 36))
def test_months_keep_the_day_number_or_clip_to_the_month_end(day: date, months: int) -> None:
    last = Period(months=months).after(day)
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day == day.day or (last.day < day.day and (last + timedelta(days=1)).day == 1)


@given(DAYS, PERIODS, HOLIDAYS, st.integers(0, 5), st.data())
def test_the_printed_last_day_is_never_before_the_real_one(
    notice_on: date, term: Period, holidays: frozenset[date], dispatch_days: int, data: st.DataObject
) -> None:
    """Whenever the letter is posted within the days allowed for, the person who trusts the letter is in time, with three days to spare."""
    printed = printed_last_day(notice_on, dispatch_days, term, holidays)
    latest = notice_on
    for _ in range(dispatch_days):
        latest = rolled(latest + timedelta(days=1), holidays)
    posted_on = data.draw(st.dates(notice_on, latest))
    real = appeal_term(posted_on + timedelta(days=1), term, "court", holidays).last_on
    assert real is not None
    assert printed >= real
    assert printed >= term.after(posted_on + timedelta(days=1)) + PRINTED_MARGIN
