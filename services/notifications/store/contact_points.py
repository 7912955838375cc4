"""The statements of contact points: kept, confirmed, replaced, suspended, and found to be shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from services.notifications.domain.reach import ContactPoint
from services.notifications.store.contact_tables import contact_point

_BY_ID = select(contact_point).where(contact_point.c.contact_point_id == bindparam("id"))
# Two people who put in one address at the same moment must see each other: the second waits here for the first one's commit.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(CAST(:mark AS bigint))")
_SHARING = text("""
    SELECT contact_point_id, coalesce(merged_into, person_id) AS person_id FROM contact_point
    WHERE mark = :mark AND NOT replaced AND contact_point_id <> :id
""")
_CHANGE = text("""
    UPDATE contact_point SET
        origin = :origin, changed_by = :changed_by, confirmed_at = :confirmed_at, version = version + 1,
        suspended_for = CASE WHEN CAST(:confirmed_at AS timestamptz) > suspended_at THEN '{}' ELSE suspended_for END,
        suspended_at = CASE WHEN CAST(:confirmed_at AS timestamptz) > suspended_at THEN NULL ELSE suspended_at END
    WHERE contact_point_id = :id
""")
_REPLACE = text("""
    UPDATE contact_point SET replaced = true, version = version + 1
    WHERE contact_point_id = :id AND kind = :kind AND coalesce(merged_into, person_id) = :person
""")
_SUSPEND = text("""
    UPDATE contact_point SET suspended_for = suspended_for || CAST(:reason AS text), suspended_at = :at, version = version + 1
    WHERE contact_point_id = ANY(CAST(:ids AS uuid[])) AND NOT CAST(:reason AS text) = ANY(suspended_for) AND NOT replaced
    RETURNING contact_point_id, coalesce(merged_into, person_id) AS person_id, kind, version
""")
_BOXES = text("""
    SELECT contact_point_id, sealed_ref, box FROM contact_point WHERE contact_point_id = ANY(CAST(:ids AS uuid[])) AND box IS NOT NULL
""")
_MARK_BYTES = 8  # of a mark name its lock: a collision makes two strangers wait for each other, no more


@dataclass(frozen=True, slots=True)
class NewPoint:
    """A contact point about to be written; postal addresses have no mark, as families share them."""

    person_id: PersonId
    point: ContactPoint
    box: Sealed[bytes]
    mark: bytes | None
    replaces: UUID | None


async def by_id(uow: UnitOfWork, contact_point_id: UUID) -> Row | None:
    """This contact point."""
    return await uow.one_or_none(_BY_ID, {"id": contact_point_id})


async def sharing(uow: UnitOfWork, mark: bytes, contact_point_id: UUID) -> Sequence[Row]:
    """The other contact points of this address, of whomever; nobody else puts it in until the commit."""
    await uow.execute(_ONE_AT_A_TIME, {"mark": int.from_bytes(mark[:_MARK_BYTES], "big", signed=True)})
    return await uow.all(_SHARING, {"mark": mark, "id": contact_point_id})


async def keep(uow: UnitOfWork, new: NewPoint) -> bool:
    """Keep a new contact point; False when someone else's came under this id meanwhile."""
    kept = await uow.execute(
        insert(contact_point)
        .on_conflict_do_nothing()
        .values(
            contact_point_id=new.point.contact_point_id,
            person_id=new.person_id,
            kind=new.point.kind,
            sealed_ref=new.box.key_ref,
            box=new.box.raw,
            mark=new.mark,
            origin=new.point.origin,
            changed_by=new.point.changed_by,
            confirmed_at=new.point.confirmed_at,
            replaces=new.replaces,
        )
    )
    return bool(kept)


async def change(uow: UnitOfWork, point: ContactPoint) -> None:
    """Say anew what is known of an address that stays the same; confirmed again, it is no longer suspended."""
    said = {"origin": point.origin, "changed_by": point.changed_by, "confirmed_at": point.confirmed_at}
    await uow.execute(_CHANGE, said | {"id": point.contact_point_id})


async def replace(uow: UnitOfWork, person: PersonId, contact_point_id: UUID, kind: str) -> bool:
    """Let a newer address take the place of this one; False when the person has no such contact point of this kind."""
    return bool(await uow.execute(_REPLACE, {"id": contact_point_id, "kind": kind, "person": person}))


async def suspend(uow: UnitOfWork, ids: Sequence[UUID], reason: str, at: datetime) -> Sequence[Row]:
    """Suspend those of these that are not yet for this reason; id, person, kind and version of each."""
    return await uow.all(_SUSPEND, {"ids": list(ids), "reason": reason, "at": at})


async def boxes(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, Sealed[bytes]]:
    """The sealed addresses."""
    if not ids:
        return {}
    return {row.contact_point_id: Sealed.of(row.sealed_ref, row.box) for row in await uow.all(_BOXES, {"ids": list(ids)})}
