"""Where letters to people go, as the register last said."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import Address
from contracts.sealed import Sealed
from services.notifications.store import addresses
from vault.client import Vault
from vault.values import Erased, Purpose


@dataclass(frozen=True, slots=True)
class Post:
    """Where letters to a person go."""

    address: Address
    box: Sealed[bytes]


async def post_of(uow: UnitOfWork, people: Sequence[PersonId], purpose: Purpose) -> dict[PersonId, Post]:
    """The addresses of these people, opened in one call; someone without one, or whose data was erased, is left out."""
    boxes = await addresses.known(uow, list(dict.fromkeys(people)))
    opened = await uow.resource(Vault).open(list(boxes.values()), bytes, purpose)
    return {
        person: Post(Address.model_validate_json(said), box)
        for (person, box), said in zip(boxes.items(), opened, strict=True)
        if not isinstance(said, Erased)
    }
