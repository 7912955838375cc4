"""The registration obligation of one newcomer: how it moves when the rules or registration have spoken."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.rules import Decision
from services.integration_feed.domain.terms import terms_from

# A source that reports late must not cost the person the term: overdue is told so long after receipt at the earliest (`decisions.md` 4).
LATE_SOURCE_GRACE = timedelta(days=14)


class State(StrEnum):
    """Where an obligation stands."""

    NONE = "none"  # nothing is owed (yet)
    OPEN = "open"  # a registration is owed
    HELD = "held"  # a person must look; reminders and overdue pause
    MET = "met"  # registered; sticky
    CLOSED = "closed"  # it ended without a registration


class Step(StrEnum):
    """What a decision did to an obligation; each one but `SAME` is announced or at least recorded."""

    SAME = "same"
    NOTED = "noted"
    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class KeptTerm:
    """A term with its state; `overdue_since` is set once it was told."""

    rule_id: str
    due_on: date
    statutory: bool
    state: TermState = TermState.RUNNING
    overdue_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Everything kept of one obligation; `version` rises with each change that others may see."""

    obligation_id: UUID
    contract_id: UUID
    organisation: str
    reference: str
    agency: str
    state: State
    outcome: NewcomerOutcome
    rule: str
    rule_set: str
    reasons: tuple[str, ...]
    anchor_on: date | None
    effective_on: date
    received_on: date
    terms: tuple[KeptTerm, ...] = ()
    flags: tuple[Flag, ...] = ()
    registered_on: date | None = None
    registration_id: UUID | None = None
    version: int = 0


def move(before: Obligation, decision: Decision, on: date) -> tuple[Obligation, Step]:
    """The obligation after a decision of `on`, and what that was.

    Met and closed are final: a registration satisfies for good (`decisions.md` 4, `satisfied` is sticky), and a new contract after a stop
    opens a new obligation.
    """
    if before.state in (State.MET, State.CLOSED) or _unchanged(before, decision):
        return before, Step.SAME
    decided = replace(
        before,
        outcome=decision.outcome,
        rule=decision.rule,
        rule_set=decision.rule_set,
        reasons=decision.reasons,
        anchor_on=decision.anchor_on,
        effective_on=on,
        version=before.version + 1,
    )
    owed = before.state in (State.OPEN, State.HELD)
    match decision.outcome:
        case NewcomerOutcome.REQUIRED if decision.anchor_on is not None:
            return _with_terms(decided, decision.anchor_on), Step.CHANGED if owed else Step.OPENED
        case NewcomerOutcome.REVIEW if owed:
            return replace(decided, state=State.HELD), Step.CHANGED
        case NewcomerOutcome.WAITING_FOR_SOURCE if owed:
            return before, Step.SAME
        case _ if owed or decision.outcome is NewcomerOutcome.CLOSED:
            return close(decided), Step.CLOSED if owed else Step.NOTED
        case _:
            return replace(decided, state=State.NONE), Step.NOTED


def _unchanged(before: Obligation, decision: Decision) -> bool:
    was = (before.outcome, before.rule, before.reasons, before.anchor_on)
    return before.version > 0 and was == (decision.outcome, decision.rule, decision.reasons, decision.anchor_on)


def close(obligation: Obligation) -> Obligation:
    """The obligation ended without a registration; running terms end with it."""
    return replace(obligation, state=State.CLOSED, terms=tuple(replace(term, state=TermState.CLOSED) for term in obligation.terms))


def _with_terms(obligation: Obligation, anchor: date) -> Obligation:
    terms = tuple(KeptTerm(term.rule_id, term.due_on, term.statutory) for term in terms_from(anchor))
    late = any(term.due_on < obligation.received_on + LATE_SOURCE_GRACE for term in terms)
    flags = (*obligation.flags, Flag.LATE_BY_SOURCE) if late and Flag.LATE_BY_SOURCE not in obligation.flags else obligation.flags
    return replace(obligation, state=State.OPEN, terms=terms, flags=flags)


def meet(before: Obligation, registered_on: date, registration_id: UUID) -> Obligation:
    """The person is registered: each term is met when that came on or before its last day, also when before the contract."""
    if before.state is State.MET:
        return before
    terms = tuple(
        replace(term, state=TermState.MET if registered_on <= term.due_on or term.state is not TermState.OVERDUE else term.state)
        for term in before.terms
    )
    return replace(
        before,
        state=State.MET,
        outcome=NewcomerOutcome.SATISFIED,
        terms=terms,
        registered_on=registered_on,
        registration_id=registration_id,
        version=before.version + 1,
    )


def overdue(before: Obligation, rule_id: str, since: datetime) -> Obligation:
    """A term passed without a registration."""
    terms = tuple(
        replace(term, state=TermState.OVERDUE, overdue_since=since) if term.rule_id == rule_id and term.state is TermState.RUNNING else term
        for term in before.terms
    )
    return before if terms == before.terms else replace(before, terms=terms, version=before.version + 1)


def told_overdue_on(obligation: Obligation, due_on: date) -> date:
    """The first day on which an overdue of this term may be told: the day after its last, later when the source was late."""
    day_after = due_on + timedelta(days=1)
    if Flag.LATE_BY_SOURCE in obligation.flags:
        return max(day_after, obligation.received_on + LATE_SOURCE_GRACE)
    return day_after
