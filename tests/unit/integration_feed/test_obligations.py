"""How an obligation moves when the rules or registration have spoken."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.obligations import (
    Answer,
    Held,
    Obligation,
    State,
    Step,
    hold,
    meet,
    move,
    overdue,
    told_overdue_on,
)
from services.integration_feed.domain.rules import Decision

SIGNED = date(2026, 10, 1)
REQUIRED = Decision(NewcomerOutcome.REQUIRED, "N13", ("contractSigned",), SIGNED)
FOLLOWED = Decision(NewcomerOutcome.FOLLOWED, "N3", ("notSigned",), None)
STOPPED = Decision(NewcomerOutcome.CLOSED, "N2", ("contractStopped",), SIGNED)
REVIEW = Decision(NewcomerOutcome.REVIEW, "N9", ("rightToWorkUnknown",), SIGNED)
BRUSSELS = Decision(NewcomerOutcome.OTHER_REGION, "N5", ("brussels",), SIGNED)
NO_SOURCE = Decision(NewcomerOutcome.WAITING_FOR_SOURCE, "N5", ("populationRegister",), SIGNED)
REGISTERED = Answer(date(2026, 10, 5), UUID(int=9), "N13", "newcomers-2022.1", ("contractSigned",))

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
OPEN = move(FRESH, REQUIRED, SIGNED)[0]


def test_a_required_registration_opens_the_obligation_with_both_terms() -> None:
    after, step = move(FRESH, REQUIRED, SIGNED)
    assert (step, after.state, after.version) == (Step.OPENED, State.OPEN, 1)
    assert [term.due_on for term in after.terms] == [date(2026, 11, 30), date(2026, 12, 1)]


def test_the_same_decision_again_changes_nothing() -> None:
    assert move(OPEN, REQUIRED, date(2026, 10, 9)) == (OPEN, Step.SAME)


def test_what_is_only_followed_is_noted_and_owes_nothing() -> None:
    after, step = move(FRESH, FOLLOWED, SIGNED)
    assert (step, after.state, after.terms) == (Step.NOTED, State.NONE, ())


def test_a_corrected_signature_moves_the_terms() -> None:
    after, step = move(OPEN, replace(REQUIRED, anchor_on=date(2026, 10, 11)), SIGNED)
    assert (step, after.terms[0].due_on, after.version) == (Step.CHANGED, date(2026, 12, 10), 2)


def test_a_stopped_contract_closes_it_and_its_terms() -> None:
    after, step = move(OPEN, STOPPED, SIGNED)
    assert (step, after.state) == (Step.CLOSED, State.CLOSED)
    assert {term.state for term in after.terms} == {TermState.CLOSED}


def test_a_move_to_brussels_closes_an_open_obligation() -> None:
    assert move(OPEN, BRUSSELS, SIGNED)[1] is Step.CLOSED


def test_a_review_holds_it_with_its_dates_visible() -> None:
    after, step = move(OPEN, REVIEW, SIGNED)
    assert (step, after.state, after.terms) == (Step.CHANGED, State.HELD, OPEN.terms)


def test_a_source_that_is_silent_takes_no_obligation_away() -> None:
    assert move(OPEN, NO_SOURCE, SIGNED) == (OPEN, Step.SAME)


def test_a_registration_in_time_meets_every_term() -> None:
    met = meet(OPEN, REGISTERED)
    assert (met.state, met.outcome, met.registered_on) == (State.MET, "satisfied", date(2026, 10, 5))
    assert {term.state for term in met.terms} == {TermState.MET}


def test_a_registration_on_the_last_day_is_in_time_and_a_day_later_is_not() -> None:
    statutory = OPEN.terms[0].due_on
    assert meet(OPEN, replace(REGISTERED, registered_on=statutory)).terms[0].state is TermState.MET
    late = meet(OPEN, replace(REGISTERED, registered_on=date(2026, 12, 1)))
    assert [term.state for term in late.terms] == [TermState.OVERDUE, TermState.MET]


def test_satisfied_is_sticky() -> None:
    met = meet(OPEN, REGISTERED)
    assert move(met, STOPPED, SIGNED) == (met, Step.SAME)
    assert meet(met, replace(REGISTERED, registered_on=date(2027, 1, 1))) is met


def test_a_case_for_a_person_pauses_it_and_a_pending_dossier_does_not() -> None:
    assert hold(OPEN, Held(for_a_person=True, rule="N11", reasons=("working",))).state is State.HELD
    assert hold(OPEN, Held(for_a_person=False, rule="N13", reasons=("pendingDossier",))).state is State.OPEN


def test_what_registration_answered_is_not_undone_by_the_feed_saying_the_same_again() -> None:
    held = hold(OPEN, Held(for_a_person=True, rule="N11", reasons=("working",)))
    assert move(held, REQUIRED, date(2026, 10, 9)) == (held, Step.SAME)


def test_a_source_that_reported_late_flags_it_and_overdue_is_told_14_days_after_receipt() -> None:
    late = move(replace(FRESH, received_on=date(2026, 11, 25)), REQUIRED, date(2026, 11, 25))[0]
    assert late.flags == (Flag.LATE_BY_SOURCE,)
    assert told_overdue_on(late, date(2026, 11, 30)) == date(2026, 12, 9)
    assert told_overdue_on(OPEN, date(2026, 11, 30)) == date(2026, 12, 1)


def test_overdue_is_told_once() -> None:
    since = datetime(2026, 11, 30, 23, tzinfo=UTC)
    once = overdue(OPEN, OPEN.terms[0].rule_id, since)
    assert (once.terms[0].state, once.terms[0].overdue_since, once.version) == (TermState.OVERDUE, since, 2)
    assert overdue(once, OPEN.terms[0].rule_id, since) is once


@given(st.lists(st.sampled_from([REQUIRED, FOLLOWED, STOPPED, REVIEW, BRUSSELS, NO_SOURCE]), max_size=8))
def test_the_version_rises_by_one_with_every_step_that_others_see(decisions: list[Decision]) -> None:
    obligation = FRESH
    for decision in decisions:
        after, step = move(obligation, decision, SIGNED)
        assert after.version - obligation.version == (step is not Step.SAME)
        assert obligation.state not in (State.CLOSED, State.MET) or step is Step.SAME
        obligation = after
