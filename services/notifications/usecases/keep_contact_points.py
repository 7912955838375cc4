"""Keeps the addresses of people: confirmed, replaced by newer ones, and suspended for both where two people share an e-mail address."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import ContactKind, Reason
from contracts.identifiers import PersonId
from contracts.notification import ContactPointConfirmed
from contracts.people import Address
from services.notifications.domain.reach import ContactPoint
from services.notifications.store import contact_points
from services.notifications.store.contact_points import NewPoint
from services.notifications.usecases.address_values import AddressMarks
from services.notifications.usecases.suspend import suspend
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

COMPARING = Purpose("contactPointComparison")

Value = Address | str


class Made(StrEnum):
    """What became of a new address; but for `kept` the edge undoes its unit."""

    KEPT = "kept"
    TAKEN = "taken"  # someone else's came under this id at the same moment
    REPLACES_NOTHING = "replacesNothing"  # this person has no such address of this kind to replace


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one contact point; `value` stands in its normal form."""

    person_id: PersonId
    point: ContactPoint
    value: Value
    replaces: UUID | None = None

    def mark(self, marks: AddressMarks) -> bytes | None:
        """What a shared e-mail address is found by; families share a house and may share a telephone."""
        return marks.mark(self.value) if self.point.kind is ContactKind.EMAIL and isinstance(self.value, str) else None


async def others(uow: UnitOfWork, said: Said) -> list[PersonId]:
    """Who else has this address; asked by the edge before it claims, and nobody puts it in meanwhile."""
    mark = said.mark(uow.resource(AddressMarks))
    rows = await contact_points.sharing(uow, mark, said.point.contact_point_id) if mark is not None else ()
    return [PersonId(row.person_id) for row in rows]


async def create(uow: UnitOfWork, said: Said) -> Made:
    """Keep a new address under its id, and let it take the place of the one it replaces."""
    person = uow.claim([said.person_id])[said.person_id]
    if said.replaces is not None and not await contact_points.replace(uow, person, said.replaces, said.point.kind):
        return Made.REPLACES_NOTHING
    (box,) = await uow.resource(Vault).seal([(person, DataClass.NOTICE, _plain(said.value))])
    if not await contact_points.keep(uow, NewPoint(person, said.point, box, said.mark(uow.resource(AddressMarks)), said.replaces)):
        return Made.TAKEN
    await _tell(uow, person, said, confirmed=said.point.confirmed_at is not None, version=1)
    return Made.KEPT


async def change(uow: UnitOfWork, said: Said, before: ContactPoint, version: int) -> None:
    """Say anew where an address comes from and whether it is confirmed; saying the same again changes nothing."""
    person = uow.claim([said.person_id])[said.person_id]
    same = (before.origin, before.changed_by, before.confirmed_at) == (said.point.origin, said.point.changed_by, said.point.confirmed_at)
    if same:
        return
    await contact_points.change(uow, said.point)
    await _tell(uow, person, said, confirmed=said.point.confirmed_at not in (None, before.confirmed_at), version=version + 1)


async def same_value(uow: UnitOfWork, said: Said) -> bool:
    """Whether this is the address that was kept under the id; one that was erased is no longer the same as any."""
    boxes = await contact_points.boxes(uow, [said.point.contact_point_id])
    opened = await uow.resource(Vault).open(list(boxes.values()), bytes, COMPARING)
    return any(not isinstance(kept, Erased) and _read(kept, said.value) == said.value for kept in opened)


async def _tell(uow: UnitOfWork, person: PersonId, said: Said, *, confirmed: bool, version: int) -> None:
    point = said.point
    if confirmed and point.confirmed_at is not None:
        uow.publish(
            [
                ContactPointConfirmed(
                    person_id=person,
                    contact_point_id=point.contact_point_id,
                    kind=point.kind,
                    confirmed_at=point.confirmed_at,
                    version=version,
                )
            ]
        )
    await _suspend_shared(uow, person, said)


async def _suspend_shared(uow: UnitOfWork, person: PersonId, said: Said) -> None:
    """From now on neither of two people is told anything with effect at an address they share (`decisions.md` 5)."""
    mark = said.mark(uow.resource(AddressMarks))
    if mark is None:
        return
    rows = [
        row
        for row in await contact_points.sharing(uow, mark, said.point.contact_point_id)
        if uow.claim([row.person_id])[row.person_id] != person
    ]
    if rows:
        await suspend(uow, [said.point.contact_point_id, *(row.contact_point_id for row in rows)], Reason.SHARED)


def _read(kept: bytes, like: Value) -> Value:
    return kept.decode() if isinstance(like, str) else Address.model_validate_json(kept)


def _plain(value: Value) -> Address | bytes:
    return value.encode() if isinstance(value, str) else value
