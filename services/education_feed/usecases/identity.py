"""Who a person is: the register's word, else the last enrolment's; opened for the few who are announced or whose age or name matters."""

from collections.abc import Mapping, Sequence

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId, Ssin
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.education_feed.store import identities
from services.education_feed.usecases.bodies import EnrolmentBody
from vault.client import Vault
from vault.values import Erased, Purpose

DECIDING = Purpose("leaverDecision")


async def open_identities(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, PersonFacts]:
    """The identity of each of these people of whom one is known that is not erased; two openings for all."""
    if not people:
        return {}
    found = await identities.sealed(uow, people)
    vault = uow.resource(Vault)
    sent = {person: one.enrolment for person, one in found.items() if one.enrolment is not None}
    kept = {person: one.register for person, one in found.items() if one.register is not None}
    enrolments = await vault.open(list[Sealed[EnrolmentBody]](sent.values()), EnrolmentBody, DECIDING)
    registers = await vault.open(list(kept.values()), PersonFacts, DECIDING)
    known = {person: _named(body) for person, body in zip(sent, enrolments, strict=True) if not isinstance(body, Erased)}
    for person, facts in zip(kept, registers, strict=True):
        if not isinstance(facts, Erased):
            known[person] = _over(known.get(person), facts)
    return known


def _named(body: EnrolmentBody) -> PersonFacts:
    return PersonFacts(ssin=Ssin(body.ssin), family_name=body.family_name, given_name=body.given_name, birth_date=body.birth_date)


def _over(school: PersonFacts | None, register: PersonFacts) -> PersonFacts:
    """The register's word, with the school's birth date where the register has none."""
    if school is None:
        return register
    return register.model_copy(update={"birth_date": register.birth_date or school.birth_date})
