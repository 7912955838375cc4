"""Who a person is: the register's word where there is one, else the leading contract's (`facts.md` 1)."""

from collections.abc import Mapping

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.integration_feed.store.people import KnownPerson
from vault.client import Vault
from vault.values import Erased, Purpose

DECIDING = Purpose("newcomerDecision")


async def open_identities(uow: UnitOfWork, records: Mapping[PersonId, KnownPerson]) -> Mapping[PersonId, PersonFacts]:
    """The identity of each person who has one that is not erased, with the language of contact; one opening for all."""
    boxes = [(person, box) for person, record in records.items() for box in (record.named, record.identity) if box is not None]
    opened = await uow.resource(Vault).open([box for _, box in boxes], PersonFacts, DECIDING)
    found: dict[PersonId, PersonFacts] = {}
    for (person, _), facts in zip(boxes, opened, strict=True):
        if not isinstance(facts, Erased):
            found[person] = _over(found.get(person), facts)
    return {person: facts.model_copy(update={"contact_language": records[person].contact_language}) for person, facts in found.items()}


def _over(agency: PersonFacts | None, register: PersonFacts) -> PersonFacts:
    """The register's word, with the agency's birth date where the register has none."""
    if agency is None:
        return register
    return register.model_copy(update={"birth_date": register.birth_date or agency.birth_date})
