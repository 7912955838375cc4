"""The registration obligation of one newcomer: what is kept of it, and how it stands by what the feed and registration said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.rules import DATES_DIFFER

# A source that reports late, or a review, must not cost the person the term: overdue is told so long after at the earliest
# (`decisions.md` 4).
GRACE = timedelta(days=14)
# Two people who turned out to be one owe one registration (`decisions.md` 1).
MERGE_RULE = "merge"


class State(StrEnum):
    """Where an obligation stands."""

    NONE = "none"  # nothing is owed (yet)
    OPEN = "open"  # a registration is owed
    HELD = "held"  # a person must look; reminders and overdue pause
    MET = "met"  # registered; sticky
    CLOSED = "closed"  # it ended without a registration


OWED = (State.OPEN, State.HELD)


@dataclass(frozen=True, slots=True)
class KeptTerm:
    """A term with its state; `overdue_since` is set while an overdue that was told stands."""

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
class Held:
    """Registration's answer that it cannot register yet; it stands until registration says something else."""

    for_a_person: bool
    rule: str
    reasons: tuple[str, ...]
    waits: bool = False  # for a source


@dataclass(frozen=True, slots=True)
class Answer:
    """Registration's answer to an obligation: the person is registered; its rule is the answer's (`decisions.md` 2)."""

    registered_on: date
    registration_id: UUID
    rule: str
    rule_set: str
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
    received_on: date  # when the source gave the date that the terms run from
    terms: tuple[KeptTerm, ...] = ()
    flags: tuple[Flag, ...] = ()
    feed: FeedSaid | None = None
    answer: Held | None = None
    terms_from: date | None = None  # the anchor, unless an earlier one came after the person had been told the dates
    moved_on: date | None = None
    reminded: tuple[str, ...] = ()  # purposes of the reminders that named the present dates
    released_on: date | None = None  # when a person last let it go on
    overdue_waits: bool = False  # a term ended, and VDAB's register is not complete up to its last day
    registered_on: date | None = None
    registration_id: UUID | None = None
    gave_way_to: UUID | None = None  # the older obligation of the same person, since a merge
    version: int = 0


def stand(kept: Obligation, day: date) -> Obligation:
    """How an owed obligation stands on that day by what the feed and registration last said; the feed's doubts come first."""
    feed, answer = kept.feed, kept.answer
    assert feed is not None
    if feed.outcome == NewcomerOutcome.REVIEW:
        return _put(kept, State.HELD, NewcomerOutcome.REVIEW, feed, day)
    if answer is not None and answer.for_a_person:
        return _put(kept, State.HELD, NewcomerOutcome.REVIEW, answer, day)
    if DATES_DIFFER in feed.reasons:
        return _put(kept, State.HELD, NewcomerOutcome.REQUIRED, feed, day)
    return _put(kept, State.OPEN, NewcomerOutcome.REQUIRED, answer or feed, day)


def _put(kept: Obligation, state: State, outcome: NewcomerOutcome, by: FeedSaid | Held, day: date) -> Obligation:
    released_on = day if kept.state is State.HELD and state is State.OPEN else kept.released_on
    return replace(kept, state=state, outcome=outcome, rule=by.rule, reasons=by.reasons, released_on=released_on)


def hold(before: Obligation, answer: Held, day: date) -> Obligation:
    """Registration cannot register yet: a case for a person pauses reminders and overdue, any other goes on."""
    if before.state not in OWED or before.answer == answer:
        return before
    return replace(stand(replace(before, answer=answer), day), version=before.version + 1)


def meet(before: Obligation, answer: Answer) -> Obligation:
    """The person is registered: each term is met when that came in time, also when before the contract.

    One that ended meanwhile stays closed; it only keeps when the person was registered. Of a registration that never was registration
    gives another answer, which then counts.
    """
    if (before.registration_id, before.registered_on) == (answer.registration_id, answer.registered_on):
        return before
    known = replace(before, registered_on=answer.registered_on, registration_id=answer.registration_id, version=before.version + 1)
    if before.state is State.CLOSED:
        return known
    return replace(
        known,
        state=State.MET,
        outcome=NewcomerOutcome.SATISFIED,
        rule=answer.rule,
        rule_set=answer.rule_set,
        reasons=answer.reasons,
        terms=tuple(_met(before, term, answer.registered_on) for term in before.terms),
        overdue_waits=False,
    )


def _met(kept: Obligation, term: KeptTerm, registered_on: date) -> KeptTerm:
    """A registration after the last day stays overdue, so that the figures tell the truth; not where the delay was the source's."""
    told_on = told_overdue_on(kept, term.due_on)
    excused = term.overdue_since is None and (told_on is None or registered_on < told_on)
    if registered_on <= term.due_on or excused:
        return replace(term, state=TermState.MET, overdue_since=None)
    return replace(term, state=TermState.OVERDUE)


def overdue(before: Obligation, rule_id: str, since: datetime) -> Obligation:
    """A term passed without a registration."""
    terms = tuple(
        replace(term, state=TermState.OVERDUE, overdue_since=since) if term.rule_id == rule_id and term.state is TermState.RUNNING else term
        for term in before.terms
    )
    return before if terms == before.terms else replace(before, terms=terms, overdue_waits=False, version=before.version + 1)


def told_overdue_on(kept: Obligation, due_on: date) -> date | None:
    """The first day on which an overdue of this term may be told; None for someone who moved into Flanders later: never."""
    if Flag.LATE_BY_MOVE in kept.flags:
        return None
    days = [due_on + timedelta(days=1)]
    if Flag.LATE_BY_SOURCE in kept.flags:
        days.append(kept.received_on + GRACE)
    if kept.released_on is not None and kept.released_on > due_on:
        days.append(kept.released_on + GRACE)
    return max(days)


def close(kept: Obligation, *, withdraws_overdue: bool = False) -> Obligation:
    """The obligation ended without a registration; running terms end with it, an overdue that was told stands unless it is withdrawn."""
    return replace(
        kept, state=State.CLOSED, overdue_waits=False, terms=tuple(_closed(term, withdrawn=withdraws_overdue) for term in kept.terms)
    )


def _closed(term: KeptTerm, *, withdrawn: bool) -> KeptTerm:
    if term.state is TermState.RUNNING or withdrawn:
        return replace(term, state=TermState.CLOSED, overdue_since=None)
    return term


def elder(standing: Sequence[Obligation]) -> Obligation:
    """Which of a merged person's obligations goes on: the one with the older anchor, one that is decided before one that is not."""
    return min(standing, key=lambda kept: (kept.state is State.NONE, kept.anchor_on or date.max, kept.obligation_id))


def give_way(kept: Obligation, to: Obligation, day: date) -> Obligation:
    """The obligation of a merged person that another one takes the place of; an overdue that was told under this one is withdrawn."""
    said = FeedSaid(NewcomerOutcome.CLOSED, MERGE_RULE, ("merged",))
    closed = close(kept, withdraws_overdue=True)
    return replace(
        closed,
        outcome=NewcomerOutcome.CLOSED,
        rule=said.rule,
        reasons=said.reasons,
        feed=said,
        effective_on=day,
        gave_way_to=to.obligation_id,
        version=kept.version + 1,
    )
