"""The clocks of an obligation: which reminders and ends of terms are due when, set anew whenever it moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.clock import local_midnight
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import TermState
from contracts.identifiers import PersonId
from services.integration_feed.domain.obligations import Obligation, State, told_overdue_on
from services.integration_feed.domain.terms import REMINDER_RULES

# One timer an obligation, due at its next clock, which carries the later ones along: most obligations are met before the first.
CLOCKS, TERM_END, REMINDER = "clocks", "termEnd", "reminder"
# Someone who moved into Flanders later is never overdue; so long after the move a person looks (the statutory term, from the move).
_REVIEW_AFTER_MOVE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Clock:
    """A reminder or the end of a term, and the day at whose beginning it is due."""

    on: date
    kind: str
    row: str  # of the reminders or the terms


def follow(uow: UnitOfWork, person: PersonId, before: Obligation, after: Obligation, day: date) -> None:
    """Let the clocks run as the obligation now stands: none while it is not open."""
    if before.state is not State.NONE:
        uow.cancel(CLOCKS, [after.obligation_id])
    if before.overdue_waits:
        uow.cancel(TERM_END, [f"{after.obligation_id}:{term.rule_id}" for term in before.terms])
    if after.state is State.OPEN:
        run(uow, person, after.obligation_id, [*_reminders(before, after, day), *_term_ends(after)])


def run(uow: UnitOfWork, person: PersonId, obligation_id: UUID, clocks: Iterable[Clock]) -> None:
    """Set the timer of these clocks."""
    ordered = sorted(clocks, key=lambda clock: clock.on)
    if ordered:
        payload = {"clocks": [[clock.on.isoformat(), clock.kind, clock.row] for clock in ordered]}
        uow.schedule([Timer(CLOCKS, str(obligation_id), person, local_midnight(ordered[0].on), payload)])


def carried(payload: Mapping[str, object]) -> Sequence[Clock]:
    """The clocks that a timer carries, the one that is due first."""
    written = payload["clocks"]
    assert isinstance(written, list)
    return [Clock(date.fromisoformat(on), kind, row) for on, kind, row in written]


def _reminders(before: Obligation, after: Obligation, day: date) -> Iterator[Clock]:
    """Each reminder still to come; of those that fell due while a person looked the last, of those due before it began none."""
    base = after.moved_on or after.terms_from
    missed: Clock | None = None
    for rule in REMINDER_RULES:
        if base is None or rule.valid_from > base or rule.id in after.reminded:
            continue
        due_on = base + timedelta(days=rule.days)
        clock = Clock(max(due_on, day), REMINDER, rule.id)
        if due_on > day:
            yield clock
        elif before.state is State.HELD and due_on > after.received_on:
            missed = clock
    if missed is not None:
        yield missed


def _term_ends(after: Obligation) -> Iterator[Clock]:
    for term in after.terms:
        if term.state is TermState.RUNNING:
            told_on = told_overdue_on(after, term.due_on)
            if told_on is None and not term.statutory:
                continue
            yield Clock(told_on or (after.moved_on or term.due_on) + _REVIEW_AFTER_MOVE + timedelta(days=1), TERM_END, term.rule_id)
