"""The school-leaver rules that need fresh facts, row by row, with the days on which an answer turns."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Category, LeaverOutcome, Origin
from contracts.identifiers import IncompleteDate
from services.registration.domain.cases import Decision, Employment, FeedSaid, KnownJobseeker, LeaverCase, Period, Sources, Switches
from services.registration.domain.insertion import insertion
from services.registration.domain.leavers import LEAVER_RULES, counts_as_work, decide

TODAY = date(2026, 10, 1)
ALL_SPEAK = Sources(vdab_register=True, work_register=True, population_register=True)
NONE_SPEAKS = Sources(vdab_register=False, work_register=False, population_register=False)
SHIPPED = Switches(auto_registration_basis=True, category_working=False, category_student=False)
USUAL = LeaverCase(
    feed=FeedSaid(LeaverOutcome.DETECTED, "detected"),
    ended=None,
    unknown=False,
    objection=None,
    region="flanders",
    born=IncompleteDate(2007, 3, 15),
    jobseeker=None,
    spent=False,
    employments=(),
    working_since=None,
    sources=ALL_SPEAK,
)
KNOWN = KnownJobseeker(UUID(int=2), Category.WORKING, Origin.SELF, date(2025, 1, 1), None)
JOB = Employment(Period(date(2026, 1, 1)), "regular", 1.0)
REVIEW = FeedSaid(LeaverOutcome.REVIEW, "S13", ("foreignProof",))
SILENT = replace(ALL_SPEAK, population_register=False)


def _decide(case: LeaverCase, on: date = TODAY) -> Decision:
    return decide(case, on, SHIPPED)


@pytest.mark.parametrize(
    ("case", "outcome", "rule", "state"),
    [
        (replace(USUAL, unknown=True), "parked", "S1", "waiting"),
        (replace(USUAL, ended="deceased"), "notApplicable", "S3", "declined"),
        (replace(USUAL, ended="abroad", objection="pending"), "notApplicable", "S3", "declined"),
        (replace(USUAL, ended="erased"), "notApplicable", "S3", "declined"),
        (replace(USUAL, objection="upheld", region="brussels"), "suppressed", "S17", "declined"),
        (replace(USUAL, objection="pending", region="brussels"), "review", "S17", "review"),
        (replace(USUAL, region="brussels", feed=REVIEW), "otherRegion", "S5", "declined"),
        (replace(USUAL, region="wallonia"), "otherRegion", "S5", "declined"),
        (replace(USUAL, region=None), "review", "S5", "review"),
        (replace(USUAL, region=None, sources=SILENT), "waitingForSource", "S5", "waiting"),
        (replace(USUAL, feed=REVIEW, born=IncompleteDate(1990)), "review", "S13", "review"),
        (replace(USUAL, born=IncompleteDate(1990), jobseeker=KNOWN), "outsideAge", "S14", "declined"),
        (replace(USUAL, born=None), "review", "S14", "review"),
        (replace(USUAL, jobseeker=KNOWN, employments=(JOB,)), "linked", "S15", "linked"),
        (replace(USUAL, jobseeker=replace(KNOWN, ends_on=TODAY)), "linked", "S15", "linked"),
        (replace(USUAL, jobseeker=replace(KNOWN, ends_on=TODAY - timedelta(days=1))), "registered", "S18", "registered"),
        (replace(USUAL, spent=True), "review", "S15", "review"),
        (replace(USUAL, spent=True, jobseeker=KNOWN), "linked", "S15", "linked"),
        (replace(USUAL, employments=(JOB,), sources=NONE_SPEAKS), "working", "S16", "waiting"),
        (replace(USUAL, sources=SILENT), "waitingForSource", "sources", "waiting"),
        (replace(USUAL, sources=replace(ALL_SPEAK, vdab_register=False)), "waitingForSource", "sources", "waiting"),
        (replace(USUAL, sources=replace(ALL_SPEAK, work_register=False)), "waitingForSource", "sources", "waiting"),
        (USUAL, "registered", "S18", "registered"),
    ],
)
def test_each_row_decides_what_the_table_says(case: LeaverCase, outcome: str, rule: str, state: str) -> None:
    decision = _decide(case)
    assert (decision.outcome, decision.rule, decision.state) == (outcome, rule, state)


def test_the_rows_stand_in_the_order_of_the_table_each_with_its_source() -> None:
    assert [rule.id for rule in LEAVER_RULES] == ["S1", "S3", "S17", "S5", "feed", "S14", "S15", "S16", "sources", "S18"]
    assert all(rule.source for rule in LEAVER_RULES)


@pytest.mark.parametrize(
    ("born", "on", "outcome"),
    [
        (IncompleteDate(2001, 10, 2), TODAY, "registered"),  # the day before the 25th birthday
        (IncompleteDate(2001, 10, 1), TODAY, "outsideAge"),  # on it
        (IncompleteDate(2000, 2, 29), date(2025, 2, 28), "registered"),
        (IncompleteDate(2000, 2, 29), date(2025, 3, 1), "outsideAge"),
        (IncompleteDate(2001, 10), TODAY, "review"),  # 25 only if born on the 1st
        (IncompleteDate(2001, 9), TODAY, "outsideAge"),
        (IncompleteDate(2001, 11), TODAY, "registered"),
        (IncompleteDate(2001), TODAY, "review"),
        (IncompleteDate(2002), TODAY, "registered"),
    ],
)
def test_25_is_outside_from_the_birthday_on_and_an_incomplete_date_counts_when_every_completion_agrees(
    born: IncompleteDate, on: date, outcome: str
) -> None:
    assert _decide(replace(USUAL, born=born), on).outcome == outcome


@pytest.mark.parametrize(
    ("employment", "counts"),
    [
        (JOB, True),
        (replace(JOB, kind="interim"), True),
        (replace(JOB, kind="student"), False),
        (replace(JOB, fraction=0.1), True),  # unlike a newcomer's
        (replace(JOB, period=Period(TODAY, TODAY + timedelta(days=13))), True),  # 14 days
        (replace(JOB, period=Period(TODAY, TODAY + timedelta(days=12))), False),
        (replace(JOB, period=Period(date(2026, 1, 1), TODAY)), True),
        (replace(JOB, period=Period(date(2026, 1, 1), TODAY - timedelta(days=1))), False),
        (replace(JOB, period=Period(TODAY + timedelta(days=1))), False),
    ],
)
def test_what_counts_as_work(employment: Employment, counts: bool) -> None:
    assert counts_as_work(employment, TODAY) is counts
    assert _decide(replace(USUAL, employments=(employment,))).outcome == ("working" if counts else "registered")


def test_who_works_is_looked_at_once_more_after_30_days_and_then_decided_for_good() -> None:
    first = _decide(replace(USUAL, employments=(JOB,)))
    assert first.look_again_on == date(2026, 10, 31)
    waiting = replace(USUAL, employments=(JOB,), working_since=TODAY)
    assert (_decide(waiting, date(2026, 10, 30)).state, _decide(waiting, date(2026, 10, 31)).state) == ("waiting", "declined")
    assert _decide(waiting, date(2026, 10, 31)).look_again_on is None


def test_between_both_looks_only_a_correction_counts() -> None:
    ended = replace(JOB, period=Period(date(2026, 1, 1), date(2026, 10, 10)))
    waiting = replace(USUAL, employments=(ended,), working_since=TODAY)
    assert _decide(waiting, date(2026, 10, 20)).outcome == "working"
    assert _decide(waiting, date(2026, 10, 31)).outcome == "registered"
    assert _decide(replace(waiting, employments=()), date(2026, 10, 20)).outcome == "registered"


def test_a_silent_source_is_named_and_waited_for() -> None:
    assert _decide(replace(USUAL, sources=NONE_SPEAKS)).waits_for == "populationRegister"
    assert _decide(replace(USUAL, sources=replace(NONE_SPEAKS, population_register=True))).waits_for == "vdabRegister"


def test_without_a_basis_for_automatic_registration_the_dossier_waits() -> None:
    decision = decide(USUAL, TODAY, replace(SHIPPED, auto_registration_basis=False, basis_from=date(2026, 11, 1)))
    assert (decision.state, decision.reasons, decision.waits_for) == ("waiting", ("pendingDossier",), "autoRegistrationBasis")
    assert decision.look_again_on == date(2026, 11, 1)


_OBJECTIONS, _REGIONS, _ENDED = (None, "pending", "upheld"), (None, "flanders", "brussels"), (None, "deceased")
_BOOLS = (True, False)


@given(
    st.sampled_from(list(product(_OBJECTIONS, _REGIONS, _ENDED, _BOOLS, _BOOLS, _BOOLS))),
    st.dates(date(1995, 1, 1), date(2010, 12, 31)),
    st.lists(st.sampled_from([JOB, replace(JOB, kind="student")]), max_size=2),
)
def test_nobody_is_registered_while_anything_speaks_against_it(
    facts: tuple[str | None, str | None, str | None, bool, bool, bool], born: date, jobs: list[Employment]
) -> None:
    objection, region, ended, known, feed_asks, complete = facts
    case = replace(
        USUAL,
        objection=objection,
        region=region,
        ended=ended,
        jobseeker=KNOWN if known else None,
        feed=REVIEW if feed_asks else USUAL.feed,
        sources=ALL_SPEAK if complete else SILENT,
        born=IncompleteDate.of(born),
        employments=tuple(jobs),
    )
    against = [objection, ended, known, feed_asks, not complete, region != "flanders", JOB in jobs, born <= date(2001, 10, 1)]
    assert (_decide(case).state == "registered") is not any(against)


@pytest.mark.parametrize(
    ("left_on", "registered_on", "starts_on", "lost"),
    [
        (date(2026, 6, 30), date(2026, 7, 15), date(2026, 8, 1), 0),
        (date(2026, 6, 30), date(2026, 8, 9), date(2026, 8, 1), 0),
        (date(2026, 6, 30), date(2026, 8, 10), date(2026, 8, 10), 9),
        (date(2026, 6, 30), date(2026, 8, 15), date(2026, 8, 15), 14),
        (date(2026, 7, 31), date(2026, 10, 1), date(2026, 10, 1), 61),
        (date(2026, 5, 31), date(2026, 6, 15), date(2026, 6, 15), 0),
        (date(2026, 8, 31), date(2026, 10, 1), date(2026, 10, 1), 0),
        (date(2026, 2, 2), date(2026, 2, 17), date(2026, 2, 17), 0),
    ],
)
def test_who_ends_school_in_june_or_july_and_is_registered_before_10_august_counts_from_1_august(
    left_on: date, registered_on: date, starts_on: date, lost: int
) -> None:
    gained = insertion(left_on, registered_on)
    assert (gained.starts_on, gained.days_lost) == (starts_on, lost)
