"""Rows S3 and S8-S13: who is somebody else's, too young, outside the definition, qualified or for a person to look at."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chassis.clock import local_midnight
from contracts.codes import SourceState
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.facts import AdministrativeGroup, Standing, Watermark
from tests.unit.education_feed.pupils import (
    COMPLETE,
    DUE,
    LAST_DAY,
    decided,
    home_education,
    left,
    noon,
    proof,
    pupil,
    said,
    sources,
    watermarks,
)

MICROSECOND = timedelta(microseconds=1)
SUMMER = date(2026, 8, 31)
AUTUMN = local_midnight(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("standing", "outcome", "rule", "reason"),
    [
        (Standing(ended="deceased"), "notApplicable", "S3", "deceased"),
        (Standing(ended="struckOff"), "notApplicable", "S3", "struckOff"),
        (Standing(ended="abroad", region=None, objection="upheld"), "notApplicable", "S3", "abroad"),
        (Standing(objection="upheld", region="brussels"), "suppressed", "S17", "objection"),
        (Standing(objection="pending", region="flanders"), "review", "S17", "objection"),
        (Standing(region="brussels"), "otherRegion", "S5", "brussels"),
        (Standing(region="wallonia"), "otherRegion", "S5", "wallonia"),
        (Standing(region=None), "detected", "detected", "unqualified"),  # registration looks, with the population register
    ],
)
def test_s3_s17_s5_nobody_dead_objecting_or_elsewhere_waits_for_years(standing: Standing, outcome: str, rule: str, reason: str) -> None:
    assert said(decided(pupil(standing=standing))) == (outcome, rule, (reason,))
    minor = pupil(standing=standing, birth=IncompleteDate(2010, 3, 15))
    if outcome != "detected":
        assert said(decided(minor)) == (outcome, rule, (reason,))


def test_s11a_who_is_qualified_waits_for_nothing_not_even_the_end_of_compulsory_education() -> None:
    young = pupil(birth=IncompleteDate(2009, 3, 15), qualifications=(proof(),))
    decision = decided(young, told=sources(without=("led",)))
    assert said(decision) == ("qualified", "S11a", ("qualified",))
    assert decision.next_check_at is None


@pytest.mark.parametrize(
    ("birth", "at", "outcome", "look_at"),
    [
        (IncompleteDate(2008, 2, 17), DUE, "detected", None),  # turns 18 on the day itself
        (IncompleteDate(2008, 2, 18), DUE, "compulsoryEducation", local_midnight(date(2026, 2, 18))),
        (IncompleteDate(2008, 6, 30), DUE, "compulsoryEducation", local_midnight(date(2026, 6, 30))),
        (IncompleteDate(2008, 6, 30), local_midnight(date(2026, 6, 30)), "detected", None),
        (IncompleteDate(2008, 7, 1), local_midnight(date(2026, 6, 29)), "compulsoryEducation", local_midnight(date(2026, 6, 30))),
        (IncompleteDate(2008, 7, 1), local_midnight(date(2026, 6, 30)), "waitingForAge", local_midnight(date(2026, 7, 1))),
        (IncompleteDate(2008, 7, 1), local_midnight(date(2026, 7, 1)), "detected", None),
        (IncompleteDate(2008, 8, 31), local_midnight(date(2026, 7, 1)), "waitingForAge", local_midnight(date(2026, 8, 31))),
        (IncompleteDate(2008, 8, 31), local_midnight(date(2026, 8, 31)), "detected", None),
        (IncompleteDate(2008, 2, 29), local_midnight(date(2026, 2, 28)), "compulsoryEducation", local_midnight(date(2026, 3, 1))),
        (IncompleteDate(2008, 2, 29), local_midnight(date(2026, 3, 1)), "detected", None),
    ],
)
def test_s8_s8b_compulsory_education_then_the_18th_birthday(
    birth: IncompleteDate, at: datetime, outcome: str, look_at: datetime | None
) -> None:
    decision = decided(pupil(birth=birth), at)
    assert (decision.outcome, decision.next_check_at) == (outcome, look_at)
    assert decision.flags == (() if outcome == "detected" else ("minor",))


def test_s8_effective_is_the_day_on_which_the_person_was_old_enough() -> None:
    at = local_midnight(date(2026, 8, 31))
    decision = decided(pupil(birth=IncompleteDate(2008, 8, 31)), at + timedelta(hours=3))  # the timer fires late
    assert (decision.effective_on, decision.complete_at) == (date(2026, 8, 31), at)


def test_s8b_the_row_min_age_switched_off_registers_at_once_and_says_so() -> None:
    who, at = pupil(birth=IncompleteDate(2008, 8, 31)), local_midnight(date(2026, 6, 30))
    decision = decided(who, at, min_age=False)
    assert said(decision)[0] == "detected"
    assert decision.flags == ("minor",)
    assert said(decided(who, at - MICROSECOND, min_age=False))[0] == "compulsoryEducation"


@pytest.mark.parametrize(
    ("birth", "at", "outcome", "rule"),
    [
        (None, DUE, "review", "S8"),
        (IncompleteDate(2008), DUE, "review", "S8"),
        (IncompleteDate(2008), local_midnight(date(2026, 6, 30)), "review", "S8b"),
        (IncompleteDate(2008), local_midnight(date(2026, 12, 31)), "detected", "detected"),
        (IncompleteDate(2007), DUE, "detected", "detected"),  # every completion gives the same answer
        (IncompleteDate(2010), DUE, "compulsoryEducation", "S8"),
        (IncompleteDate(2008, 2), DUE, "review", "S8"),
    ],
)
def test_s8_an_incomplete_birth_date_is_for_a_person_where_it_matters(
    birth: IncompleteDate | None, at: datetime, outcome: str, rule: str
) -> None:
    decision = decided(pupil(birth=birth), at)
    assert (decision.outcome, decision.rule) == (outcome, rule)
    assert decision.reasons == (("incompleteBirthDate",) if outcome == "review" else decision.reasons)


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"reason": "Q"}, ("unknownClosure",)),
        ({"reason": None}, ("unknownClosure",)),
        ({"situation_after": 7}, ("unknownClosure",)),
        ({"programme": 3}, ("unknownProgramme",)),
        ({"programme": None}, ("unknownProgramme",)),
        ({"education_kind": 3}, ("unknownEducationKind",)),
        ({"education_kind": None}, ("unknownEducationKind",)),
        ({"education_kind": 2}, ("unknownSpecialForm",)),
        ({"education_kind": 2, "special_education_form": "OV5"}, ("unknownSpecialForm",)),
        ({"reason": "Q", "programme": 9, "education_kind": 2}, ("unknownClosure", "unknownProgramme", "unknownSpecialForm")),
    ],
)
def test_s8c_an_unknown_code_is_for_a_person(fields: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert said(decided(pupil(left(**fields)))) == ("review", "S8c", reasons)


@pytest.mark.parametrize(
    "fields",
    [
        {"administrative_group": AdministrativeGroup(999_999, "Nieuw")},
        {"situation_after": None},
        {"education_kind": 2, "special_education_form": "OV3"},
        {"education_kind": 2, "special_education_form": " ov4 "},
        {"education_kind": 2, "administrative_group": AdministrativeGroup(15_300, "BuSO OV3 kwalificatiefase")},
        {"former_reception_class": True},
    ],
)
def test_s8c_groups_are_no_closed_list_and_known_codes_go_on(fields: dict[str, Any]) -> None:
    assert said(decided(pupil(left(**fields))))[0] == "detected"


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"education_kind": 2, "special_education_form": "OV1"}, ("specialForm",)),
        ({"education_kind": 2, "special_education_form": "OV2"}, ("specialForm",)),
        ({"education_kind": 2, "administrative_group": AdministrativeGroup(15_080, "BuSO OV1")}, ("specialForm",)),
        ({"individual_curriculum": True}, ("individualCurriculum",)),
    ],
)
def test_s9_other_roads_are_outside_the_definition(fields: dict[str, Any], reasons: tuple[str, ...]) -> None:
    decision = decided(pupil(left(**fields)))
    assert said(decision) == ("excluded", "S9", reasons)
    assert not decision.announces


@pytest.mark.parametrize("fields", [{"reception_class": True}, {"administrative_group": AdministrativeGroup(37_749, None)}])
def test_s10_a_reception_class_is_for_a_person(fields: dict[str, Any]) -> None:
    assert said(decided(pupil(left(**fields)))) == ("review", "S10", ("receptionClass",))


@pytest.mark.parametrize(
    ("closed", "reason", "programme", "fresh_on"),
    [
        (date(2026, 6, 1), "E", 1, date(2026, 8, 15)),
        (date(2026, 6, 30), "X", 1, date(2026, 8, 15)),
        (SUMMER, "X", 2, date(2026, 10, 31)),
        (SUMMER, "X", 5, date(2026, 10, 31)),
    ],
)
def test_s12_a_missing_proof_counts_only_from_the_day_proofs_are_fresh(closed: date, reason: str, programme: int, fresh_on: date) -> None:
    who, fresh_at = pupil(left(closed, reason, programme=programme)), local_midnight(fresh_on)
    waiting = decided(who, fresh_at - MICROSECOND)
    assert said(waiting) == ("waitingForProofs", "S12", ("proofsNotFresh",))
    assert waiting.next_check_at == fresh_at
    found = decided(who, fresh_at)
    assert said(found)[0] == "detected"
    assert (found.effective_on, found.complete_at) == (fresh_on, fresh_at)


def test_s12_a_summer_leave_is_decided_when_the_window_ends() -> None:
    assert said(decided(pupil(left(SUMMER, "X", 10)), AUTUMN))[0] == "detected"


@pytest.mark.parametrize(
    "watermark",
    [
        replace(COMPLETE, state=SourceState.UNAVAILABLE),
        replace(COMPLETE, state=SourceState.NOT_FRESH),
        replace(COMPLETE, complete_until=LAST_DAY - timedelta(days=1)),
    ],
)
def test_s12_a_database_of_proofs_that_is_down_or_behind_leaves_nobody_unqualified(watermark: Watermark) -> None:
    waiting = decided(pupil(), told=watermarks({"led": watermark}))
    assert said(waiting) == ("waitingForProofs", "S12", ("led",))
    assert waiting.waits_for == ("led",)
    assert said(decided(pupil(), told=watermarks({"led": COMPLETE})))[0] == "detected"


def test_s12_never_asks_about_a_minor_or_a_special_form() -> None:
    nothing_of_proofs = sources(without=("led",))
    assert decided(pupil(birth=IncompleteDate(2010, 3, 15)), told=nothing_of_proofs).rule == "S8"
    assert decided(pupil(left(individual_curriculum=True)), told=nothing_of_proofs).rule == "S9"


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"qualifications": (proof(authentic=False),)}, ("selfDeclaredProof",)),
        ({"qualifications": (proof(country="MAR"),)}, ("foreignProof",)),
        ({"qualifications": (proof(country="MAR", equivalence="pending"),)}, ("pendingEquivalence",)),
        ({"qualifications": (proof(proof_type="Badge"),)}, ("unknownProof",)),
        ({"home_educations": (home_education(date(2026, 2, 3)),)}, ("homeEducation",)),
        ({"home_educations": (home_education(date(2025, 9, 1), date(2026, 2, 17)),)}, ("homeEducation",)),
    ],
)
def test_s13_what_may_qualify_is_for_a_person(facts: dict[str, Any], reasons: tuple[str, ...]) -> None:
    decision = decided(pupil(**facts))
    assert said(decision) == ("review", "S13", reasons)
    assert decision.announces


@pytest.mark.parametrize(
    "facts",
    [
        {"qualifications": (proof(led_status=10),)},
        {"qualifications": (proof(deleted=True),)},
        {"qualifications": (proof(proof_type="Attest"),)},
        {"home_educations": (home_education(date(2025, 9, 1), date(2026, 2, 16)),)},
        {"home_educations": (replace(home_education(date(2026, 2, 3)), deleted=True),)},
    ],
)
def test_s13_what_was_cancelled_ended_or_qualifies_for_nothing_changes_nothing(facts: dict[str, Any]) -> None:
    assert said(decided(pupil(**facts)))[0] == "detected"


def test_the_hour_runs_from_the_last_needed_fact() -> None:
    late = left(received_at=noon(date(2026, 3, 2)))
    decision = decided(pupil(late), noon(date(2026, 3, 2)))
    assert (decision.complete_at, decision.effective_on) == (noon(date(2026, 3, 2)), date(2026, 3, 2))

    told_at = noon(date(2026, 2, 19))
    behind = sources(until=LAST_DAY, told_at=told_at)
    assert decided(pupil(), told_at, behind).complete_at == told_at


def test_a_timer_that_fires_late_keeps_the_due_date() -> None:
    heard_meanwhile = sources(told_at=noon(date(2026, 2, 19)))
    decision = decided(pupil(), DUE, heard_meanwhile)
    assert (decision.complete_at, decision.effective_on) == (DUE, date(2026, 2, 17))
