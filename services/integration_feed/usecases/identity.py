"""Who a person is: the register's word where there is one, else the leading contract's (`facts.md` 1)."""

from collections.abc import Mapping

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.integration_feed.store.people import KnownPerson
from vault.client import Vault
from vault.values import Erased, Purpose

DECIDING = Purpose("newcomerDecision")


async def open_identities(uow: UnitOfWork, records: Mapping[PersonId, KnownPerson]) -> Mapping[PersonId, PersonFacts]:
    """The identity of each person who has one that is not erased, with the language of contact.

    What an agency wrote is opened only where the register says nothing, or no birth date.
    """
    registered = await _opened(uow, {person: record.identity for person, record in records.items() if record.identity is not None})
    lacking = [person for person in records if (facts := registered.get(person)) is None or facts.birth_date is None]
    named = await _opened(uow, {person: box for person in lacking if (box := records[person].named) is not None})
    found = {**named, **{person: _over(named.get(person), facts) for person, facts in registered.items()}}
    return {person: facts.model_copy(update={"contact_language": records[person].contact_language}) for person, facts in found.items()}


async def _opened(uow: UnitOfWork, boxes: Mapping[PersonId, Sealed[PersonFacts]]) -> dict[PersonId, PersonFacts]:
    """One opening for all; whoever was erased is left out."""
    if not boxes:
        return {}
    opened = await uow.resource(Vault).open(list(boxes.values()), PersonFacts, DECIDING)
    return {person: facts for person, facts in zip(boxes, opened, strict=True) if not isinstance(facts, Erased)}


def _over(agency: PersonFacts | None, register: PersonFacts) -> PersonFacts:
    """The register's word, with the agency's birth date, asked for where the register has none."""
    if agency is None or agency.birth_date is None:
        return register
    return register.model_copy(update={"birth_date": agency.birth_date})
