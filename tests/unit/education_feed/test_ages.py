"""Until when someone must go to school, and from when someone is of age."""

from datetime import date

import pytest

from chassis.clock import local_midnight
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.ages import COMPULSORY_EDUCATION, MIN_AGE, is_minor, threshold


@pytest.mark.parametrize(
    ("born", "ends_on", "turns_18_on"),
    [
        (date(2008, 1, 1), date(2026, 1, 1), date(2026, 1, 1)),
        (date(2008, 6, 30), date(2026, 6, 30), date(2026, 6, 30)),  # before 1 July: the birthday
        (date(2008, 7, 1), date(2026, 6, 30), date(2026, 7, 1)),  # after 30 June: the end of that school year
        (date(2008, 8, 31), date(2026, 6, 30), date(2026, 8, 31)),
        (date(2008, 12, 31), date(2026, 6, 30), date(2026, 12, 31)),
        (date(2008, 2, 29), date(2026, 3, 1), date(2026, 3, 1)),  # born on 29 February: 1 March in other years
    ],
)
def test_compulsory_education_ends_on_the_18th_birthday_or_on_30_june_of_its_year(born: date, ends_on: date, turns_18_on: date) -> None:
    birth = IncompleteDate.of(born)
    ends, turns = threshold(COMPULSORY_EDUCATION, birth), threshold(MIN_AGE, birth)
    assert (ends.first_at, ends.last_at) == (local_midnight(ends_on), local_midnight(ends_on))
    assert (turns.first_at, turns.last_at) == (local_midnight(turns_18_on), local_midnight(turns_18_on))


def test_an_incomplete_birth_date_has_two_ends() -> None:
    ends = threshold(COMPULSORY_EDUCATION, IncompleteDate(2008))
    assert (ends.first_at, ends.last_at) == (local_midnight(date(2026, 1, 1)), local_midnight(date(2026, 6, 30)))
    assert ends.reached(local_midnight(date(2025, 12, 31))) is False
    assert ends.reached(local_midnight(date(2026, 1, 1))) is None
    assert ends.reached(local_midnight(date(2026, 6, 30))) is True


def test_a_month_of_birth_is_enough_where_every_completion_says_the_same() -> None:
    ends = threshold(COMPULSORY_EDUCATION, IncompleteDate(2008, 9))
    assert ends.first_at == ends.last_at == local_midnight(date(2026, 6, 30))


def test_who_may_be_a_minor_is_treated_as_one() -> None:
    at = local_midnight(date(2026, 7, 1))
    assert not is_minor(IncompleteDate(2008, 7, 1), at)
    assert is_minor(IncompleteDate(2008, 7, 2), at)
    assert is_minor(IncompleteDate(2008), at)
    assert not is_minor(None, at)
