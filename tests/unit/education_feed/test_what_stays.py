"""What was said of a leave because of where somebody lived stays said; a death that was none, or another leave, is decided anew."""

from dataclasses import replace
from datetime import date

import pytest

from chassis.clock import local_midnight
from services.education_feed.domain.facts import Standing
from tests.unit.education_feed.pupils import DUE, after, decided, left, noon, pupil, said

LATER = noon(date(2026, 3, 2))
HOME = Standing(region="flanders", heard_at=LATER)
GONE = [
    (Standing(ended="abroad"), "notApplicable", "S3", "abroad"),
    (Standing(ended="struckOff"), "notApplicable", "S3", "struckOff"),
    (Standing(ended="residenceLost"), "notApplicable", "S3", "residenceLost"),
    (Standing(region="brussels"), "otherRegion", "S5", "brussels"),
    (Standing(region="wallonia"), "otherRegion", "S5", "wallonia"),
]


@pytest.mark.parametrize(("standing", "outcome", "rule", "reason"), GONE)
def test_who_comes_back_after_the_leave_was_decided_is_not_found_after_all(
    standing: Standing, outcome: str, rule: str, reason: str
) -> None:
    back = decided(replace(after(pupil(standing=standing)), standing=HOME), LATER)
    assert said(back) == (outcome, rule, (reason,))
    assert not back.changed
    assert back.effective_on == date(2026, 2, 17)


@pytest.mark.parametrize(("standing", "outcome", "rule", "reason"), GONE)
def test_who_comes_back_before_the_window_ends_is_found(standing: Standing, outcome: str, rule: str, reason: str) -> None:
    inside = after(pupil(standing=standing), noon(date(2026, 2, 10)))
    assert said(decided(inside, DUE)) == (outcome, rule, (reason,))
    assert said(decided(replace(inside, standing=HOME), DUE))[0] == "detected"


@pytest.mark.parametrize(("standing", "outcome", "rule", "reason"), GONE)
def test_a_leave_of_another_day_is_decided_by_where_somebody_lives_then(standing: Standing, outcome: str, rule: str, reason: str) -> None:
    known = after(pupil(standing=standing))
    assert said(decided(known))[:2] == (outcome, rule)
    corrected = replace(known, standing=HOME, enrolments=(left(date(2026, 2, 11), source_version=2, received_at=LATER),))
    assert said(decided(corrected, LATER))[0] == "detected"
    assert reason in said(decided(known))[2]


def test_a_death_that_was_reported_in_error_is_as_if_it_had_never_been() -> None:
    dead = after(pupil(standing=Standing(ended="deceased")))
    found = decided(replace(dead, standing=HOME), LATER)
    assert said(found)[0] == "detected"
    assert (found.changed, found.announces) == (True, True)


def test_who_dies_after_coming_back_is_dead_and_not_abroad() -> None:
    back = after(replace(after(pupil(standing=Standing(ended="abroad"))), standing=HOME), LATER)
    died = decided(replace(back, standing=Standing(ended="deceased")), local_midnight(date(2026, 3, 9)))
    assert said(died) == ("notApplicable", "S3", ("deceased",))
    assert died.changed
