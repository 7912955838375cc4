"""What an agency is told of a record it sent: never more than the obligation, and whether and when the person was registered."""

from collections.abc import Iterable, Iterator
from typing import Any

from chassis.intake.outcomes import Outcome
from contracts.codes import NewcomerOutcome, Result
from contracts.identifiers import PersonId
from services.integration_feed.domain.contracts import VOID, Contract
from services.integration_feed.domain.obligations import OWED, Obligation, State

# What is told of each outcome of the feed's own rules.
_RESULTS = {
    NewcomerOutcome.REVIEW: Result.HELD,
    NewcomerOutcome.WAITING_FOR_SOURCE: Result.WAITING,
    NewcomerOutcome.PARKED: Result.PARKED,
}
# Registration's answer that VDAB knew the person already.
_REGISTERED_ALREADY = "N10"


def outcomes_of(person: PersonId, kept: Obligation, contracts: Iterable[Contract]) -> Iterator[Outcome]:
    """The present outcome of every contract that this obligation rests on."""
    details = _details(kept)
    for contract in contracts:
        result, reason = _told(kept, contract)
        yield Outcome(contract.organisation, "contract", contract.reference, contract.source_version, result, reason, person, details)


def _told(kept: Obligation, contract: Contract) -> tuple[Result, str | None]:
    if contract.ended is not None:
        return Result.WITHDRAWN if contract.ended in VOID else Result.ACCEPTED, contract.ended.value
    if kept.state is State.MET:
        return Result.LINKED if kept.rule == _REGISTERED_ALREADY else Result.REGISTERED, None
    if any(term.overdue_since and term.statutory for term in kept.terms):
        return Result.ACCEPTED, "overdue"
    if kept.state in OWED:
        return _told_owed(kept)
    reason = next(iter(kept.reasons), kept.outcome) if kept.outcome is NewcomerOutcome.PARKED else kept.outcome
    return _RESULTS.get(kept.outcome, Result.ACCEPTED), reason


def _told_owed(kept: Obligation) -> tuple[Result, str]:
    """Why registration holds a case tells of work, study or a status at VDAB; the agency hears only that a person looks."""
    if kept.state is State.HELD:
        return Result.HELD, NewcomerOutcome.REVIEW
    if kept.answer is not None:
        return Result.WAITING if kept.answer.waits else Result.HELD, next(iter(kept.answer.reasons), kept.outcome)
    return Result.ACCEPTED, kept.outcome


def _details(kept: Obligation) -> dict[str, Any]:
    details: dict[str, Any] = {"obligationId": str(kept.obligation_id), "registered": kept.registered_on is not None}
    if kept.registered_on is not None:
        details["registeredOn"] = kept.registered_on.isoformat()
    # The term of policy is for the figures only (`decisions.md` 4).
    told = [term for term in kept.terms if term.overdue_since and term.statutory]
    if told:
        details["overdue"] = [
            # The feed hears of no notice: that the person was told with effect is for who knows it to add.
            {"ruleId": term.rule_id, "dueOn": term.due_on.isoformat(), "notice": "notNotified"}
            for term in told
        ]
    return details
