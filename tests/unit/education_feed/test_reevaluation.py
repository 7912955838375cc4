"""What changes a leave after its window: corrections, proofs, what was withdrawn again; and what does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chassis.clock import local_midnight
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.facts import Closure, Enrolment, Pupil, Retraction, Sources, Standing, Switches
from services.education_feed.domain.leavers import decide
from tests.unit.education_feed.pupils import (
    ALL_SOURCES,
    DUE,
    after,
    decided,
    enrolled,
    home_education,
    left,
    noon,
    proof,
    pupil,
    said,
    sources,
)

LATER = noon(date(2026, 3, 2))
MINOR = IncompleteDate(2009, 5, 20)
TURNS_18 = local_midnight(date(2027, 5, 20))


def known_later(who: Pupil, *enrolments: Enrolment) -> Pupil:
    """The same pupil with these records beside, or in place of, those of the same reference."""
    newest = {one.reference: one for one in (*who.enrolments, *enrolments)}
    return replace(who, enrolments=tuple(newest.values()))


def elsewhere(starts_on: date, **fields: object) -> Enrolment:
    """A new enrolment in another school, received on its first day."""
    usual = {"starts_on": starts_on, "received_at": noon(starts_on), "first_received_at": noon(starts_on)}
    return enrolled("elsewhere", **{**usual, **fields})


def test_looking_again_changes_nothing_and_keeps_the_dates() -> None:
    again = decided(after(pupil()), LATER, sources(told_at=LATER))
    assert said(again)[0] == "detected"
    assert not again.changed
    assert (again.effective_on, again.complete_at) == (date(2026, 2, 17), DUE)


def test_s6_an_enrolment_that_is_open_again_or_never_was_withdraws_the_leave() -> None:
    found = after(pupil())
    reopened = replace(found, enrolments=(enrolled(source_version=2, received_at=LATER),))
    assert said(decided(reopened, LATER)) == ("withdrawn", "S6", ("reopened",))
    deleted = replace(found, enrolments=(left(deleted=True, received_at=LATER),))
    assert said(decided(deleted, LATER)) == ("withdrawn", "S6", ("deleted",))
    assert decided(deleted, LATER).effective_on == date(2026, 3, 2)
    of_somebody_else = replace(found, enrolments=())
    assert said(decided(of_somebody_else, LATER)) == ("withdrawn", "S6", ("deleted",))
    assert not decide(replace(reopened, kept=()), sources(), Switches(), LATER)  # nobody ever left


@pytest.mark.parametrize("reason", ["noLeaver", "reportedInError", "wrongPerson"])
def test_s6_a_school_takes_back_its_leaver(reason: str) -> None:
    retracted = left(retraction=Retraction(reason, LATER))
    assert said(decided(replace(after(pupil()), enrolments=(retracted,)), LATER)) == ("withdrawn", "S6", (reason,))


def test_s6_of_two_deregistrations_the_other_decides_when_one_was_somebody_elses() -> None:
    other = left(date(2026, 1, 30), reference="other", received_at=noon(date(2026, 1, 31)))
    wrong = left(retraction=Retraction("wrongPerson", LATER))
    decision = decided(pupil(other, wrong), LATER)
    assert said(decision)[0] == "detected"
    assert (decision.reference, decision.left_on) == ("other", date(2026, 1, 30))


def test_a_leave_that_was_withdrawn_can_happen_after_all() -> None:
    withdrawn = after(replace(after(pupil()), enrolments=(enrolled(received_at=LATER),)), LATER)
    again = known_later(withdrawn, left(date(2026, 4, 1), source_version=3))
    waiting = decided(again, noon(date(2026, 4, 2)))
    assert said(waiting) == ("waitingWindow", "S6b", ("windowOpen",))
    assert said(decided(again, local_midnight(date(2026, 4, 16))))[0] == "detected"


def test_a_deregistration_moved_to_a_later_day_moves_the_window() -> None:
    moved = replace(after(pupil()), enrolments=(left(date(2026, 2, 25), source_version=2, received_at=LATER),))
    waiting = decided(moved, LATER)
    assert said(waiting)[0] == "waitingWindow"
    assert waiting.next_check_at == local_midnight(date(2026, 3, 12))


SUMMER, AUTUMN = left(date(2026, 8, 31), "X", 10), local_midnight(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("starts_on", "outcome"), [(date(2026, 9, 1), "withdrawn"), (date(2026, 9, 30), "withdrawn"), (date(2026, 10, 1), "detected")]
)
def test_s6_an_enrolment_reported_late_is_a_correction_one_that_begins_later_is_not(starts_on: date, outcome: str) -> None:
    found = after(pupil(SUMMER), AUTUMN)
    received = noon(date(2026, 10, 9))
    late = known_later(found, elsewhere(starts_on, school_year=2026, received_at=received, first_received_at=received))
    decision = decided(late, received)
    assert said(decision)[0] == outcome
    if outcome == "withdrawn":
        assert said(decision) == ("withdrawn", "S6", ("enrolled", "lateBySource"))
        assert decision.flags == ("lateBySource",)
        assert not decided(after(late, received), received).changed  # and stays one


def test_s7_before_anything_was_told_a_late_enrolment_is_simply_one() -> None:
    waiting = after(pupil(SUMMER), AUTUMN, sources(without=("led",)))
    late = elsewhere(date(2026, 9, 1), school_year=2026, received_at=noon(date(2026, 10, 2)))
    assert said(decided(known_later(waiting, late), noon(date(2026, 10, 2))))[:2] == ("continues", "S7")


def test_s7_goes_on_for_good_also_when_higher_education_is_left_again() -> None:
    student = elsewhere(date(2026, 9, 14), source="higher", school_year=2026, level=None)
    goes_on = after(pupil(SUMMER, student), AUTUMN)
    gone = replace(student, closure=Closure(date(2026, 11, 15), "E", 9), received_at=noon(date(2026, 11, 15)))
    summer, autumn = decide(known_later(goes_on, gone), sources(), Switches(), noon(date(2026, 11, 15)))
    assert said(summer) == ("continues", "S7", ("enrolled",))
    assert said(autumn) == ("ignored", "S4", ("noSchoolLeave",))
    assert not summer.changed


def test_s7_a_later_leave_of_another_year_takes_the_place_of_this_one() -> None:
    dropped = elsewhere(date(2026, 9, 1), school_year=2026, closure=Closure(date(2026, 9, 5), "E", 9), received_at=noon(date(2026, 9, 7)))
    this, that = decide(pupil(SUMMER, dropped), sources(), Switches(), AUTUMN)
    assert (this.school_year, said(this)[0]) == (2025, "continues")
    assert (that.school_year, said(that)[0], that.effective_on) == (2026, "detected", date(2026, 9, 20))


def withdrawn_re_enrolment() -> Pupil:
    """Someone who went on by an enrolment that was taken back on 20 October."""
    goes_on = after(pupil(SUMMER, elsewhere(date(2026, 9, 1), school_year=2026)), AUTUMN)
    taken_back = elsewhere(date(2026, 9, 1), school_year=2026, deleted=True, received_at=noon(date(2026, 10, 20)))
    return known_later(goes_on, taken_back)


def test_a_re_enrolment_withdrawn_after_the_window_waits_seven_days_then_decides() -> None:
    who, ends = withdrawn_re_enrolment(), local_midnight(date(2026, 10, 28))  # day 7 is the 27th
    waiting = decided(who, noon(date(2026, 10, 20)))
    assert said(waiting) == ("waitingWindow", "S6b", ("withdrawnBySource",))
    assert waiting.next_check_at == ends
    who = after(who, noon(date(2026, 10, 20)))
    assert said(decided(who, ends - timedelta(microseconds=1)))[0] == "waitingWindow"
    found = decided(who, ends)
    assert said(found)[0] == "detected"
    assert found.effective_on == date(2026, 10, 28)
    assert not decided(after(who, ends), noon(date(2026, 11, 5))).changed


def test_in_those_seven_days_another_enrolment_counts() -> None:
    who = after(withdrawn_re_enrolment(), noon(date(2026, 10, 20)))
    third = enrolled("third", school_year=2026, starts_on=date(2026, 10, 26), first_received_at=noon(date(2026, 10, 26)))
    assert said(decided(known_later(who, third), noon(date(2026, 10, 26))))[:2] == ("continues", "S7")


def test_a_re_enrolment_withdrawn_inside_the_window_waits_for_nothing_more() -> None:
    taken_back = elsewhere(date(2026, 9, 1), school_year=2026, deleted=True, received_at=noon(date(2026, 9, 30)))
    assert said(decided(pupil(SUMMER, taken_back), AUTUMN))[0] == "detected"


def test_what_was_never_why_a_leave_ended_does_not_reopen_it_when_it_goes() -> None:
    found = after(pupil(), DUE)
    new = elsewhere(date(2026, 3, 10))
    assert said(decided(known_later(found, new), noon(date(2026, 3, 10))))[0] == "detected"
    gone = replace(new, deleted=True, received_at=noon(date(2026, 3, 12)))
    assert not decided(known_later(found, gone), noon(date(2026, 3, 12))).changed


def test_a_proof_that_arrives_late_qualifies_and_one_that_is_cancelled_qualifies_no_more() -> None:
    found = after(pupil())
    qualified = decided(replace(found, qualifications=(proof(received_at=LATER),)), LATER)
    assert said(qualified) == ("qualified", "S11a", ("qualified",))
    assert (qualified.changed, qualified.announces, qualified.effective_on) == (True, False, date(2026, 3, 2))
    cancelled = replace(after(pupil(qualifications=(proof(),))), qualifications=(proof(led_status=10, received_at=LATER),))
    again = decided(cancelled, LATER)
    assert said(again)[0] == "detected"
    assert again.effective_on == date(2026, 3, 2)


def test_what_was_told_is_not_taken_back_when_a_source_falls_silent() -> None:
    found = after(pupil())
    assert not decided(found, LATER, sources(without=ALL_SOURCES)).changed


def test_a_source_that_speaks_at_last_decides_as_of_the_day_it_was_asked_about() -> None:
    waiting = after(pupil(), DUE, Sources({}))
    decision = decided(waiting, LATER, sources(until=date(2026, 2, 16), told_at=LATER))
    assert said(decision)[0] == "detected"
    assert (decision.asked_at, decision.complete_at) == (DUE, LATER)
    meanwhile = known_later(waiting, elsewhere(date(2026, 2, 20)))
    assert said(decided(meanwhile, LATER, sources(until=date(2026, 2, 16))))[0] == "continues"


def test_whoever_waits_for_years_is_asked_again_only_then() -> None:
    waiting = after(pupil(birth=MINOR))
    course = elsewhere(date(2026, 9, 10), source="adult", school_year=2026, level=None)
    assert said(decided(known_later(waiting, course), noon(date(2026, 9, 10))))[0] == "compulsoryEducation"
    assert said(decided(known_later(waiting, course), TURNS_18))[0] == "continues"
    left_again = replace(course, closure=Closure(date(2026, 12, 1), "E", 9))
    leave, _ = decide(known_later(waiting, left_again), sources(), Switches(), TURNS_18)
    assert said(leave)[0] == "detected"
    assert leave.effective_on == date(2027, 5, 20)


def test_residence_counts_while_a_leave_waits_and_no_longer() -> None:
    minor = after(pupil(birth=MINOR))
    moved = replace(minor, standing=Standing(region="brussels", heard_at=LATER))
    assert said(decided(moved, LATER))[0] == "otherRegion"
    elsewhere_then = after(moved, LATER)
    back = replace(elsewhere_then, standing=Standing(region="flanders", heard_at=TURNS_18))
    assert said(decided(back, TURNS_18)) == ("otherRegion", "S5", ("brussels",))
    told = replace(after(pupil()), standing=Standing(region="wallonia", ended="abroad", heard_at=LATER))
    assert not decided(told, LATER).changed  # registration follows whoever it was told of


def test_an_objection_that_is_decided_lets_the_leave_go_on() -> None:
    held = after(pupil(standing=Standing(region="flanders", objection="pending")))
    rejected = decided(replace(held, standing=Standing(region="flanders", heard_at=LATER)), LATER)
    assert said(rejected)[0] == "detected"
    assert rejected.complete_at == LATER
    upheld = decided(replace(held, standing=Standing(region="flanders", objection="upheld")), LATER)
    assert said(upheld) == ("suppressed", "S17", ("objection",))


def test_home_education_notified_after_the_leave_was_told_does_not_count() -> None:
    found = after(pupil())
    later = replace(found, home_educations=(home_education(date(2026, 3, 1), received_at=noon(date(2026, 3, 1))),))
    assert not decided(later, LATER).changed
    backdated = replace(found, home_educations=(home_education(date(2026, 2, 10), received_at=LATER),))
    assert said(decided(backdated, LATER)) == ("review", "S13", ("homeEducation",))


def test_a_second_leave_of_the_year_is_told_once_its_own_window_is_over() -> None:
    found = after(pupil())
    second = elsewhere(date(2026, 3, 9), closure=Closure(date(2026, 5, 4), "E", 5))
    who = known_later(found, second)
    assert not decided(who, noon(date(2026, 5, 5))).changed
    due = local_midnight(date(2026, 5, 19))
    decision = decided(who, due)
    assert (said(decision)[0], decision.left_on, decision.changed) == ("detected", date(2026, 5, 4), True)
    assert not decided(after(who, due), noon(date(2026, 6, 1))).changed
    goes_on = known_later(who, enrolled("third", starts_on=date(2026, 5, 11), first_received_at=noon(date(2026, 5, 11))))
    assert not decided(goes_on, due).changed  # what was told of the first leave stands


def test_an_unknown_level_is_told_when_the_window_ends() -> None:
    before = after(pupil(left(level=None)), noon(date(2026, 2, 3)))
    decision = decided(before, DUE)
    assert (decision.announces, decision.changed, decision.effective_on) == (True, True, date(2026, 2, 17))


def test_each_school_year_is_a_case_of_its_own() -> None:
    earlier = left(
        date(2025, 1, 13), reference="earlier", school_year=2024, starts_on=date(2024, 9, 1), received_at=noon(date(2025, 1, 14))
    )
    first, second = decide(pupil(earlier, left()), sources(), Switches(), DUE)
    assert [first.school_year, second.school_year] == [2024, 2025]
    assert [said(first)[0], said(second)[0]] == ["continues", "detected"]
