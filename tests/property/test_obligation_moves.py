"""Whatever the feed and registration say of an obligation: each word counts once, and no date turns against the person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.moves import Step, begins_anew, move
from services.integration_feed.domain.obligations import (
    OWED,
    Answer,
    Held,
    Obligation,
    State,
    close,
    elder,
    give_way,
    hold,
    meet,
    overdue,
    told_overdue_on,
)
from services.integration_feed.domain.rules import DATES_DIFFER, Decision
from services.integration_feed.domain.terms import REMINDER_RULES

SIGNED = date(2026, 10, 1)
NEAR = st.integers(-40, 120).map(lambda days: SIGNED + timedelta(days=days))
STATUTORY, POLICY = "nieuwkomer.inschrijving.wettelijk", "nieuwkomer.inschrijving.beleid"
SAID = st.sampled_from(
    [
        (NewcomerOutcome.REQUIRED, "N13", ("contractSigned",)),
        (NewcomerOutcome.REQUIRED, "N13", (DATES_DIFFER,)),
        (NewcomerOutcome.REVIEW, "N9", ("unknownRightToWork",)),
        (NewcomerOutcome.CLOSED, "N2", ("contractStopped",)),
        (NewcomerOutcome.CLOSED, "N2", ("contractWithdrawn",)),
        (NewcomerOutcome.OTHER_REGION, "N5", ("brussels",)),
        (NewcomerOutcome.WAITING_FOR_SOURCE, "N5", ("populationRegister",)),
        (NewcomerOutcome.EXEMPT, "N6", ("exempt",)),
        (NewcomerOutcome.FOLLOWED, "N3", ("notSigned",)),
    ]
)
DECISIONS = st.builds(
    lambda what, anchor, moved: Decision(what[0], what[1], what[2], anchor, moved_on=moved), SAID, NEAR, st.sampled_from([None, SIGNED])
)
HOLDS = st.sampled_from(
    [
        Held(for_a_person=True, rule="N11", reasons=("working",)),
        Held(for_a_person=False, rule="N13", reasons=("pendingDossier",)),
        Held(for_a_person=False, rule="N10", reasons=("vdabRegister",), waits=True),
    ]
)
ANSWERS = st.builds(
    Answer,
    registered_on=NEAR,
    registration_id=st.sampled_from([UUID(int=8), UUID(int=9)]),
    rule=st.just("N13"),
    rule_set=st.just("newcomers-2022.1"),
    reasons=st.just(("contractSigned",)),
)
SINCE = datetime(2026, 11, 30, 23, tzinfo=UTC)
Word = Callable[[Obligation], Obligation]
WORDS: st.SearchStrategy[Word] = st.one_of(
    st.builds(lambda said, on: lambda kept: move(kept, said, on)[0], DECISIONS, NEAR),
    st.builds(lambda said, on: lambda kept: hold(kept, said, on), HOLDS, NEAR),
    st.builds(lambda said: lambda kept: meet(kept, said), ANSWERS),
    st.builds(lambda rule: lambda kept: overdue(kept, rule, SINCE), st.sampled_from([STATUTORY, POLICY])),
)
STORIES = st.lists(WORDS, max_size=8)
FRESH = Obligation(
    obligation_id=UUID(int=1),
    contract_id=UUID(int=2),
    organisation="0543307391",
    reference="c-1",
    agency="agii",
    state=State.NONE,
    outcome=NewcomerOutcome.FOLLOWED,
    rule="N3",
    rule_set="newcomers-2022.1",
    reasons=(),
    anchor_on=None,
    effective_on=SIGNED,
    received_on=SIGNED,
)
REQUIRED = Decision(NewcomerOutcome.REQUIRED, "N13", ("contractSigned",), SIGNED)
OPEN = move(FRESH, REQUIRED, SIGNED)[0]


def after(story: list[Word], start: Obligation = FRESH) -> Obligation:
    """The obligation after these words."""
    for word in story:
        start = word(start)
    return start


@given(st.sampled_from([FRESH, OPEN]), STORIES, WORDS)
def test_a_word_that_is_said_twice_counts_once(start: Obligation, story: list[Word], word: Word) -> None:
    once = word(after(story, start))
    assert word(once) == once


@given(st.sampled_from([FRESH, OPEN]), STORIES, WORDS)
def test_the_version_rises_by_one_exactly_when_something_changed(start: Obligation, story: list[Word], word: Word) -> None:
    before = after(story, start)
    now = word(before)
    assert now.version - before.version == (now != before)


@given(STORIES, DECISIONS, NEAR)
def test_who_is_registered_stays_so_unless_the_contract_never_was(story: list[Word], said: Decision, on: date) -> None:
    met = meet(after(story, OPEN), Answer(SIGNED, UUID(int=9), "N13", "newcomers-2022.1", ()))
    if met.state is not State.MET:
        return
    now, step = move(met, said, on)
    taken_back = said.reasons == ("contractWithdrawn",)
    assert (now.state, step) == ((State.CLOSED, Step.CLOSED) if taken_back else (State.MET, Step.SAME))


@given(STORIES, DECISIONS, NEAR)
def test_dates_that_a_person_was_reminded_of_never_come_earlier(story: list[Word], said: Decision, on: date) -> None:
    owed = after(story, OPEN)
    if owed.state not in OWED:
        return
    reminded = replace(owed, reminded=(REMINDER_RULES[0].id,))
    now = move(reminded, said, on)[0]
    days = {term.rule_id: term.due_on for term in reminded.terms}
    assert all(term.due_on >= days[term.rule_id] for term in now.terms)


@given(STORIES)
def test_an_overdue_is_never_told_on_or_before_the_last_day_nor_to_who_moved_in_later(story: list[Word]) -> None:
    kept = after(story)
    for term in kept.terms:
        told_on = told_overdue_on(kept, term.due_on)
        if Flag.LATE_BY_MOVE in kept.flags:
            assert told_on is None
            continue
        assert told_on is not None
        assert told_on > term.due_on
        if Flag.LATE_BY_SOURCE in kept.flags:
            assert told_on >= kept.received_on + timedelta(days=14)
        if kept.released_on is not None and kept.released_on > term.due_on:
            assert told_on >= kept.released_on + timedelta(days=14)


@given(STORIES, ANSWERS)
def test_no_term_is_overdue_for_who_was_registered_on_its_last_day_or_before(story: list[Word], said: Answer) -> None:
    met = meet(after(story, OPEN), said)
    if met.state is State.MET and (met.registered_on, met.registration_id) == (said.registered_on, said.registration_id):
        for term in met.terms:
            if said.registered_on <= term.due_on:
                assert (term.state, term.overdue_since) == (TermState.MET, None)
            assert term.state in (TermState.MET, TermState.OVERDUE)


@given(STORIES)
def test_nothing_runs_once_an_obligation_is_closed_and_what_never_was_owed_has_no_term(story: list[Word]) -> None:
    kept = after(story)
    if kept.state is State.CLOSED:
        assert all(term.state is not TermState.RUNNING for term in kept.terms)
    if kept.state is State.NONE:
        assert kept.terms == ()
    if kept.state in OWED:
        assert kept.feed is not None
        assert [term.rule_id for term in kept.terms if term.statutory] == [STATUTORY]


@pytest.mark.parametrize(
    ("received_on", "late", "told_on"),
    [
        (date(2026, 11, 16), False, date(2026, 12, 1)),  # fourteen days before the last of the earlier term, 30 November
        (date(2026, 11, 17), True, date(2026, 12, 1)),  # thirteen: fourteen days after receipt is the same day
        (date(2026, 11, 18), True, date(2026, 12, 2)),
        (date(2026, 12, 31), True, date(2027, 1, 14)),  # over the end of the year
    ],
)
def test_a_source_is_late_when_it_leaves_less_than_fourteen_days(received_on: date, late: bool, told_on: date) -> None:
    kept = move(FRESH, REQUIRED, received_on)[0]
    assert (Flag.LATE_BY_SOURCE in kept.flags) is late
    assert told_overdue_on(kept, kept.terms[0].due_on) == told_on


@pytest.mark.parametrize(("registered_on", "state"), [(date(2027, 1, 2), TermState.MET), (date(2027, 1, 3), TermState.OVERDUE)])
def test_who_is_registered_before_an_overdue_could_be_told_was_in_time(registered_on: date, state: TermState) -> None:
    late = move(FRESH, REQUIRED, date(2026, 12, 20))[0]
    met = meet(late, Answer(registered_on, UUID(int=9), "N13", "newcomers-2022.1", ()))
    assert {term.state for term in met.terms} == {state}


def test_an_overdue_that_was_told_stays_one_for_who_is_registered_after_the_last_day() -> None:
    told = overdue(OPEN, STATUTORY, SINCE)
    met = meet(told, Answer(date(2026, 12, 2), UUID(int=9), "N13", "newcomers-2022.1", ()))
    assert [(term.state, term.overdue_since) for term in met.terms] == [(TermState.OVERDUE, SINCE), (TermState.OVERDUE, None)]


def test_an_overdue_that_was_told_is_taken_back_when_the_registration_was_of_the_last_day() -> None:
    met = meet(overdue(OPEN, STATUTORY, SINCE), Answer(OPEN.terms[0].due_on, UUID(int=9), "N13", "newcomers-2022.1", ()))
    assert {(term.state, term.overdue_since) for term in met.terms} == {(TermState.MET, None)}


def test_what_registration_answers_again_changes_nothing() -> None:
    for answer in (Held(for_a_person=True, rule="N11", reasons=("working",)), Held(for_a_person=False, rule="N13", reasons=("other",))):
        held = hold(OPEN, answer, SIGNED)
        assert hold(held, answer, SIGNED + timedelta(days=9)) is held


def test_of_people_who_are_one_what_is_owed_goes_on_before_what_is_not_and_the_older_before_the_younger() -> None:
    undecided = replace(FRESH, obligation_id=UUID(int=3), anchor_on=date(2026, 1, 1))
    younger = replace(OPEN, obligation_id=UUID(int=4), anchor_on=date(2026, 10, 2))
    assert all(elder(some) is OPEN for some in permutations([undecided, younger, OPEN]))


def test_closing_ends_what_runs_and_leaves_an_overdue_that_was_told_unless_it_is_withdrawn() -> None:
    told = overdue(OPEN, STATUTORY, SINCE)
    assert [term.state for term in close(told).terms] == [TermState.OVERDUE, TermState.CLOSED]
    withdrawn = close(told, withdraws_overdue=True)
    assert {(term.state, term.overdue_since) for term in withdrawn.terms} == {(TermState.CLOSED, None)}
    assert close(close(told)) == close(told)


@given(STORIES, st.permutations([1, 2, 3]), NEAR)
def test_of_people_who_are_one_the_same_obligation_goes_on_whichever_half_is_named_first(
    story: list[Word], order: list[int], on: date
) -> None:
    first = replace(after(story), obligation_id=UUID(int=order[0]))
    second = replace(OPEN, obligation_id=UUID(int=order[1]))
    third = replace(FRESH, obligation_id=UUID(int=order[2]))
    [goes_on] = {elder(some).obligation_id for some in permutations([first, second, third])}
    assert goes_on != third.obligation_id or first.state is State.NONE is second.state
    survivor = next(one for one in (first, second, third) if one.obligation_id == goes_on)
    for other in (first, second, third):
        if other is not survivor:
            gone = give_way(other, survivor, on)
            assert (gone.state, gone.gave_way_to, gone.reasons) == (State.CLOSED, goes_on, ("merged",))
            assert all((term.state, term.overdue_since) == (TermState.CLOSED, None) for term in gone.terms)


@given(STORIES, DECISIONS)
def test_another_obligation_begins_only_after_an_end_and_where_something_may_be_owed(story: list[Word], said: Decision) -> None:
    kept = after(story)
    if begins_anew(kept, said):
        assert kept.state is State.CLOSED
        assert said.outcome in (NewcomerOutcome.REQUIRED, NewcomerOutcome.REVIEW, NewcomerOutcome.WAITING_FOR_SOURCE)
        assert move(kept, said, SIGNED)[1] is not Step.SAME
