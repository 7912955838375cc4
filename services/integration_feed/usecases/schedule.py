"""The clocks of an obligation: which reminders and ends of terms are due when, set anew whenever it moves."""

from collections.abc import Iterator
from datetime import date, timedelta

from chassis.clock import local_midnight
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import TermState
from contracts.identifiers import PersonId
from services.integration_feed.domain.obligations import Obligation, State, told_overdue_on
from services.integration_feed.domain.terms import REMINDER_RULES

# Someone who moved into Flanders later is never overdue; so long after the move a person looks (the statutory term, from the move).
_REVIEW_AFTER_MOVE = timedelta(days=60)


def follow(uow: UnitOfWork, person: PersonId, before: Obligation, after: Obligation, day: date) -> None:
    """Let the clocks run as the obligation now stands: none while it is not open."""
    if before.state is State.NONE and after.state is State.NONE:
        return
    uow.cancel("reminder", [f"{after.obligation_id}:{rule.id}" for rule in REMINDER_RULES])
    uow.cancel("termEnd", [f"{after.obligation_id}:{term.rule_id}" for term in (*before.terms, *after.terms)])
    if after.state is State.OPEN:
        uow.schedule(_reminders(person, before, after, day))
        uow.schedule(_term_ends(person, after))


def _reminders(person: PersonId, before: Obligation, after: Obligation, day: date) -> Iterator[Timer]:
    """Each reminder still to come; of those that fell due while a person looked the last, of those due before it began none."""
    base = after.moved_on or after.terms_from
    missed: Timer | None = None
    for rule in REMINDER_RULES:
        if base is None or rule.valid_from > base or rule.id in after.reminded:
            continue
        due_on = base + timedelta(days=rule.days)
        timer = Timer("reminder", f"{after.obligation_id}:{rule.id}", person, local_midnight(max(due_on, day)), {"purpose": rule.id})
        if due_on > day:
            yield timer
        elif before.state is State.HELD and due_on > after.received_on:
            missed = timer
    if missed is not None:
        yield missed


def _term_ends(person: PersonId, after: Obligation) -> Iterator[Timer]:
    for term in after.terms:
        if term.state is TermState.RUNNING:
            told_on = told_overdue_on(after, term.due_on)
            if told_on is None and not term.statutory:
                continue
            on = told_on or (after.moved_on or term.due_on) + _REVIEW_AFTER_MOVE + timedelta(days=1)
            yield Timer("termEnd", f"{after.obligation_id}:{term.rule_id}", person, local_midnight(on), {"ruleId": term.rule_id})
