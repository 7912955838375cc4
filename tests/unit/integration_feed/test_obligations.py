"""How an obligation moves when the rules or registration have spoken."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.moves import Step, begins_anew, move, seen_after
from services.integration_feed.domain.newcomers import Participation
from services.integration_feed.domain.obligations import (
    Answer,
    Held,
    Obligation,
    State,
    hold,
    meet,
    overdue,
    told_overdue_on,
)
from services.integration_feed.domain.rules import Decision

SIGNED = date(2026, 10, 1)
REQUIRED = Decision(NewcomerOutcome.REQUIRED, "N13", ("contractSigned",), SIGNED)
FOLLOWED = Decision(NewcomerOutcome.FOLLOWED, "N3", ("notSigned",), None)
STOPPED = Decision(NewcomerOutcome.CLOSED, "N2", ("contractStopped",), SIGNED)
REVIEW = Decision(NewcomerOutcome.REVIEW, "N9", ("unknownRightToWork",), SIGNED)
BRUSSELS = Decision(NewcomerOutcome.OTHER_REGION, "N5", ("brussels",), SIGNED)
NO_SOURCE = Decision(NewcomerOutcome.WAITING_FOR_SOURCE, "N5", ("populationRegister",), SIGNED)
WORKING = Held(for_a_person=True, rule="N11", reasons=("working",))
PENDING = Held(for_a_person=False, rule="N13", reasons=("pendingDossier",))
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


def test_a_delay_of_the_source_is_never_shown_as_the_persons() -> None:
    late = move(FRESH, REQUIRED, date(2026, 12, 20))[0]
    assert {term.state for term in meet(late, replace(REGISTERED, registered_on=date(2026, 12, 21))).terms} == {TermState.MET}
    moved = move(FRESH, replace(REQUIRED, moved_on=date(2026, 12, 15)), date(2026, 12, 20))[0]
    assert {term.state for term in meet(moved, replace(REGISTERED, registered_on=date(2027, 6, 1))).terms} == {TermState.MET}


def test_an_answer_that_comes_after_the_end_leaves_it_closed_and_is_kept() -> None:
    closed = move(OPEN, STOPPED, SIGNED)[0]
    after = meet(closed, REGISTERED)
    assert (after.state, after.outcome, after.registered_on) == (State.CLOSED, NewcomerOutcome.CLOSED, date(2026, 10, 5))
    assert meet(after, REGISTERED) is after


def test_satisfied_is_sticky() -> None:
    met = meet(OPEN, REGISTERED)
    assert move(met, STOPPED, SIGNED) == (met, Step.SAME)
    assert meet(met, REGISTERED) is met


def test_a_case_for_a_person_pauses_it_and_a_pending_dossier_does_not() -> None:
    assert hold(OPEN, WORKING, SIGNED).state is State.HELD
    assert hold(OPEN, PENDING, SIGNED).state is State.OPEN


def test_what_registration_holds_stays_held_when_the_source_corrects_the_date() -> None:
    corrected = move(hold(OPEN, WORKING, SIGNED), replace(REQUIRED, anchor_on=date(2026, 10, 3)), SIGNED)[0]
    assert (corrected.state, corrected.outcome, corrected.rule) == (State.HELD, NewcomerOutcome.REVIEW, "N11")
    assert hold(corrected, PENDING, date(2026, 10, 9)).released_on == date(2026, 10, 9)


def test_contracts_with_other_dates_pause_the_clocks_and_nothing_else() -> None:
    after, step = move(FRESH, replace(REQUIRED, reasons=("contractDatesDiffer",)), SIGNED)
    assert (step, after.state, after.outcome) == (Step.OPENED, State.HELD, NewcomerOutcome.REQUIRED)


def test_a_case_let_go_after_its_last_day_is_told_overdue_14_days_later() -> None:
    released = hold(hold(OPEN, WORKING, SIGNED), PENDING, date(2026, 12, 5))
    assert told_overdue_on(released, date(2026, 11, 30)) == date(2026, 12, 19)


def test_what_registration_answered_is_not_undone_by_the_feed_saying_the_same_again() -> None:
    held = hold(OPEN, WORKING, SIGNED)
    assert move(held, REQUIRED, date(2026, 10, 9)) == (held, Step.SAME)


def test_a_source_that_reported_late_flags_it_and_overdue_is_told_14_days_after_receipt() -> None:
    late = move(FRESH, REQUIRED, date(2026, 11, 25))[0]
    assert late.flags == (Flag.LATE_BY_SOURCE,)
    assert told_overdue_on(late, date(2026, 11, 30)) == date(2026, 12, 9)
    assert told_overdue_on(OPEN, date(2026, 11, 30)) == date(2026, 12, 1)


def test_overdue_is_told_once() -> None:
    since = datetime(2026, 11, 30, 23, tzinfo=UTC)
    once = overdue(OPEN, OPEN.terms[0].rule_id, since)
    assert (once.terms[0].state, once.terms[0].overdue_since, once.version) == (TermState.OVERDUE, since, 2)
    assert overdue(once, OPEN.terms[0].rule_id, since) is once


def test_dates_the_person_was_told_stand_when_the_source_moves_them_back() -> None:
    told = replace(OPEN, reminded=("obligationReminder30",))
    after = move(told, replace(REQUIRED, anchor_on=date(2026, 9, 1)), date(2026, 11, 5))[0]
    assert (after.anchor_on, after.terms, after.flags) == (date(2026, 9, 1), OPEN.terms, (Flag.LATE_BY_SOURCE,))
    later = move(told, replace(REQUIRED, anchor_on=date(2026, 10, 11)), date(2026, 11, 5))[0]
    assert (later.terms[0].due_on, later.reminded, later.flags) == (date(2026, 12, 10), (), ())


def test_a_correction_keeps_an_overdue_that_was_told_unless_the_new_day_is_still_to_come() -> None:
    told = overdue(OPEN, OPEN.terms[0].rule_id, datetime(2026, 11, 30, 23, tzinfo=UTC))
    earlier = move(told, replace(REQUIRED, anchor_on=date(2026, 9, 20)), date(2026, 12, 5))[0]
    assert earlier.terms[0].state is TermState.OVERDUE
    later = move(told, replace(REQUIRED, anchor_on=date(2026, 12, 1)), date(2026, 12, 5))[0]
    assert (later.terms[0].state, later.terms[0].overdue_since) == (TermState.RUNNING, None)


def test_only_an_exemption_from_before_the_last_day_takes_an_overdue_back() -> None:
    told = overdue(OPEN, OPEN.terms[0].rule_id, datetime(2026, 11, 30, 23, tzinfo=UTC))
    exempt = Decision(NewcomerOutcome.EXEMPT, "N6", ("exempt",), SIGNED)
    since = {day: Participation("exempt", day, vdab_component=False, titles=()) for day in (date(2026, 11, 30), date(2026, 12, 1))}
    assert [bool(move(told, exempt, date(2026, 12, 9), said)[0].terms[0].overdue_since) for said in since.values()] == [False, True]
    assert move(told, STOPPED, date(2026, 12, 9))[0].terms[0].state is TermState.OVERDUE


def test_an_exemption_that_is_withdrawn_is_for_a_person_until_one_decides() -> None:
    exempt = Decision(NewcomerOutcome.EXEMPT, "N6", ("exempt",), SIGNED)
    noted = move(FRESH, exempt, SIGNED)[0]
    seen = seen_after(noted, REQUIRED)
    assert (seen.outcome, seen.reasons, seen.anchor_on) == (NewcomerOutcome.REVIEW, ("groundChanged",), SIGNED)
    assert seen_after(move(noted, seen, SIGNED)[0], REQUIRED) == seen


def test_satisfied_ends_only_with_a_contract_that_never_was() -> None:
    withdrawn = Decision(NewcomerOutcome.CLOSED, "N2", ("contractWithdrawn",), SIGNED)
    assert move(meet(OPEN, REGISTERED), withdrawn, SIGNED)[1] is Step.CLOSED


def test_after_an_end_a_new_obligation_begins_only_when_something_may_be_owed() -> None:
    closed = move(OPEN, BRUSSELS, SIGNED)[0]
    assert [begins_anew(closed, said) for said in (REQUIRED, REVIEW, NO_SOURCE, STOPPED, BRUSSELS)] == [True, True, True, False, False]


@given(st.lists(st.sampled_from([REQUIRED, FOLLOWED, STOPPED, REVIEW, BRUSSELS, NO_SOURCE]), max_size=8))
def test_the_version_rises_by_one_with_every_step_that_others_see(decisions: list[Decision]) -> None:
    obligation = FRESH
    for decision in decisions:
        after, step = move(obligation, decision, SIGNED)
        assert after.version - obligation.version == (step is not Step.SAME)
        if step is Step.OPENED:
            assert obligation.state not in (State.OPEN, State.HELD)
        obligation = after
