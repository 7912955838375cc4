"""Who a person is: the registers' word where there is one, else a feed's (`facts.md` 1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.identifiers import PersonId
from contracts.people import PersonFacts, Residence
from services.registration.store.people import RegisterPerson
from vault.client import Vault
from vault.values import Erased, Purpose

IDENTIFYING = Purpose("personIdentity")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the registers say of a person, opened."""

    identity: PersonFacts | None = None
    residence: Residence | None = None


async def identities(vault: Vault, persons: Mapping[PersonId, RegisterPerson]) -> Mapping[PersonId, Opened]:
    """Open what the registers say of these people; one opening for identities, one for residences."""
    named = [(person, kept.identity) for person, kept in persons.items() if kept.identity is not None]
    housed = [(person, kept.residence) for person, kept in persons.items() if kept.residence is not None]
    names = await vault.open([box for _, box in named], PersonFacts, IDENTIFYING)
    homes = await vault.open([box for _, box in housed], Residence, IDENTIFYING)
    known = {person: facts for (person, _), facts in zip(named, names, strict=True) if not isinstance(facts, Erased)}
    at_home = {person: home for (person, _), home in zip(housed, homes, strict=True) if not isinstance(home, Erased)}
    return {person: Opened(known.get(person), at_home.get(person)) for person in persons}


def composed(register: Opened | None, feed: PersonFacts) -> PersonFacts:
    """One description of a person: name and birth date of the register, else of the feed; the address of the main residence."""
    best = register.identity if register is not None and register.identity is not None else feed
    residence = register.residence if register is not None else None
    return best.model_copy(
        update={
            "birth_date": best.birth_date or feed.birth_date,
            "contact_language": feed.contact_language,
            "address": residence.address if residence is not None else None,
        }
    )
