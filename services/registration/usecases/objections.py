"""Takes in objections, decides them, and marks those whose answer is late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.ids import uuid7
from chassis.timer_store import Timer
from chassis.timers import Due
from chassis.uow import UnitOfWork
from contracts.codes import RegistrationState
from contracts.identifiers import PersonId
from contracts.registers import ObjectionDecided, ObjectionKind, ObjectionOutcome, ObjectionReceived
from services.registration.domain.objections import answer_due_on
from services.registration.store import objections
from services.registration.store.objections import Objection
from services.registration.usecases.contest import contest, end, give_back
from services.registration.usecases.decide import decide_people
from vault.client import Vault
from vault.values import DataClass

ANSWER_LATE = "objectionAnswer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What someone decided; `motive` is in their own words, `then` is what becomes of a registration when it is upheld."""

    outcome: ObjectionOutcome
    motive: str
    decided_by: str
    then: RegistrationState = RegistrationState.ENDED


async def receive(uow: UnitOfWork, person: PersonId, kind: ObjectionKind, registration_id: UUID | None) -> Objection:
    """Keep an objection of this claimed person: from now on nothing is registered or sent until someone decided."""
    today = local_date(uow.now)
    received = Objection(uuid7(), person, kind, registration_id, today, answer_due_on(today))
    await objections.receive(uow, received)
    uow.schedule([Timer(ANSWER_LATE, str(received.objection_id), person, local_midnight(received.answer_due_on + timedelta(days=1)))])
    uow.publish(
        [
            ObjectionReceived(
                person_id=person,
                objection_id=received.objection_id,
                kind=kind,
                registration_id=registration_id,
                answer_due_on=received.answer_due_on,
                version=received.version,
            )
        ]
    )
    await contest(uow, person, received.objection_id)
    await decide_people(uow, [person])
    return received


async def decide(uow: UnitOfWork, before: Objection, verdict: Verdict) -> Objection:
    """Keep what was decided about a pending objection, and let everything held for it go on or end."""
    person = before.person_id
    [motive] = await uow.resource(Vault).seal([(person, DataClass.DOSSIER, verdict.motive.encode())])
    decided = replace(
        before,
        outcome=verdict.outcome,
        motive=motive,
        decided_by=verdict.decided_by,
        decided_on=local_date(uow.now),
        version=before.version + 1,
    )
    await objections.decide(uow, decided)
    uow.cancel(ANSWER_LATE, [before.objection_id])
    still = (await objections.standing(uow, [person])).get(person)
    if verdict.outcome is ObjectionOutcome.UPHELD and before.kind is ObjectionKind.OBJECTION:
        await end(uow, person, verdict.then)
    elif still is None:
        await give_back(uow, person)
    await decide_people(uow, [person])
    # Last: who is registered now is named to notifications by then, which can write the answer.
    uow.publish([_decided(decided)])
    return decided


async def mark_late(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The month to answer these objections is over."""
    await objections.overdue(uow, {UUID(item.subject): item.due_at for item in due})


def _decided(decided: Objection) -> ObjectionDecided:
    assert decided.outcome is not None
    assert decided.decided_on is not None
    return ObjectionDecided(
        person_id=decided.person_id,
        objection_id=decided.objection_id,
        kind=decided.kind,
        outcome=decided.outcome,
        registration_id=decided.registration_id,
        decided_on=decided.decided_on,
        version=decided.version,
    )
