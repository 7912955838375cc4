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
class FeedSaid:
    """What the feed's own rules last said, apart from registration's answer to it."""

    outcome: str
    rule: str
    reasons: tuple[str, ...]


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
    feed: FeedSaid | None = None
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
        feed=_said(decision),
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
    return (before.feed, before.anchor_on) == (_said(decision), decision.anchor_on)


def _said(decision: Decision) -> FeedSaid:
    return FeedSaid(decision.outcome, decision.rule, decision.reasons)


def close(obligation: Obligation) -> Obligation:
    """The obligation ended without a registration; running terms end with it."""
    return replace(obligation, state=State.CLOSED, terms=tuple(replace(term, state=TermState.CLOSED) for term in obligation.terms))


def _with_terms(obligation: Obligation, anchor: date) -> Obligation:
    terms = tuple(KeptTerm(term.rule_id, term.due_on, term.statutory) for term in terms_from(anchor))
    late = any(term.due_on < obligation.received_on + LATE_SOURCE_GRACE for term in terms)
    flags = (*obligation.flags, Flag.LATE_BY_SOURCE) if late and Flag.LATE_BY_SOURCE not in obligation.flags else obligation.flags
    return replace(obligation, state=State.OPEN, terms=terms, flags=flags)


@dataclass(frozen=True, slots=True)
class Held:
    """Registration's answer that it cannot register yet."""

    for_a_person: bool
    rule: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Registration's answer to an obligation: the person is registered; its rule is the answer's (`decisions.md` 2)."""

    registered_on: date
    registration_id: UUID
    rule: str
    rule_set: str
    reasons: tuple[str, ...]


def hold(before: Obligation, answer: Held) -> Obligation:
    """Registration cannot register yet: a case for a person pauses reminders and overdue, any other goes on."""
    if before.state not in (State.OPEN, State.HELD):
        return before
    state = State.HELD if answer.for_a_person else State.OPEN
    outcome = NewcomerOutcome.REVIEW if answer.for_a_person else NewcomerOutcome.REQUIRED
    if (before.state, before.outcome, before.rule, before.reasons) == (state, outcome, answer.rule, answer.reasons):
        return before
    return replace(before, state=state, outcome=outcome, rule=answer.rule, reasons=answer.reasons, version=before.version + 1)


def meet(before: Obligation, answer: Answer) -> Obligation:
    """The person is registered: each term is met when that came on or before its last day, also when before the contract."""
    if before.state is State.MET:
        return before
    return replace(
        before,
        state=State.MET,
        outcome=NewcomerOutcome.SATISFIED,
        rule=answer.rule,
        rule_set=answer.rule_set,
        reasons=answer.reasons,
        terms=tuple(_met(term, answer.registered_on) for term in before.terms),
        registered_on=answer.registered_on,
        registration_id=answer.registration_id,
        version=before.version + 1,
    )


def _met(term: KeptTerm, registered_on: date) -> KeptTerm:
    """A registration after the last day meets a term late: it stays overdue, so that the figures tell the truth."""
    if registered_on <= term.due_on:
        return replace(term, state=TermState.MET)
    return replace(term, state=TermState.OVERDUE)


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
