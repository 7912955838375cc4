"""Until when an objection is answered and by whom, what waiting costs a leaver, and what a counsellor's words end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.assessments import Assessment, met_on, needless, within
from services.registration.domain.insertion import insertion
from services.registration.domain.objections import answer_due_on, may_decide
from services.registration.domain.terms import TermKind

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 1, 30), date(2026, 2, 28)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 11, 25), date(2026, 12, 25)),  # Christmas Day: nothing rolls to the detriment of who waits
        (date(2026, 10, 31), date(2026, 11, 30)),
    ],
)
def test_an_objection_is_answered_within_one_month(received_on: date, due_on: date) -> None:
    assert answer_due_on(received_on) == due_on


@given(DAYS, DAYS)
def test_who_objects_later_is_never_answered_sooner(one: date, other: date) -> None:
    assert answer_due_on(min(one, other)) <= answer_due_on(max(one, other))
    assert timedelta(days=28) <= answer_due_on(one) - one <= timedelta(days=31)


@pytest.mark.parametrize(
    ("decider", "may"), [("jurist-1", True), ("author-1", False), ("AUTHOR-1", False), ("Author-2", False), ("author-12", True)]
)
def test_whoever_wrote_a_rule_in_whatever_case_does_not_judge_what_it_did(decider: str, may: bool) -> None:
    assert may_decide(decider, ["author-1", "AUTHOR-2"]) is may
    assert may_decide(decider, [])


@given(DAYS, st.integers(0, 200))
def test_waiting_for_a_registration_never_gains_a_day(left_on: date, days: int) -> None:
    registered_on = left_on + timedelta(days=days)
    now, later = insertion(left_on, registered_on), insertion(left_on, registered_on + timedelta(days=1))
    assert later.starts_on >= now.starts_on
    assert 0 <= now.days_lost <= later.days_lost
    if left_on.month not in (6, 7):
        assert (now.starts_on, now.days_lost) == (registered_on, 0)


@pytest.mark.parametrize("year", [2026, 2028])
@pytest.mark.parametrize("left", [(6, 1), (6, 30), (7, 1), (7, 31)])
def test_of_june_and_july_the_days_lost_are_those_since_1_august(year: int, left: tuple[int, int]) -> None:
    left_on = date(year, *left)
    for registered_on in (left_on + timedelta(days=days) for days in range(400)):
        gained = insertion(left_on, registered_on)
        assert gained.starts_on - date(year, 8, 1) == timedelta(days=gained.days_lost)
        assert (gained.days_lost == 0) is (registered_on <= date(year, 8, 9)), registered_on


@pytest.mark.parametrize("left_on", [date(2026, 5, 31), date(2026, 8, 1)])
def test_the_days_around_june_and_july_begin_when_registered(left_on: date) -> None:
    assert insertion(left_on, date(2026, 8, 5)).starts_on == date(2026, 8, 5)


DAY = date(2026, 10, 20)


def agreed(on: date = DAY, number: str = "1", *, reliant: bool | None = None, entitled: bool | None = None) -> Assessment:
    """What a counsellor said of someone's agreements."""
    return Assessment(TermKind.AGREEMENTS, on, reliant, entitled, ("vdab", number))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((), None),
        ((agreed(),), None),
        ((agreed(reliant=True),), "selfReliant"),
        ((agreed(reliant=False),), None),
        ((agreed(entitled=False),), "notBenefitEntitled"),
        ((agreed(entitled=True),), None),
        ((agreed(reliant=True, entitled=False),), "selfReliant"),
        ((agreed(reliant=False, entitled=False),), "notBenefitEntitled"),
        ((agreed(reliant=True), agreed(number="2", reliant=False)), None),  # what was said last counts
        ((agreed(reliant=True), agreed(number="2")), "selfReliant"),  # who says nothing of it takes nothing back
        ((agreed(entitled=False), agreed(number="2", entitled=True)), None),
    ],
)
def test_agreements_are_needless_for_who_is_self_reliant_or_has_no_benefit(told: tuple[Assessment, ...], why: str | None) -> None:
    assert needless(TermKind.AGREEMENTS, told) == why
    assert needless(TermKind.SCREENING, told) is None  # everybody is screened


@pytest.mark.parametrize(
    ("on", "counts"), [(DAY - timedelta(days=1), False), (DAY, True), (DAY + timedelta(days=5), True), (DAY + timedelta(days=6), False)]
)
def test_an_assessment_from_before_the_registration_or_of_a_day_to_come_says_nothing_yet(on: date, counts: bool) -> None:
    told = within([agreed(on)], DAY, DAY + timedelta(days=5))
    assert met_on(TermKind.AGREEMENTS, told) == (on if counts else None)
    assert met_on(TermKind.SCREENING, told) is None


def test_of_two_assessments_of_one_day_the_same_one_is_the_last_whichever_came_first() -> None:
    one, other = agreed(number="1", reliant=True), agreed(number="2", reliant=False)
    assert within([one, other], DAY, DAY) == within([other, one], DAY, DAY) == (one, other)
