"""What the rest of the hub and the agency hear when an obligation moves: events, timers, outcomes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.clock import local_midnight
from chassis.intake import outcomes
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Duty, NewcomerOutcome, Result
from contracts.identifiers import PersonId
from contracts.integration import ObligationChanged, ObligationClosed, ObligationOpened, StudyPeriod, Term
from contracts.people import Fact, FeedDecision, PersonFacts
from contracts.registry import Event
from services.integration_feed.domain.obligations import Obligation, State, Step
from services.integration_feed.domain.rules import Decision
from services.integration_feed.domain.terms import REMINDER_RULES
from services.integration_feed.store.people import KnownPerson
from vault.client import Vault
from vault.values import DataClass

# What the agency is told for each outcome of the feed; the registration itself comes later as an outcome that supersedes this one.
_RESULTS = {
    NewcomerOutcome.REVIEW: Result.HELD,
    NewcomerOutcome.WAITING_FOR_SOURCE: Result.WAITING,
    NewcomerOutcome.PARKED: Result.PARKED,
}


@dataclass(frozen=True, slots=True)
class Move:
    """One obligation before and after a decision."""

    person_id: PersonId
    record: KnownPerson
    identity: PersonFacts | None
    before: Obligation
    after: Obligation
    step: Step
    decision: Decision


async def moves(uow: UnitOfWork, moved: Sequence[Move]) -> None:
    """Tell everyone concerned; one sealing for all."""
    told = [move for move in moved if move.step in (Step.OPENED, Step.CHANGED) and move.identity is not None]
    vault = uow.resource(Vault)
    sealed = await vault.seal(
        [(move.person_id, DataClass.DOSSIER, _facts(move)) for move in told]
        + [(move.person_id, DataClass.DOSSIER, feed_decision(move.decision, move.after.effective_on)) for move in told]
    )
    for index, move in enumerate(told):
        uow.publish([_state_event(move, sealed[index], sealed[len(told) + index])])
    for move in moved:
        if move.step is Step.CLOSED:
            uow.publish([_closed(move)])
        _timers(uow, move)
    await outcomes.record(uow, [outcome for move in moved for outcome in _outcomes(move)])


def terms(obligation: Obligation) -> tuple[Term, ...]:
    """The terms as events carry them; each ends at the midnight after its last day."""
    return tuple(
        Term(rule_id=term.rule_id, due_on=term.due_on, due_at=local_midnight(term.due_on + timedelta(days=1)), state=term.state)
        for term in obligation.terms
    )


def feed_decision(decision: Decision, due_on: date) -> FeedDecision:
    """The feed's half of the explanation."""
    facts = [Fact(name="anchorOn", value=decision.anchor_on.isoformat(), source="agency")] if decision.anchor_on else []
    return FeedDecision(
        outcome=decision.outcome,
        rule_id=decision.rule,
        rule_set=decision.rule_set,
        due_on=due_on,
        reasons=decision.reasons,
        facts=tuple(facts),
    )


def _facts(move: Move) -> PersonFacts:
    assert move.identity is not None
    return move.identity.model_copy(update={"contact_language": move.record.contact_language})


def _state_event(move: Move, person: object, decision: object) -> Event:
    after = move.after
    status = move.record.participation.status if move.record.participation else None
    studies = move.record.studies
    common = {
        "person_id": move.person_id,
        "obligation_id": after.obligation_id,
        "contract_id": after.contract_id,
        "agency": after.agency,
        "version": after.version,
        "effective_on": after.effective_on,
        "anchor_on": after.anchor_on,
        "outcome": after.outcome,
        "rule_id": after.rule,
        "rule_set": after.rule_set,
        "terms": terms(after),
        "flags": after.flags,
        "person": person,
        "decision": decision,
        "duty": Duty(status) if status in set(Duty) else None,
        "full_time_study": StudyPeriod(starts_on=studies[0], ends_on=studies[1]) if studies else None,
    }
    if move.step is Step.OPENED:
        return ObligationOpened.model_validate(common)
    return ObligationChanged.model_validate(common | {"reasons": after.reasons})


def _closed(move: Move) -> Event:
    after = move.after
    return ObligationClosed(
        person_id=move.person_id,
        obligation_id=after.obligation_id,
        contract_id=after.contract_id,
        agency=after.agency,
        version=after.version,
        effective_on=after.effective_on,
        outcome=after.outcome,
        rule_id=after.rule,
        reasons=after.reasons,
        overdue_withdrawn=any(term.overdue_since for term in after.terms),
    )


def _timers(uow: UnitOfWork, move: Move) -> None:
    again = look_again(move)
    if again is not None:
        uow.schedule([Timer("lookAgain", str(move.person_id), move.person_id, local_midnight(again))])
    if move.step is Step.SAME:
        return
    subjects = [f"{move.after.obligation_id}:{rule.id}" for rule in REMINDER_RULES]
    ends = [f"{move.after.obligation_id}:{term.rule_id}" for term in (*move.before.terms, *move.after.terms)]
    uow.cancel("reminder", subjects)
    uow.cancel("termEnd", ends)
    if move.after.state is State.OPEN:
        uow.schedule(_clock(move))


def _clock(move: Move) -> Iterator[Timer]:
    after = move.after
    for term in after.terms:
        due_at = local_midnight(term.due_on + timedelta(days=1))
        yield Timer("termEnd", f"{after.obligation_id}:{term.rule_id}", move.person_id, due_at, {"ruleId": term.rule_id})
    for rule in REMINDER_RULES:
        if after.anchor_on is not None and rule.valid_from <= after.anchor_on:
            due_at = local_midnight(after.anchor_on + timedelta(days=rule.days))
            yield Timer("reminder", f"{after.obligation_id}:{rule.id}", move.person_id, due_at, {"purpose": rule.id})


def look_again(move: Move) -> date | None:
    """The next day on which the answer can change by itself: an 18th birthday, a title that begins or ends."""
    if move.after.state in (State.MET, State.CLOSED):
        return None
    titles = move.record.participation.titles if move.record.participation else ()
    edges = [title.valid_from for title in titles] + [title.valid_to + timedelta(days=1) for title in titles if title.valid_to]
    days = [day for day in (*edges, move.decision.look_again_on) if day is not None and day > move.after.effective_on]
    return min(days, default=None)


def _outcomes(move: Move) -> Iterator[outcomes.Outcome]:
    if move.after.state is State.MET:
        return
    result = _RESULTS.get(move.after.outcome, Result.ACCEPTED)
    for contract in move.record.contracts:
        yield outcomes.Outcome(
            organisation=contract.organisation,
            kind="contract",
            reference=contract.reference,
            source_version=contract.source_version,
            person_id=move.person_id,
            result=result,
            reason=_reason(move.after) if contract.ended is None else contract.ended.value,
            details={"obligationId": str(move.after.obligation_id), "registered": False},
        )


def _reason(after: Obligation) -> str:
    """The outcome's code; of one that only repeats the result, what is behind it."""
    return next(iter(after.reasons), after.outcome) if after.outcome is NewcomerOutcome.PARKED else after.outcome
