"""What a person must look at, and what was decided about it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, insert, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.rows import Row
from chassis.uow import UnitOfWork
from services.registration.store.tables import review_decision

# A registration is contested by an objection, which has doors of its own; what gave way to another is decided there.
_OPEN = text("""
    SELECT registration_id FROM registration
    WHERE (state IN ('review', 'revised') OR outcome = 'review') AND state <> 'contested' AND gave_way_to IS NULL
          AND (CAST(:after AS uuid) IS NULL OR registration_id > :after)
    ORDER BY registration_id LIMIT :count
""").bindparams(bindparam("after", type_=SQL_UUID))
_KEPT = text("""
    SELECT decision, decided_by, second_person, decided_at, version FROM review_decision WHERE registration_id = :id ORDER BY version
""")


async def open_ids(uow: UnitOfWork, after: UUID | None, count: int) -> Sequence[UUID]:
    """Registrations that somebody must look at, oldest first, after that one."""
    return [UUID(str(row.registration_id)) for row in await uow.all(_OPEN, {"after": after, "count": count})]


async def keep(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Keep what a person decided; it is never changed."""
    await uow.execute(insert(review_decision), row)


async def decided(uow: UnitOfWork, registration_id: UUID) -> Sequence[Row]:
    """What people decided about this registration, oldest first."""
    return await uow.all(_KEPT, {"id": registration_id})
