"""Who a person is: the registers' word where there is one, else a feed's (`facts.md` 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.identifiers import PersonId
from contracts.people import PersonFacts, Residence
from contracts.sealed import Sealed
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
    """Open what the registers say of these people; one opening for all."""
    return read(persons, await vault.open(boxes(persons), bytes, IDENTIFYING))


def boxes(persons: Mapping[PersonId, RegisterPerson]) -> list[Sealed[Any]]:
    """What is sealed of these people, in the order in which `read` wants it opened."""
    names: list[Sealed[Any]] = [kept.identity for kept in persons.values() if kept.identity is not None]
    return names + [kept.residence for kept in persons.values() if kept.residence is not None]


def read(persons: Mapping[PersonId, RegisterPerson], contents: Sequence[bytes | Erased]) -> Mapping[PersonId, Opened]:
    """What the registers say of these people, from what was in their boxes."""
    content = iter(contents)
    names = {person: next(content) for person, kept in persons.items() if kept.identity is not None}
    homes = {person: next(content) for person, kept in persons.items() if kept.residence is not None}
    return {person: Opened(facts(names.get(person)), _residence(homes.get(person))) for person in persons}


def facts(content: bytes | Erased | None) -> PersonFacts | None:
    """Who somebody is; None once that was erased."""
    return PersonFacts.model_validate_json(content) if isinstance(content, bytes) else None


def _residence(content: bytes | Erased | None) -> Residence | None:
    return Residence.model_validate_json(content) if isinstance(content, bytes) else None


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
