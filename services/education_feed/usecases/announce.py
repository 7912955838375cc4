"""What registration hears when a decision about a leave is a new one: detected, for a person to look at, or taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import LeaverOutcome
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.identifiers import PersonId
from contracts.people import Fact, FeedDecision, PersonFacts
from contracts.registry import Event
from contracts.sealed import Sealed
from services.education_feed.domain.cases import CaseDecision
from vault.client import Vault
from vault.values import DataClass


@dataclass(frozen=True, slots=True)
class Announcement:
    """A decision that registration is to hear of, under the version that this makes."""

    person_id: PersonId
    case_id: UUID
    version: int
    decision: CaseDecision
    identity: PersonFacts | None  # None when it takes back what was announced


async def announce(uow: UnitOfWork, news: Sequence[Announcement]) -> None:
    """Tell registration; one sealing for all."""
    states = [(one, one.identity) for one in news if one.identity is not None]
    boxes = await uow.resource(Vault).seal(
        [(one.person_id, DataClass.DOSSIER, facts) for one, facts in states]
        + [(one.person_id, DataClass.DOSSIER, _explanation(one.decision)) for one, _ in states]
    )
    uow.publish(_state(one, boxes[index], boxes[len(states) + index]) for index, (one, _) in enumerate(states))
    uow.publish(LeaverRetracted.model_validate(_common(one)) for one in news if one.identity is None)


def _common(one: Announcement) -> Mapping[str, object]:
    decision = one.decision
    return {
        "person_id": one.person_id,
        "case_id": one.case_id,
        "school_year": decision.school_year,
        "outcome": decision.outcome,
        "rule_id": decision.rule,
        "rule_set": decision.rule_set,
        "reasons": decision.reasons,
        "effective_on": decision.effective_on,
        "version": one.version,
    }


def _state(one: Announcement, person: Sealed[PersonFacts], explanation: Sealed[FeedDecision]) -> Event:
    decision = one.decision
    said = {
        **_common(one),
        "left_on": decision.left_on,
        "complete_at": decision.complete_at,
        "flags": decision.flags,
        "person": person,
        "decision": explanation,
    }
    kind = LeaverDetected if decision.outcome is LeaverOutcome.DETECTED else LeaverReviewNeeded
    return kind.model_validate(said)


def _explanation(decision: CaseDecision) -> FeedDecision:
    return FeedDecision(
        outcome=decision.outcome,
        rule_id=decision.rule,
        rule_set=decision.rule_set,
        due_on=decision.effective_on,
        reasons=decision.reasons,
        facts=tuple(Fact(name=fact.name, value=fact.value, source=fact.source, known_on=fact.known_on) for fact in decision.facts),
    )
