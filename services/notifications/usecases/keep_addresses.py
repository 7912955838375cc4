"""Keeps where a person lawfully gets post, and lets go the notices that waited for it."""

from collections.abc import Iterable, Mapping, Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import PersonChangeKind, Reason
from contracts.identifiers import PersonId
from contracts.people import Address, PersonFacts
from contracts.persons import PersonChanged, PersonDeceased
from contracts.sealed import Sealed
from services.notifications.store import addresses
from services.notifications.usecases.send_waiting import send_waiting
from services.notifications.usecases.withdraw import withdraw_of_people
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

KEEPING = Purpose("postalAddress")

# Where the register's word means that nobody lives at the old address any more.
_GONE = {
    PersonChangeKind.ABROAD: Reason.ABROAD,
    PersonChangeKind.STRUCK_OFF: Reason.STRUCK_OFF,
    PersonChangeKind.RESIDENCE_LOST: Reason.RESIDENCE_LOST,
}
# Someone who left the country or the register is no longer told; one without a residence still is, once there is an address.
_NO_LONGER_TOLD = (PersonChangeKind.ABROAD, PersonChangeKind.STRUCK_OFF)


async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """Keep new addresses, forget old ones, and send what waited."""
    survivors = uow.claim(event.data.person_id for event in events)
    moved = await _moved(uow, events, survivors)
    gone = [event.data for event in events if event.data.kind in _GONE]
    boxes = await uow.resource(Vault).seal([(person, DataClass.NOTICE, address) for person, (address, _) in moved.items()])
    said: list[tuple[PersonId, Sealed[bytes] | None, int]] = [
        (person, box, version) for (person, (_, version)), box in zip(moved.items(), boxes, strict=True)
    ]
    said += [(survivors[changed.person_id], None, changed.version) for changed in gone]
    kept = await addresses.keep(uow, said)
    for kind in _NO_LONGER_TOLD:
        left = [survivors[changed.person_id] for changed in gone if changed.kind is kind]
        if left:
            await withdraw_of_people(uow, left, _GONE[kind])
    await send_waiting(uow, [person for person in moved if person in kept])


async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """Nothing is sent to the dead any more, and what fails on its way to them does not go to where they lived."""
    survivors = uow.claim(event.data.person_id for event in events)
    await addresses.bury(uow, [(survivors[event.data.person_id], event.data.version) for event in events])
    await withdraw_of_people(uow, list(survivors.values()), Reason.DECEASED)


async def nothing_to_the_dead(uow: UnitOfWork, people: Iterable[PersonId]) -> None:
    """Withdraw what was asked for after their death was known: it was announced over another topic, or was parked meanwhile."""
    await withdraw_of_people(uow, list(await addresses.dead(uow, uow.claim(people).values())), Reason.DECEASED)


async def _moved(
    uow: UnitOfWork, events: Sequence[Received[PersonChanged]], survivors: Mapping[PersonId, PersonId]
) -> dict[PersonId, tuple[Address, int]]:
    """The address and version of each person whose residence changed to somewhere a letter can go."""
    told = [(event.data, event.data.person) for event in events if event.data.kind is PersonChangeKind.RESIDENCE and event.data.person]
    opened = await uow.resource(Vault).open([box for _, box in told], PersonFacts, KEEPING)
    found = {}
    for (changed, _), person in zip(told, opened, strict=True):
        if not isinstance(person, Erased) and person.address is not None:
            found[survivors[changed.person_id]] = person.address, changed.version
    return found
