"""Rows S1-S7: whose deregistration is a leave, how long it waits, and who goes on after all."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chassis.clock import local_midnight
from contracts.codes import SourceState
from services.education_feed.domain.facts import Closure, Enrolment, Standing, Watermark
from services.education_feed.domain.rules import LEAVER_RULES
from tests.unit.education_feed.pupils import (
    ALL_SOURCES,
    COMPLETE,
    DUE,
    LAST_DAY,
    LEFT_ON,
    decided,
    enrolled,
    left,
    noon,
    pupil,
    said,
    sources,
    watermarks,
)

MICROSECOND = timedelta(microseconds=1)
SUMMER = date(2026, 8, 31)
AUTUMN = local_midnight(date(2026, 10, 1))


def test_the_rows_stand_in_the_order_of_the_table() -> None:
    order = [
        "S1",
        "S2",
        "S4",
        "S6",
        "S6b",
        "S7",
        "S3",
        "S17",
        "S5",
        "S11a",
        "S8",
        "S8b",
        "S8c",
        "S9",
        "S10",
        "S11",
        "S12",
        "S13",
        "detected",
    ]
    assert [rule.id for rule in LEAVER_RULES] == order
    assert all(rule.source for rule in LEAVER_RULES)


def test_who_left_without_a_new_enrolment_or_a_proof_is_detected() -> None:
    decision = decided(pupil())
    assert said(decision) == ("detected", "detected", ("unqualified",))
    assert decision.announces
    assert (decision.left_on, decision.effective_on, decision.complete_at) == (LEFT_ON, date(2026, 2, 17), DUE)
    assert (decision.organisation, decision.reference) == ("education", "school")
    assert decision.next_check_at is None
    assert not decision.flags


def test_s1_nobody_is_decided_about_whom_the_register_does_not_know() -> None:
    assert said(decided(pupil(standing=Standing(unknown=True)))) == ("parked", "S1", ("unknownPerson",))


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        ({"level": 1}, "ignored", "notSecondary"),
        ({"level": 2}, "ignored", "notSecondary"),
        ({"flemish": False}, "ignored", "notFlemish"),
        ({"flemish": False, "level": None}, "ignored", "notFlemish"),
        ({"source": "higher", "level": None}, "ignored", "noSchoolLeave"),
        ({"source": "adult"}, "ignored", "noSchoolLeave"),
        ({"source": "boarding"}, "ignored", "noSchoolLeave"),
        ({"level": None}, "review", "unknownLevel"),
        ({"level": 4}, "review", "unknownLevel"),
    ],
)
@pytest.mark.parametrize("at", [DUE - MICROSECOND, DUE])
def test_s4_only_flemish_secondary_education_is_left(fields: dict[str, Any], outcome: str, reason: str, at: datetime) -> None:
    decision = decided(pupil(left(**fields)), at)
    assert said(decision) == (outcome, "S4", (reason,))
    assert decision.announces == (outcome == "review" and at == DUE)  # nothing is told before the window ends
    assert decision.next_check_at == (DUE if outcome == "review" and at < DUE else None)


def test_s4_a_course_that_ended_hides_no_leave_of_the_same_year() -> None:
    course = left(date(2026, 5, 20), reference="course", source="adult", received_at=noon(date(2026, 1, 5)))
    assert said(decided(pupil(course, left()), local_midnight(date(2026, 7, 1))))[0] == "continues"
    earlier = replace(course, closure=Closure(date(2026, 2, 10), "E", 9))
    assert decided(pupil(earlier, left())).left_on == LEFT_ON


@pytest.mark.parametrize(
    ("closed", "last_moment", "due"),
    [
        (LEFT_ON, local_midnight(date(2026, 2, 17)) - MICROSECOND, local_midnight(date(2026, 2, 17))),
        (date(2026, 6, 30), local_midnight(date(2026, 7, 15)) - MICROSECOND, local_midnight(date(2026, 7, 15))),
        (date(2026, 7, 1), AUTUMN - MICROSECOND, AUTUMN),
        (SUMMER, AUTUMN - MICROSECOND, AUTUMN),
        (date(2026, 9, 1), local_midnight(date(2026, 9, 16)) - MICROSECOND, local_midnight(date(2026, 9, 16))),
    ],
)
def test_s6b_nothing_is_decided_before_the_window_ends(closed: date, last_moment: datetime, due: datetime) -> None:
    waiting = decided(pupil(left(closed)), last_moment)
    assert said(waiting) == ("waitingWindow", "S6b", ("windowOpen",))
    assert waiting.next_check_at == waiting.window_ends_at == due
    assert not waiting.announces
    assert said(decided(pupil(left(closed)), due))[0] != "waitingWindow"


ELSEWHERE: dict[str, Any] = {"reference": "elsewhere", "starts_on": date(2026, 2, 9), "institution": "046532"}


@pytest.mark.parametrize(
    "other",
    [
        enrolled(**ELSEWHERE),
        enrolled(**{**ELSEWHERE, "source": "higher", "level": None}),
        enrolled(**{**ELSEWHERE, "source": "adult", "level": None}),
        enrolled(**{**ELSEWHERE, "flemish": False}),
        enrolled(**{**ELSEWHERE, "starts_on": date(2025, 9, 1)}),  # a double enrolment of which one is closed
        enrolled(**{**ELSEWHERE, "starts_on": date(2026, 9, 1), "school_year": 2026}),  # known, and still to begin
        enrolled(**{**ELSEWHERE, "source": "adult", "closure": Closure(date(2026, 2, 17))}),  # in force on the day asked about
    ],
)
def test_s7_who_goes_on_is_no_leaver(other: Enrolment) -> None:
    assert said(decided(pupil(left(), other))) == ("continues", "S7", ("enrolled",))
    assert said(decided(pupil(left(), other), told=sources(without=ALL_SOURCES)))[0] == "continues"  # presence needs no watermark


@pytest.mark.parametrize(
    "other",
    [
        enrolled(**{**ELSEWHERE, "source": "boarding"}),
        enrolled(**{**ELSEWHERE, "source": "adult", "towards_qualification": False}),
        enrolled(**{**ELSEWHERE, "deleted": True, "received_at": DUE - timedelta(days=1)}),
        enrolled(**{**ELSEWHERE, "source": "higher", "closure": Closure(date(2026, 2, 16))}),  # ended on the last day of the window
    ],
)
def test_s7_boarding_a_course_that_qualifies_for_nothing_and_what_ended_or_never_was_do_not_count(other: Enrolment) -> None:
    assert said(decided(pupil(left(), other)))[0] == "detected"


@pytest.mark.parametrize("situation_after", [1, 12])
def test_s7_another_school_is_a_promise_until_there_is_an_enrolment(situation_after: int) -> None:
    assert said(decided(pupil(left(situation_after=situation_after))))[0] == "detected"


@pytest.mark.parametrize("name", ["enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult"])
@pytest.mark.parametrize(
    "watermark",
    [
        replace(COMPLETE, state=SourceState.UNAVAILABLE),
        replace(COMPLETE, state=SourceState.NOT_FRESH),
        replace(COMPLETE, complete_until=LAST_DAY - timedelta(days=1)),
        replace(COMPLETE, complete_until=None),
    ],
)
def test_s7_silence_of_an_incomplete_source_decides_nothing(name: str, watermark: Watermark) -> None:
    waiting = decided(pupil(), told=watermarks({name: watermark}))
    assert said(waiting) == ("waitingForSource", "S7", (name,))
    assert waiting.waits_for == (name,)
    assert not waiting.announces


def test_s7_a_source_that_never_spoke_is_missing_and_complete_up_to_the_last_day_is_enough() -> None:
    assert decided(pupil(), told=sources(without=ALL_SOURCES)).waits_for == ALL_SOURCES[:3]
    assert said(decided(pupil(), told=sources(until=LAST_DAY)))[0] == "detected"
