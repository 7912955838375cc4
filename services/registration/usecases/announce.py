"""What the hub hears of a registration: registered, linked, held, declined, revised, withdrawn, ended; the addressee travels sealed."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from chassis.clock import local_midnight
from chassis.uow import UnitOfWork
from contracts.codes import RegistrationState
from contracts.people import PersonFacts
from contracts.registration import (
    RegistrationDeclined,
    RegistrationEnded,
    RegistrationHeld,
    RegistrationLinked,
    RegistrationRegistered,
    RegistrationRevised,
    RegistrationWithdrawn,
)
from contracts.registry import Event
from contracts.sealed import Sealed
from services.registration.store.registrations import Registration
from services.registration.usecases.answer import Answer
from services.registration.usecases.identity import composed, identities
from vault.client import Vault
from vault.values import DataClass, Purpose

ADDRESSING = Purpose("registrationConfirmation")


async def answers(uow: UnitOfWork, given: Sequence[Answer]) -> None:
    """Announce every answer; one sealing for all that are registered."""
    registered = [answer for answer in given if answer.decision.state is RegistrationState.REGISTERED]
    persons = await _addressees(uow, registered)
    uow.publish(event for answer in given for event in _events(answer, persons))


async def _addressees(uow: UnitOfWork, registered: Sequence[Answer]) -> Mapping[UUID, Sealed[PersonFacts]]:
    """What the letter needs of each person: the register's word where it has one, else the feed's."""
    vault = uow.resource(Vault)
    unopened = {answer.case.person_id: answer.person for answer in registered if answer.register is None}
    known = {**await identities(vault, unopened), **{answer.case.person_id: answer.register for answer in registered if answer.register}}
    letters = [(answer, composed(known.get(answer.case.person_id), answer.named)) for answer in registered if answer.named is not None]
    sealed = await vault.seal([(answer.case.person_id, DataClass.NOTICE, facts) for answer, facts in letters])
    return {answer.case.case_id: box for (answer, _), box in zip(letters, sealed, strict=True)}


def _events(answer: Answer, persons: Mapping[UUID, Sealed[PersonFacts]]) -> Iterator[Event]:
    after, common = answer.after, said(answer.after)
    match answer.decision.state:
        case RegistrationState.REGISTERED:
            addressed = {
                "category": after.category,
                "period": answer.case.period,
                "flags": answer.case.flags,
                "insertion_starts_on": after.insertion.starts_on if after.insertion else None,
            }
            yield RegistrationRegistered.model_validate(common | addressed | {"person": persons[after.case_id]})
        case RegistrationState.LINKED if answer.jobseeker is not None:
            known = {
                "category": answer.jobseeker.category,
                "registered_on": answer.jobseeker.registered_on,
                "origin": answer.jobseeker.origin,
            }
            yield RegistrationLinked.model_validate(common | known)
        case RegistrationState.DECLINED:
            yield RegistrationDeclined.model_validate(common)
        case _ if after.state is RegistrationState.REVISED:
            yield RegistrationRevised.model_validate(common)
        case _:
            again = answer.decision.look_again_on
            yield RegistrationHeld.model_validate(common | {"next_check_at": local_midnight(again) if again else None})


def moved(item: Registration) -> Event:
    """What the hub hears when a registration changed without being decided by the rules."""
    match item.state:
        case RegistrationState.WITHDRAWN:
            return RegistrationWithdrawn.model_validate(said(item))
        case RegistrationState.DECLINED:
            return RegistrationDeclined.model_validate(said(item))
        case RegistrationState.ENDED:
            return RegistrationEnded.model_validate(said(item) | {"ended_on": item.ended_on})
        case _:
            return RegistrationRevised.model_validate(said(item))


def said(item: Registration) -> dict[str, object]:
    """What every event about a registration carries, as it now stands."""
    return {
        "person_id": item.person_id,
        "registration_id": item.registration_id,
        "case_id": item.case_id,
        "cause": item.cause,
        "state": item.state,
        "outcome": item.outcome,
        "rule_id": item.rule,
        "rule_set": item.rule_set,
        "reasons": item.reasons,
        "effective_on": item.effective_on,
        "version": item.version,
    }
