"""Keeps where a person lawfully gets post, and lets go the notices that waited for it."""

from collections.abc import Mapping, Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Channel, PersonChangeKind, Reason
from contracts.identifiers import PersonId
from contracts.people import Address, PersonFacts
from contracts.persons import PersonChanged
from contracts.sealed import Sealed
from services.notifications.store import addresses, notices
from services.notifications.usecases.intend import Intended, intend
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
    sealed = dict(zip(moved, boxes, strict=True))
    await _release(uow, {person: (address, sealed[person]) for person, (address, _) in moved.items() if person in kept})


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


async def _release(uow: UnitOfWork, known: Mapping[PersonId, tuple[Address, Sealed[bytes]]]) -> None:
    """Intend the delivery of every notice that waited for one of these addresses."""
    waiting = await notices.waiting_for_address(uow, list(known)) if known else ()
    if not waiting:
        return
    await intend(
        uow,
        [
            Intended(
                person_id=PersonId(row.person_id),
                notice_id=row.notice_id,
                channel=Channel(row.channel),
                rule_id=row.channel_rule,
                target=known[PersonId(row.person_id)][0],
                box=known[PersonId(row.person_id)][1],
            )
            for row in waiting
        ],
    )
    await notices.close_tasks(uow, [row.notice_id for row in waiting], uow.now)
