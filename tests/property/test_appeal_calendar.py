"""Terms of appeal and patience against a calendar of Belgian holidays that the test reckons itself, past every end of month and year."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.notifications.domain.patience import PAPER_COPY, REMINDER, working_day_after
from services.notifications.domain.terms import COURT, DECREE_BODY, LONGEST_DAYS, Period, appeal_term, printed_last_day
from services.notifications.http.bodies import AppealBody
from services.notifications.usecases.calendar import Calendar

CALENDAR = Calendar()
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
TERMS = st.builds(Period, st.integers(0, 24), st.integers(0, LONGEST_DAYS)).filter(lambda term: 0 < term.at_most_days <= LONGEST_DAYS)
_YEAR_S_END = date(2026, 12, 31)
_DISPATCH_DAYS = 2


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * j) // 433
    month = (h + j - 7 * m + 90) // 25
    return date(year, month, (h + j - 7 * m + 33 * month + 19) % 32)


@cache
def holidays(year: int) -> frozenset[date]:
    """The ten of the royal decree of 18 April 1974, article 1."""
    fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)]
    moving = [easter(year) + timedelta(days=days) for days in (1, 39, 50)]  # Easter Monday, Ascension Day, Whit Monday
    return frozenset([*(date(year, month, day) for month, day in fixed), *moving])


def works(day: date) -> bool:
    """Whether that day is a working day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working(day: date) -> date:
    while not works(day):
        day += timedelta(days=1)
    return day


def by_calendar(day: date, term: Period) -> date:
    """The same day number so many months on, or the month's last, and so many days on."""
    months = day.year * 12 + day.month - 1 + term.months
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) + timedelta(days=term.days)


@pytest.mark.parametrize("year", range(2000, 2100))
def test_the_ten_statutory_holidays_of_every_year_and_no_other_day(year: int) -> None:
    known = CALENDAR.around(date(year, 6, 30))
    assert {day for day in known if day.year == year} - {easter(year), easter(year) + timedelta(days=49)} == holidays(year)
    assert all(day.weekday() == 6 for day in (easter(year), easter(year) + timedelta(days=49)))


@given(DAYS, TERMS)
@example(_YEAR_S_END, Period(months=24))
@example(date(2026, 12, 29), Period(days=LONGEST_DAYS))
@example(date(2024, 2, 29), Period(months=12))
@example(date(2026, 8, 31), Period(months=6))
def test_a_term_ends_on_its_day_or_the_next_working_day_however_long_it_is(effective_on: date, term: Period) -> None:
    found = appeal_term(effective_on, term, COURT, CALENDAR.around(effective_on))
    assert (found.started, found.from_on) == (True, effective_on)
    assert found.last_on == next_working(by_calendar(effective_on, term))


@given(DAYS, TERMS)
@example(date(2026, 8, 31), Period(months=24))
@example(date(2026, 10, 31), Period(months=24))
def test_who_was_not_informed_has_four_months_more_before_a_decree_body_and_none_before_a_court(effective_on: date, term: Period) -> None:
    calendar = CALENDAR.around(effective_on)
    found = appeal_term(effective_on, term, DECREE_BODY, calendar, informed=False)
    from_on = by_calendar(effective_on, Period(months=4))
    assert (found.from_on, found.last_on) == (from_on, next_working(by_calendar(from_on, term)))
    nothing = appeal_term(effective_on, term, COURT, calendar, informed=False)
    assert (nothing.started, nothing.from_on, nothing.last_on) == (False, None, None)


@given(DAYS, TERMS)
@example(date(2026, 12, 30), Period(months=24))
@example(date(2026, 12, 24), Period(months=24))
def test_the_last_day_that_a_letter_prints_is_a_working_day_and_in_time_for_the_slowest_post(notice_on: date, term: Period) -> None:
    printed = printed_last_day(notice_on, _DISPATCH_DAYS, term, CALENDAR.around(notice_on))
    assert works(printed)
    posted_on = next_working(next_working(notice_on + timedelta(days=1)) + timedelta(days=1))
    assert printed >= next_working(by_calendar(posted_on + timedelta(days=1), term)) + timedelta(days=3)


@given(DAYS)
@example(date(2026, 12, 23))
@example(date(2025, 12, 31))
def test_who_does_not_open_is_reminded_and_written_to_after_five_and_ten_days_that_were_worked(available_on: date) -> None:
    for row in (REMINDER, PAPER_COPY):
        day = working_day_after(available_on, row, CALENDAR.around(available_on))
        passed = [available_on + timedelta(days=number) for number in range(1, (day - available_on).days + 1)]
        assert sum(map(works, passed)) == row.days
        assert works(day)


@given(st.integers(0, 99), st.integers(0, 999))
def test_a_sender_can_give_any_term_that_the_calendar_reaches_and_no_longer_one(months: int, days: int) -> None:
    text = "P" + (f"{months}M" if months else "") + (f"{days}D" if days else "")
    said = {"body": "de arbeidsrechtbank", "bodyKind": "court", "term": text, "manner": "Met een verzoekschrift."}
    if text == "P" or Period(months, days).at_most_days > LONGEST_DAYS:
        with pytest.raises(ValidationError, match=r"two years at most|written like P3M"):
            AppealBody.model_validate(said)
    else:
        assert AppealBody.model_validate(said).term == text
