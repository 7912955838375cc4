"""Whatever schools and the database of proofs report, in whatever order: who is found a leaver, when, and who never is."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from hypothesis import find, given
from hypothesis import strategies as st

from chassis.clock import local_date, local_midnight
from contracts.codes import LeaverOutcome, SourceState
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.cases import CaseDecision, Kept
from services.education_feed.domain.facts import (
    Closure,
    Enrolment,
    HomeEducation,
    Pupil,
    Qualification,
    Retraction,
    Sources,
    Standing,
    Switches,
    Watermark,
)
from services.education_feed.domain.leavers import decide
from services.education_feed.domain.windows import fresh_at, window_ends_at

SOURCES = ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led")
DAYS = st.dates(date(2025, 9, 1), date(2027, 6, 30))
MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
NAMES = st.sampled_from(["a", "b", "c", "d"])


T = TypeVar("T")


def mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    """Nine times in ten the usual value, so that some people reach the last row of the table."""
    return st.integers(0, 9).flatmap(lambda dice: st.sampled_from(others) if dice == 9 else st.just(usual))


BIRTHS = st.dates(date(2004, 1, 1), date(2010, 12, 31)).flatmap(
    lambda day: mostly(IncompleteDate.of(day), IncompleteDate(day.year), IncompleteDate(day.year, day.month), None)
)


@st.composite
def enrolments(draw: st.DrawFn) -> Enrolment:
    starts_on = draw(mostly(date(2025, 9, 1), date(2026, 2, 16), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)) | DAYS)
    first = local_midnight(starts_on) + timedelta(days=draw(st.integers(-30, 60)))
    ends_on = starts_on + timedelta(days=draw(st.sampled_from([364, 302, 303, 154]) | st.integers(0, 400)))
    closure = Closure(ends_on, draw(mostly("E", "X", "Q")), draw(mostly(5, None, 1, 7, 10, 12)))
    return Enrolment(
        organisation="education",
        reference=draw(NAMES),
        source_version=1,
        received_at=first + timedelta(days=draw(st.integers(0, 300))),
        first_received_at=first,
        source=draw(mostly("compulsory", "higher", "adult", "boarding")),
        institution="046531",
        school_year=starts_on.year if starts_on.month >= 9 else starts_on.year - 1,
        starts_on=starts_on,
        towards_qualification=draw(mostly(True, False)),
        reception_class=draw(mostly(False, True)),
        individual_curriculum=draw(mostly(False, True)),
        level=draw(mostly(3, 2, None, 8)),
        education_kind=draw(mostly(1, 2, 7)),
        programme=draw(mostly(1, 2, 5, 9)),
        closure=draw(mostly(closure, None)),
        deleted=draw(mostly(False, True)),
        retraction=draw(mostly(None, Retraction("noLeaver", first), Retraction("wrongPerson", first))),
    )


PROOFS = st.builds(
    Qualification,
    organisation=st.just("led"),
    reference=NAMES,
    source_version=st.just(1),
    received_at=MOMENTS,
    category=st.sampled_from(["Secundair onderwijs", "Onbekend"]),
    proof_type=st.sampled_from(["Diploma", "Attest"]),
    proof_state=st.just("Eindbewijs"),
    authentic=st.booleans(),
    led_status=st.sampled_from([1, 10]),
    issued_on=st.just(IncompleteDate(2025)),
    country=st.sampled_from([None, "MAR"]),
)
HOMES = st.builds(HomeEducation, st.just("education"), NAMES, st.just(1), MOMENTS, DAYS)
STANDINGS = mostly(
    Standing(region="flanders"),
    Standing(),
    Standing(region="brussels"),
    Standing(ended="deceased"),
    Standing(ended="abroad"),
    Standing(unknown=True),
    Standing(objection="pending"),
    Standing(objection="upheld"),
)
PUPILS = st.builds(
    Pupil,
    birth=BIRTHS,
    enrolments=st.lists(enrolments(), min_size=1, max_size=3, unique_by=lambda one: one.reference).map(tuple),
    qualifications=mostly(0, 1, 2).flatmap(lambda some: st.lists(PROOFS, max_size=some, unique_by=lambda one: one.reference).map(tuple)),
    home_educations=mostly(0, 1).flatmap(lambda some: st.lists(HOMES, max_size=some).map(tuple)),
    standing=STANDINGS,
)


@st.composite
def watermarks(draw: st.DrawFn) -> Sources:
    told: dict[str, Watermark] = {}
    for name in SOURCES:
        until = draw(st.dates(date(2026, 1, 1), date(2029, 1, 1)))
        state = draw(mostly(SourceState.AVAILABLE, SourceState.NOT_FRESH, SourceState.UNAVAILABLE))
        if draw(mostly(True, False)):
            told[name] = Watermark(state, until, local_midnight(until))
    return Sources(told)


COMPLETE = Sources({name: Watermark(SourceState.AVAILABLE, date(2035, 1, 1), datetime(2024, 9, 1, tzinfo=UTC)) for name in SOURCES})
SWITCHES = st.builds(Switches, st.booleans())


def remembered(decisions: Sequence[CaseDecision], known_at: datetime) -> tuple[Kept, ...]:
    """What the store keeps of decisions."""
    return tuple(
        Kept(
            one.school_year,
            one.outcome,
            one.rule,
            one.reasons,
            one.left_on,
            one.effective_on,
            one.complete_at,
            one.asked_at,
            known_at,
            one.announces,
            one.next_check_at,
            one.waits_for,
        )
        for one in decisions
    )


def known_at(who: Pupil, at: datetime) -> datetime:
    """When a decision about these facts can be kept at the earliest: a timer that fires late knows what came since."""
    taken_back = (one.retraction.received_at for one in who.enrolments if one.retraction is not None)
    proofs = (one.received_at for one in who.qualifications)
    homes = (one.received_at for one in who.home_educations)
    return max(at, *(one.received_at for one in who.enrolments), *taken_back, *proofs, *homes)


def leave_of(who: Pupil, decision: CaseDecision) -> Enrolment:
    """The record that decided."""
    return next(one for one in who.enrolments if one.reference == decision.reference)


def test_some_of_these_pupils_are_found() -> None:
    """Otherwise the rest shows nothing."""
    people = st.tuples(PUPILS, watermarks(), MOMENTS)
    found = find(people, lambda some: any(one.rule == "detected" for one in decide(some[0], some[1], Switches(), some[2])))
    assert found


@given(PUPILS, watermarks() | st.just(COMPLETE), SWITCHES, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_means_nothing(who: Pupil, told: Sources, switches: Switches, at: datetime, chance: random.Random) -> None:
    shuffled = replace(
        who,
        enrolments=tuple(chance.sample(who.enrolments, len(who.enrolments))),
        qualifications=tuple(chance.sample(who.qualifications, len(who.qualifications))),
    )
    assert decide(who, told, switches, at) == decide(shuffled, told, switches, at)


@given(PUPILS, watermarks() | st.just(COMPLETE), SWITCHES, MOMENTS)
def test_deciding_twice_gives_the_same_and_changes_nothing(who: Pupil, told: Sources, switches: Switches, at: datetime) -> None:
    once = decide(who, told, switches, at)
    twice = decide(replace(who, kept=remembered(once, known_at(who, at))), told, switches, at)
    assert [replace(one, changed=False, facts=()) for one in once] == [replace(one, changed=False, facts=()) for one in twice]
    assert not any(one.changed for one in twice)


@given(PUPILS, watermarks(), SWITCHES, MOMENTS)
def test_nobody_is_found_while_a_watermark_is_missing(who: Pupil, told: Sources, switches: Switches, at: datetime) -> None:
    for decision in decide(who, told, switches, at):
        if decision.outcome is LeaverOutcome.DETECTED:
            assert decision.asked_at is not None
            asked_about = local_date(decision.asked_at) - timedelta(days=1)
            assert all(told.silent(name, asked_about) for name in SOURCES)


@given(PUPILS, watermarks() | st.just(COMPLETE), MOMENTS)
def test_nobody_is_found_under_18_in_compulsory_education_elsewhere_qualified_or_dead(who: Pupil, told: Sources, at: datetime) -> None:
    for decision in decide(who, told, Switches(), at):
        if decision.outcome is LeaverOutcome.DETECTED:
            assert who.birth is not None
            assert who.birth.at_least(18, local_date(at))
            assert not decision.flags
            assert who.standing.region in (None, "flanders")
            assert (who.standing.ended, who.standing.unknown, who.standing.objection) == (None, False, None)
            assert not any(
                one.authentic and one.led_status == 1 and one.proof_type == "Diploma" and one.category == "Secundair onderwijs"
                for one in who.qualifications
                if one.country is None
            )


@given(PUPILS, SWITCHES, MOMENTS)
def test_nobody_is_found_before_window_and_freshness_are_over_or_while_enrolled(who: Pupil, switches: Switches, at: datetime) -> None:
    for decision in decide(who, COMPLETE, switches, at):
        if decision.announces:
            assert decision.window_ends_at is not None
            assert at >= decision.window_ends_at
        if decision.outcome is LeaverOutcome.DETECTED:
            leave = leave_of(who, decision)
            assert leave.closure is not None
            assert at >= fresh_at(leave.closure, leave.programme)
            assert leave.programme in (1, 2, 5)
            assert leave.closure.reason != "Q"
            day = local_date(at)
            assert not any(
                one.source in ("compulsory", "higher", "adult")
                and one.towards_qualification
                and (one.closure is None or one.closure.ends_on >= day)
                for one in who.enrolments
                if not one.deleted and (one.retraction is None or one.retraction.reason != "wrongPerson")
            )


@given(PUPILS, SWITCHES, MOMENTS, st.integers(1, 400))
def test_nothing_changes_by_itself_before_the_next_check(who: Pupil, switches: Switches, at: datetime, days: int) -> None:
    for decision in decide(who, COMPLETE, switches, at):
        waits = decision.next_check_at
        assert waits is None or waits > at
        later = min(at + timedelta(days=days), waits - timedelta(microseconds=1)) if waits is not None else at + timedelta(days=days)
        kept = replace(who, kept=remembered(decide(who, COMPLETE, switches, at), known_at(who, at)))
        again = next(one for one in decide(kept, COMPLETE, switches, later) if one.school_year == decision.school_year)
        assert (again.outcome, again.rule, again.changed) == (decision.outcome, decision.rule, False)


@given(PUPILS, SWITCHES, MOMENTS)
def test_the_due_day_is_never_later_than_the_trigger_and_is_its_instants_day(who: Pupil, switches: Switches, at: datetime) -> None:
    for decision in decide(who, COMPLETE, switches, at):
        assert decision.complete_at <= at
        assert decision.effective_on == local_date(decision.complete_at)
        assert decision.rule_set == "leavers-2025.1"


@given(st.lists(st.tuples(PUPILS, watermarks() | st.just(COMPLETE)), min_size=1, max_size=4), SWITCHES, st.data())
def test_whatever_comes_after_what_each_answer_stands_until_something_is_said(
    story: list[tuple[Pupil, Sources]], switches: Switches, data: st.DataObject
) -> None:
    """Facts change from step to step; after each, asking again at once or in the same minute gives the same answer."""
    kept: tuple[Kept, ...] = ()
    for at, (facts, told) in zip(sorted(data.draw(MOMENTS) for _ in story), story, strict=True):
        who = replace(facts, birth=story[0][0].birth, kept=kept)
        said = decide(who, told, switches, at)
        kept = remembered(said, known_at(who, at))
        again = decide(replace(who, kept=kept), told, switches, at)
        assert [(one.outcome, one.rule, one.reasons, one.effective_on) for one in again] == [
            (one.outcome, one.rule, one.reasons, one.effective_on) for one in said
        ]
        assert not any(one.changed for one in again)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_later_closure_never_has_an_earlier_window_except_into_autumn(closed: date) -> None:
    ends_at, next_ends_at = window_ends_at(closed), window_ends_at(closed + timedelta(days=1))
    assert ends_at >= local_midnight(closed + timedelta(days=15))
    assert next_ends_at >= ends_at or (closed.month, closed.day) == (8, 31)
    assert fresh_at(Closure(closed, "X", 10), 2) >= fresh_at(Closure(closed, "X", 10), 1) >= ends_at
