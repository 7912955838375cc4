"""How an obligation moves when the feed's rules have spoken anew."""

from dataclasses import replace
from datetime import date
from enum import StrEnum

from contracts.codes import Flag, NewcomerOutcome, TermState
from services.integration_feed.domain.newcomers import Ended, Participation
from services.integration_feed.domain.obligations import GRACE, OWED, FeedSaid, KeptTerm, Obligation, State, close, stand
from services.integration_feed.domain.rules import Decision
from services.integration_feed.domain.terms import terms_from

# The agency took the contract back, as if it had never been.
_NEVER_WAS = (Ended.CONTRACT_WITHDRAWN, Ended.CONTRACT_DELETED)
_EXEMPTIONS = (NewcomerOutcome.EXEMPT, NewcomerOutcome.VOLUNTARY)


class Step(StrEnum):
    """What a decision did to an obligation; each one but `SAME` is announced or at least recorded."""

    SAME = "same"
    NOTED = "noted"
    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


def begins_anew(before: Obligation, decision: Decision) -> bool:
    """Whether a closed obligation stays as it is and another begins: something is, or may be, owed again."""
    anew = (NewcomerOutcome.REQUIRED, NewcomerOutcome.REVIEW, NewcomerOutcome.WAITING_FOR_SOURCE)
    return before.state is State.CLOSED and decision.outcome in anew and not _unchanged(before, decision)


def seen_after(before: Obligation | None, decision: Decision) -> Decision:
    """The decision, or a review where it would undo an exemption: from when the term then runs is for a person (`decisions.md` 4)."""
    said = before.feed if before is not None else None
    if said is None or decision.outcome is not NewcomerOutcome.REQUIRED or said.rule != "N6":
        return decision
    return replace(decision, outcome=NewcomerOutcome.REVIEW, rule="N6", reasons=("groundChanged",))


def move(before: Obligation, decision: Decision, on: date, participation: Participation | None = None) -> tuple[Obligation, Step]:
    """The obligation after a decision of `on`, and what that was.

    Met is final (`decisions.md` 4, `satisfied` is sticky) unless the contract behind it never was.
    """
    never_was = decision.outcome is NewcomerOutcome.CLOSED and not set(_NEVER_WAS).isdisjoint(decision.reasons)
    if _unchanged(before, decision) or (before.state is State.MET and not never_was):
        return before, Step.SAME
    owed = before.state in OWED
    if owed and decision.outcome is NewcomerOutcome.WAITING_FOR_SOURCE:
        return before, Step.SAME  # a source that is silent takes no obligation away
    decided = _decided(before, decision, on)
    if decision.outcome is NewcomerOutcome.REQUIRED and decision.anchor_on is not None:
        return stand(_with_terms(decided, decision.anchor_on, on), on), Step.CHANGED if owed else Step.OPENED
    if decision.outcome is NewcomerOutcome.REVIEW and owed:
        return stand(decided, on), Step.CHANGED
    noted = replace(decided, outcome=decision.outcome, rule=decision.rule, reasons=decision.reasons)
    if owed or before.state is State.MET:
        return close(noted, withdraws_overdue=never_was or _exempt_before(before, decision, participation)), Step.CLOSED
    ends = decision.outcome is NewcomerOutcome.CLOSED or before.state is State.CLOSED
    return (close(noted) if ends else replace(noted, state=State.NONE)), Step.NOTED


def _unchanged(before: Obligation, decision: Decision) -> bool:
    return (before.feed, before.anchor_on, before.moved_on) == (_said(decision), decision.anchor_on, decision.moved_on)


def _said(decision: Decision) -> FeedSaid:
    return FeedSaid(decision.outcome, decision.rule, decision.reasons)


def _decided(before: Obligation, decision: Decision, on: date) -> Obligation:
    return replace(
        before,
        rule_set=decision.rule_set,
        anchor_on=decision.anchor_on,
        moved_on=decision.moved_on,
        effective_on=on,
        feed=_said(decision),
        version=before.version + 1,
    )


def _exempt_before(before: Obligation, decision: Decision, participation: Participation | None) -> bool:
    """Whether an exemption holds from before the last day of the term, so that nobody was overdue (`decisions.md` 4)."""
    if decision.outcome not in _EXEMPTIONS or participation is None:
        return False
    since = participation.status_since
    return since is None or all(since <= term.due_on for term in before.terms if term.overdue_since)


def _with_terms(kept: Obligation, anchor: date, on: date) -> Obligation:
    """The terms from this anchor. Dates that the person was told stand when the source moves them back (`decisions.md` 4)."""
    earlier = kept.terms_from is not None and anchor < kept.terms_from
    if earlier and kept.reminded:
        return _flagged(kept, late=True)
    if kept.terms_from == anchor:
        return _flagged(kept, late=Flag.LATE_BY_SOURCE in kept.flags)
    known = {term.rule_id: term for term in kept.terms}
    terms = tuple(_carried(known.get(term.rule_id), KeptTerm(term.rule_id, term.due_on, term.statutory), on) for term in terms_from(anchor))
    moved = replace(kept, terms=terms, terms_from=anchor, received_on=on, reminded=kept.reminded if earlier else ())
    return _flagged(moved, late=any(term.due_on < on + GRACE for term in terms))


def _carried(before: KeptTerm | None, term: KeptTerm, on: date) -> KeptTerm:
    """A term with a new last day: what was told overdue stays so, unless the new day is still to come."""
    told = before is not None and before.state is TermState.OVERDUE and term.due_on < on
    return replace(term, state=TermState.OVERDUE, overdue_since=before.overdue_since) if told and before else term


def _flagged(kept: Obligation, *, late: bool) -> Obligation:
    flag = Flag.LATE_BY_MOVE if kept.moved_on is not None else Flag.LATE_BY_SOURCE if late else None
    flags = (flag,) if flag is not None else ()
    return kept if kept.flags == flags else replace(kept, flags=flags)
