"""Terms of appeal and last days, at their edges."""

from datetime import date

import pytest

from services.notifications.domain.terms import AppealTerm, Period, appeal_term, is_working_day, printed_last_day
from services.notifications.usecases.calendar import Calendar

CALENDAR = Calendar()
P3M = Period.parse("P3M")


def _appeal(day: date, term: Period = P3M, body_kind: str = "court", *, informed: bool = True) -> AppealTerm:
    return appeal_term(day, term, body_kind, CALENDAR.around(day), informed=informed)


@pytest.mark.parametrize(
    ("effective_on", "last_on"),
    [
        (date(2026, 6, 23), date(2026, 9, 23)),  # a Wednesday
        (date(2026, 6, 26), date(2026, 9, 28)),  # ends on Saturday, rolls to Monday
        (date(2026, 8, 11), date(2026, 11, 12)),  # ends on Armistice Day, a Wednesday
        (date(2026, 9, 25), date(2026, 12, 28)),  # ends on Christmas Day, a Friday: over the week-end
        (date(2026, 11, 30), date(2027, 3, 1)),  # clipped to 28 February, a Sunday: to Monday 1 March
        (date(2027, 11, 30), date(2028, 2, 29)),  # a leap year
        (date(2026, 12, 31), date(2027, 3, 31)),  # clipped nowhere
        (date(2026, 1, 6), date(2026, 4, 7)),  # ends on Easter Monday
        (date(2026, 2, 14), date(2026, 5, 15)),  # ends on Ascension Day
        (date(2026, 1, 31), date(2026, 4, 30)),  # the 31st of a month of 30 days
    ],
)
def test_three_months_clip_at_the_month_and_roll_at_the_end(effective_on: date, last_on: date) -> None:
    assert _appeal(effective_on) == AppealTerm(started=True, from_on=effective_on, last_on=last_on)


def test_a_decree_body_that_was_not_named_gives_four_months_more() -> None:
    assert _appeal(date(2026, 6, 23), body_kind="decreeBody", informed=False) == AppealTerm(
        started=True, from_on=date(2026, 10, 23), last_on=date(2027, 1, 25)
    )


def test_a_court_that_was_not_named_starts_no_term() -> None:
    assert _appeal(date(2026, 6, 23), informed=False) == AppealTerm(started=False)


@pytest.mark.parametrize(
    ("notice_on", "last_on"),
    [
        (date(2026, 6, 22), date(2026, 9, 28)),  # posted by Wednesday, effect on 25 June, 25 September and three days
        (date(2026, 7, 17), date(2026, 10, 26)),  # a Friday before the national holiday: posted on Wednesday 22 July
    ],
)
def test_the_printed_last_day_allows_for_posting_and_three_days(notice_on: date, last_on: date) -> None:
    assert printed_last_day(notice_on, 2, P3M, CALENDAR.around(notice_on)) == last_on


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 21)])
def test_statutory_holidays_are_no_working_days(day: date) -> None:
    assert not is_working_day(day, CALENDAR.around(day))


def test_an_installation_may_have_holidays_of_its_own() -> None:
    assert is_working_day(date(2028, 7, 11), CALENDAR.around(date(2028, 7, 1)))
    assert not is_working_day(date(2028, 7, 11), Calendar([date(2028, 7, 11)]).around(date(2028, 7, 1)))


@pytest.mark.parametrize("text", ["", "P", "3M", "P3", "PT3H", "P0M", "P3M\n", "P-3M", "P1Y"])
def test_a_period_is_of_months_and_days(text: str) -> None:
    with pytest.raises(ValueError, match="P3M or P14D"):
        Period.parse(text)
