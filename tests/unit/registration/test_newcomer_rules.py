"""The newcomer rules that need fresh facts, row by row."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from contracts.codes import Category, NewcomerOutcome, Origin
from services.registration.domain.cases import Employment, FeedSaid, KnownJobseeker, NewcomerCase, Period, Sources, Switches
from services.registration.domain.newcomers import NEWCOMER_RULES, counts_as_work, decide

TODAY = date(2026, 10, 20)
ALL_SPEAK = Sources(vdab_register=True, work_register=True, population_register=True)
SHIPPED = Switches(auto_registration_basis=True, category_working=False, category_student=False)
USUAL = NewcomerCase(
    case_id=UUID(int=1),
    feed=FeedSaid(NewcomerOutcome.REQUIRED, "N13"),
    ended=None,
    unknown=False,
    region="flanders",
    jobseeker=None,
    employments=(),
    study=None,
    sources=ALL_SPEAK,
)
KNOWN = KnownJobseeker(UUID(int=2), Category.WORKING, Origin.SELF, date(2025, 1, 1), None)
JOB = Employment(Period(date(2026, 1, 1)), "regular", 1.0)


@pytest.mark.parametrize(
    ("case", "outcome", "rule", "state"),
    [
        (replace(USUAL, ended="deceased"), "closed", "N2", "declined"),
        (replace(USUAL, ended="erased", jobseeker=KNOWN), "closed", "N2", "declined"),
        (replace(USUAL, unknown=True), "parked", "N1", "waiting"),
        (replace(USUAL, ended="deceased", objection="pending"), "closed", "N2", "declined"),
        (replace(USUAL, region="brussels", objection="pending"), "review", "S17", "review"),
        (replace(USUAL, jobseeker=KNOWN, objection="upheld"), "suppressed", "S17", "declined"),
        (replace(USUAL, region="brussels"), "otherRegion", "N5", "waiting"),
        (replace(USUAL, region=None), "required", "N13", "registered"),
        (replace(USUAL, feed=FeedSaid(NewcomerOutcome.REVIEW, "N9", ("unknownRightToWork",))), "review", "N9", "review"),
        (replace(USUAL, jobseeker=KNOWN), "satisfied", "N10", "linked"),
        (replace(USUAL, jobseeker=replace(KNOWN, ends_on=TODAY)), "satisfied", "N10", "linked"),
        (replace(USUAL, jobseeker=replace(KNOWN, ends_on=date(2026, 10, 19))), "required", "N13", "registered"),
        (replace(USUAL, sources=replace(ALL_SPEAK, vdab_register=False)), "waitingForSource", "N10", "waiting"),
        (replace(USUAL, study=Period(date(2026, 9, 1), date(2027, 6, 30))), "review", "N11", "review"),
        (replace(USUAL, study=Period(date(2025, 9, 1), date(2026, 6, 30))), "required", "N13", "registered"),
        (replace(USUAL, employments=(JOB,)), "review", "N11", "review"),
        (replace(USUAL, sources=replace(ALL_SPEAK, work_register=False)), "waitingForSource", "N11", "waiting"),
        (replace(USUAL, employments=(JOB,), sources=replace(ALL_SPEAK, work_register=False)), "review", "N11", "review"),
        (USUAL, "required", "N13", "registered"),
    ],
)
def test_each_row_decides_what_the_table_says(case: NewcomerCase, outcome: str, rule: str, state: str) -> None:
    decision = decide(case, TODAY, SHIPPED)
    assert (decision.outcome, decision.rule, decision.state) == (outcome, rule, state)


def test_without_a_basis_for_automatic_registration_the_dossier_waits() -> None:
    decision = decide(USUAL, TODAY, replace(SHIPPED, auto_registration_basis=False))
    assert (decision.state, decision.reasons, decision.waits_for) == ("waiting", ("pendingDossier",), "autoRegistrationBasis")


def test_work_and_study_that_end_are_looked_at_again_the_day_after() -> None:
    jobs = (replace(JOB, period=Period(date(2026, 1, 1), date(2026, 11, 30))), JOB)
    assert decide(replace(USUAL, employments=jobs), TODAY, SHIPPED).look_again_on == date(2026, 12, 1)
    assert decide(replace(USUAL, study=Period(date(2026, 9, 1))), TODAY, SHIPPED).look_again_on is None


def test_a_switched_row_registers_who_works_or_studies_in_their_category() -> None:
    working = decide(replace(USUAL, employments=(JOB,)), TODAY, replace(SHIPPED, category_working=True))
    studying = decide(replace(USUAL, study=Period(date(2026, 9, 1))), TODAY, replace(SHIPPED, category_student=True))
    assert (working.state, working.category) == ("registered", "working")
    assert (studying.state, studying.category) == ("registered", "student")


@pytest.mark.parametrize(
    ("employment", "counts"),
    [
        (JOB, True),
        (replace(JOB, kind="student"), False),
        (replace(JOB, fraction=0.5), True),
        (replace(JOB, fraction=0.49), False),
        (replace(JOB, period=Period(date(2026, 10, 20), date(2026, 11, 2))), True),
        (replace(JOB, period=Period(date(2026, 10, 20), date(2026, 11, 1))), False),
        (replace(JOB, period=Period(date(2026, 1, 1), date(2026, 10, 19))), False),
        (replace(JOB, period=Period(date(2026, 1, 1), TODAY)), True),
    ],
)
def test_what_counts_as_work(employment: Employment, counts: bool) -> None:
    assert counts_as_work(employment, TODAY) is counts


def test_the_rows_stand_in_the_order_of_the_table() -> None:
    assert [rule.id for rule in NEWCOMER_RULES] == ["N1", "N2", "S17", "N5", "feed", "N10", "N11", "N13"]
