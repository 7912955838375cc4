"""Terms end the same whatever order their facts come in, never earlier than a person was told, and in time means in time."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import PersonId
from services.registration.domain.assessments import Assessment, met_on, needless, within
from services.registration.domain.terms import TERM_RULES, KeptTerm, Phase, Situation, Standing, TermKind, moved, told_overdue_on

DAYS = st.dates(date(2022, 3, 1), date(2040, 12, 31))
ANCHOR = date(2026, 10, 1)
NEAR = st.integers(-10, 120).map(lambda days: ANCHOR + timedelta(days=days))
ASSESSMENTS = st.lists(
    st.builds(
        Assessment,
        st.sampled_from([TermKind.SCREENING, TermKind.AGREEMENTS]),
        NEAR,
        st.none() | st.booleans(),
        st.none() | st.booleans(),
        st.tuples(st.just("vdab"), st.integers(0, 10**6).map(str)),
    ),
    unique_by=lambda one: one.key,
    max_size=6,
)
SITUATIONS = st.builds(Situation, st.sampled_from(Phase), st.none() | NEAR, st.none() | st.just("selfReliant"), st.none() | NEAR)


def kept(kind: TermKind = TermKind.SCREENING) -> KeptTerm:
    return KeptTerm(UUID(int=1), UUID(int=2), PersonId(UUID(int=3)), "rule", kind, ANCHOR, date(2026, 12, 1), ANCHOR, version=1)


@given(DAYS, st.sampled_from(TERM_RULES))
def test_a_term_ends_in_the_month_it_should_on_its_own_day_number_or_the_last(anchor: date, rule: object) -> None:
    assert rule in TERM_RULES
    for row in TERM_RULES:
        due_on = row.due_on(anchor)
        assert (due_on.year * 12 + due_on.month) - (anchor.year * 12 + anchor.month) == row.months
        assert due_on.day == anchor.day or ((due_on + timedelta(days=1)).day == 1 and due_on.day < anchor.day)


@given(DAYS, DAYS)
def test_a_later_anchor_never_ends_earlier(one: date, other: date) -> None:
    for row in TERM_RULES:
        assert row.due_on(min(one, other)) <= row.due_on(max(one, other))


@given(ASSESSMENTS, st.randoms(), NEAR, st.sampled_from([TermKind.SCREENING, TermKind.AGREEMENTS]))
def test_what_assessments_say_does_not_depend_on_their_order(told: list[Assessment], random: object, until: date, kind: TermKind) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    counted, again = within(told, ANCHOR, until), within(shuffled, ANCHOR, until)
    assert (met_on(kind, counted), needless(kind, counted)) == (met_on(kind, again), needless(kind, again))
    assert all(ANCHOR <= one.on <= until for one in counted)


@given(st.lists(st.tuples(SITUATIONS, NEAR), min_size=1, max_size=6), SITUATIONS)
def test_the_last_situation_decides_how_a_term_that_was_never_overdue_stands(way: list[tuple[Situation, date]], last: Situation) -> None:
    term = kept()
    for now, day in way:
        term = moved(term, now, day)
    assert moved(term, last, ANCHOR).state is moved(kept(), last, ANCHOR).state


@given(st.lists(st.tuples(SITUATIONS, NEAR), max_size=6))
def test_no_move_is_to_the_detriment_of_the_person(way: list[tuple[Situation, date]]) -> None:
    term = replace(kept(), state=Standing.OVERDUE, overdue_since=None)
    for now, day in way:
        after = moved(term, now, day)
        assert after.due_on >= term.due_on
        assert told_overdue_on(after) > after.due_on
        if after.state is Standing.RUNNING and term.state is not Standing.RUNNING and day > after.due_on:
            assert told_overdue_on(after) >= day + timedelta(days=14) or term.state is Standing.OVERDUE
        assert not (after.state is Standing.MET and after.met_on is not None and after.met_on <= after.due_on and after.overdue_since)
        term = after
