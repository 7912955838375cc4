"""What registration decides of newcomers and leavers: the first row of the table, whatever else is known, and nobody against a fact."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Category, LeaverOutcome, NewcomerOutcome, Origin, RegistrationState
from contracts.identifiers import IncompleteDate
from services.registration.domain import leavers, newcomers
from services.registration.domain.cases import Employment, FeedSaid, KnownJobseeker, LeaverCase, NewcomerCase, Period, Sources, Switches

TODAY = date(2026, 10, 20)
ALL_SPEAK = Sources(vdab_register=True, work_register=True, population_register=True)
SHIPPED = Switches(auto_registration_basis=True)
KNOWN = KnownJobseeker(UUID(int=2), Category.WORKING, Origin.SELF, date(2025, 1, 1), None)
JOB = Employment(Period(date(2026, 1, 1)), "regular", 1.0)
NEWCOMER = NewcomerCase(
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
LEAVER = LeaverCase(
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
Fields = Mapping[str, object]
Facts = tuple[tuple[str, Fields], ...]
USUAL: tuple[str, Fields] = ("last", {})
SILENT = {name: replace(ALL_SPEAK, **{name: False}) for name in ("vdab_register", "work_register", "population_register")}

# For each field the rows its values make decide; the first of each is as usual, and no two lines speak of one field.
OF_NEWCOMERS: tuple[Facts, ...] = (
    (USUAL, ("N1", {"unknown": True})),
    (USUAL, ("N2", {"ended": "deceased"}), ("N2", {"ended": "erased"})),
    (USUAL, ("S17", {"objection": "pending"}), ("S17", {"objection": "upheld"})),
    (USUAL, ("N5", {"region": "brussels"}), ("last", {"region": None})),
    (USUAL, ("feed", {"feed": FeedSaid(NewcomerOutcome.REVIEW, "feed", ("unknownRightToWork",))})),
    (USUAL, ("N10", {"jobseeker": KNOWN}), ("last", {"jobseeker": replace(KNOWN, ends_on=TODAY - timedelta(days=1))})),
    (USUAL, ("N11", {"study": Period(date(2026, 9, 1))}), ("last", {"study": Period(date(2025, 9, 1), date(2026, 10, 19))})),
    (USUAL, ("N11", {"employments": (JOB,)}), ("last", {"employments": (replace(JOB, kind="student"),)})),
    (USUAL, ("N10", {"sources": SILENT["vdab_register"]}), ("N11", {"sources": SILENT["work_register"]})),
)
OF_LEAVERS: tuple[Facts, ...] = (
    (USUAL, ("S1", {"unknown": True})),
    (USUAL, ("S3", {"ended": "abroad"}), ("S3", {"ended": "erased"})),
    (USUAL, ("S17", {"objection": "pending"}), ("S17", {"objection": "upheld"})),
    (USUAL, ("S5", {"region": "wallonia"}), ("S5", {"region": None})),
    (USUAL, ("feed", {"feed": FeedSaid(LeaverOutcome.REVIEW, "feed", ("foreignProof",))})),
    (USUAL, ("S14", {"born": None}), ("S14", {"born": IncompleteDate(2001, 10, 20)}), ("last", {"born": IncompleteDate(2001, 10, 21)})),
    (USUAL, ("S15", {"jobseeker": KNOWN}), ("last", {"jobseeker": replace(KNOWN, ends_on=TODAY - timedelta(days=1))})),
    (USUAL, ("S15", {"spent": True})),
    (USUAL, ("S16", {"employments": (JOB,)}), ("last", {"employments": (replace(JOB, kind="student"),)})),
    (USUAL, *(("sources", {"sources": silent}) for silent in SILENT.values())),
)


def all_of(facts: tuple[tuple[str, Fields], ...]) -> dict[str, object]:
    """The fields that these facts give."""
    return {name: value for _, fields in facts for name, value in fields.items()}


def test_of_a_newcomer_the_first_row_decides_whatever_else_is_known() -> None:
    order = [*(rule.id for rule in newcomers.NEWCOMER_RULES[:-1]), "last"]
    for facts in product(*OF_NEWCOMERS):
        first = min((row for row, _ in facts), key=order.index)
        decided = newcomers.decide(replace(NEWCOMER, **all_of(facts)), TODAY, SHIPPED)  # type: ignore[arg-type]
        assert decided.rule == ("N13" if first == "last" else first), facts
        assert (decided.state is RegistrationState.REGISTERED) is (first == "last")


def test_of_a_leaver_the_first_row_decides_whatever_else_is_known() -> None:
    order = [*(rule.id for rule in leavers.LEAVER_RULES[:-1]), "last"]
    for facts in product(*OF_LEAVERS):
        first = min((row for row, _ in facts), key=order.index)
        decided = leavers.decide(replace(LEAVER, **all_of(facts)), TODAY, SHIPPED)  # type: ignore[arg-type]
        assert decided.rule == ("S18" if first == "last" else first), facts
        assert (decided.state is RegistrationState.REGISTERED) is (first == "last")


@pytest.mark.parametrize("silent", SILENT)
def test_who_waits_for_a_source_waits_for_the_one_that_is_silent(silent: str) -> None:
    leaver = leavers.decide(replace(LEAVER, sources=SILENT[silent]), TODAY, SHIPPED)
    assert (leaver.waits_for, leaver.reasons) == (
        {"vdab_register": "vdabRegister", "work_register": "workRegister", "population_register": "populationRegister"}[silent],
        (leaver.waits_for,),
    )
    newcomer = newcomers.decide(replace(NEWCOMER, sources=SILENT[silent]), TODAY, SHIPPED)
    # Where somebody lives the feed has looked at; registration needs no word of the population register for a newcomer.
    assert newcomer.waits_for == (None if silent == "population_register" else leaver.waits_for)


NEAR = st.integers(-60, 120).map(lambda days: TODAY + timedelta(days=days))
PERIODS = st.builds(lambda first, last: Period(first, last if last is None or last >= first else first), NEAR, st.none() | NEAR)
JOBS = st.lists(
    st.builds(Employment, PERIODS, st.sampled_from(["regular", "interim", "student"]), st.sampled_from([0.1, 0.49, 0.5, 1.0])), max_size=4
).map(tuple)


@given(PERIODS)
def test_a_period_lasts_as_many_days_as_it_covers(period: Period) -> None:
    assert period.covers(period.starts_on)
    assert not period.covers(period.starts_on - timedelta(days=1))
    if period.ends_on is not None and period.days is not None:
        assert sum(period.covers(period.starts_on + timedelta(days=n)) for n in range(-1, 200)) == period.days
        assert not period.covers(period.ends_on + timedelta(days=1))
    assert (period.days is None) is (period.ends_on is None)


@given(JOBS, st.none() | NEAR, st.randoms(use_true_random=False))
def test_the_order_of_employments_means_nothing(jobs: tuple[Employment, ...], since: date | None, chance: random.Random) -> None:
    shuffled = tuple(chance.sample(jobs, len(jobs)))
    leaver = replace(LEAVER, working_since=since)
    assert leavers.decide(replace(leaver, employments=jobs), TODAY, SHIPPED) == leavers.decide(
        replace(leaver, employments=shuffled), TODAY, SHIPPED
    )
    assert newcomers.decide(replace(NEWCOMER, employments=jobs), TODAY, SHIPPED) == newcomers.decide(
        replace(NEWCOMER, employments=shuffled), TODAY, SHIPPED
    )


@given(JOBS, st.none() | PERIODS, st.integers(0, 200))
def test_an_answer_about_a_newcomer_who_works_or_studies_stands_until_the_day_it_is_looked_at_again(
    jobs: tuple[Employment, ...], study: Period | None, days: int
) -> None:
    case = replace(NEWCOMER, employments=jobs, study=study)
    now = newcomers.decide(case, TODAY, SHIPPED)
    if now.rule != "N11":
        return
    later = TODAY + timedelta(days=days)
    if now.look_again_on is not None:
        assert now.look_again_on > TODAY
        later = min(later, now.look_again_on - timedelta(days=1))
    assert newcomers.decide(case, later, SHIPPED).rule == "N11"


@given(JOBS, JOBS, st.integers(0, 40))
def test_one_more_employment_registers_no_leaver_and_no_newcomer(
    jobs: tuple[Employment, ...], more: tuple[Employment, ...], days: int
) -> None:
    leaver = replace(LEAVER, working_since=TODAY - timedelta(days=days) if days else None)
    pairs = (
        (
            leavers.decide(replace(leaver, employments=jobs), TODAY, SHIPPED),
            leavers.decide(replace(leaver, employments=(*jobs, *more)), TODAY, SHIPPED),
        ),
        (
            newcomers.decide(replace(NEWCOMER, employments=jobs), TODAY, SHIPPED),
            newcomers.decide(replace(NEWCOMER, employments=(*jobs, *more)), TODAY, SHIPPED),
        ),
    )
    for few, many in pairs:
        assert many.state is not RegistrationState.REGISTERED or few.state is RegistrationState.REGISTERED


@given(JOBS, NEAR)
def test_whoever_works_for_n11_works_for_s16(jobs: tuple[Employment, ...], on: date) -> None:
    for job in jobs:
        assert leavers.counts_as_work(job, on) or not newcomers.counts_as_work(job, on)


@given(JOBS, st.none() | PERIODS, st.booleans(), st.booleans())
def test_without_the_basis_nobody_is_registered_as_a_jobseeker(
    jobs: tuple[Employment, ...], study: Period | None, working: bool, student: bool
) -> None:
    off = Switches(auto_registration_basis=False, category_working=working, category_student=student, basis_from=date(2026, 12, 1))
    newcomer = newcomers.decide(replace(NEWCOMER, employments=jobs, study=study), TODAY, off)
    leaver = leavers.decide(replace(LEAVER, employments=jobs), TODAY, off)
    assert leaver.state is not RegistrationState.REGISTERED
    assert (newcomer.state, newcomer.category) != (RegistrationState.REGISTERED, Category.JOBSEEKER)
    for one in (newcomer, leaver):
        if one.waits_for == "autoRegistrationBasis":
            assert (one.state, one.look_again_on) == (RegistrationState.WAITING, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("since", "again"),
    [
        (date(2026, 12, 2), date(2027, 1, 1)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2026, 9, 25), date(2026, 10, 25)),  # clocks go back on that day
    ],
)
def test_s16_the_second_look_is_thirty_days_on_over_year_ends_leap_days_and_clocks(since: date, again: date) -> None:
    works = replace(LEAVER, employments=(JOB,), working_since=None)
    first = leavers.decide(works, since, SHIPPED)
    assert (first.look_again_on, first.state) == (again, RegistrationState.WAITING)
    waiting = replace(works, working_since=since)
    assert leavers.decide(waiting, again - timedelta(days=1), SHIPPED) == first
    assert leavers.decide(waiting, again, SHIPPED).state is RegistrationState.DECLINED
