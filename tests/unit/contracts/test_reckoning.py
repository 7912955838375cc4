"""Months keep the day number, birthdays come on 1 March, and an incomplete date answers only what every completion does."""

from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import IncompleteDate, birthday, months_later

KNOWN = st.builds(IncompleteDate, st.integers(1930, 2015), st.none() | st.integers(1, 12))


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(0, 48))
def test_months_keep_the_day_number_or_clip_to_the_month_end(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])


def test_someone_born_on_29_february_has_a_birthday_on_1_march_in_other_years() -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)


@given(KNOWN, st.integers(0, 99), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_an_incomplete_birth_date_answers_only_when_every_completion_agrees(born: IncompleteDate, years: int, on: date) -> None:
    span = (born.latest - born.earliest).days
    answers = {birthday(born.earliest + timedelta(days=extra), years) <= on for extra in range(span + 1)}
    assert born.at_least(years, on) == (answers.pop() if len(answers) == 1 else None)
