"""Has a letter written to a school leaver who is held: that VDAB has their data, from whom and why (GDPR, article 14)."""

from chassis.uow import UnitOfWork
from contracts.people import PersonFacts
from contracts.registration import InformationLetterApproved
from services.registration.domain.terms import KeptTerm, Standing, TermKind
from services.registration.store import leaver_cases, people, terms
from services.registration.store.registrations import Registration
from services.registration.usecases.identity import composed, identities
from services.registration.usecases.terms import informed
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

_INFORMING = Purpose("informationLetter")
# Neither to who was told already, nor while an objection is undecided.
_WAITS = (Standing.RUNNING, Standing.OVERDUE)


async def waits_for_letter(uow: UnitOfWork, item: Registration) -> KeptTerm | None:
    """The term inside which this person is to be informed, where that is still to be done."""
    kept = (await terms.of_registrations(uow, [item.registration_id]))[item.registration_id]
    return next((term for term in kept if term.kind is TermKind.INFORMATION and term.state in _WAITS and not term.final), None)


async def approve(uow: UnitOfWork, item: Registration, kept: KeptTerm, approved_by: str) -> KeptTerm | None:
    """Let notifications write the letter; None when the person was erased meanwhile."""
    vault, person = uow.resource(Vault), item.person_id
    case = (await leaver_cases.by_id(uow, [item.case_id]))[item.case_id]
    [named] = await vault.open([case.person], PersonFacts, _INFORMING)
    if isinstance(named, Erased):
        return None
    register = await identities(vault, await people.persons(uow, [person]))
    [box] = await vault.seal([(person, DataClass.NOTICE, composed(register.get(person), named))])
    met = await informed(uow, kept, approved_by)
    uow.publish(
        [
            InformationLetterApproved(
                person_id=person,
                registration_id=item.registration_id,
                case_id=item.case_id,
                period=case.period,
                received_on=kept.anchor_on,
                version=met.version,
                person=box,
            )
        ]
    )
    return met
