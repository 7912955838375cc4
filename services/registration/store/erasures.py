"""Erasures on their way, and what registration itself clears of people who were erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text

from chassis.db import Connection
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.registration.store.objection_tables import erasure

_OPEN = text("SELECT erasure_id FROM erasure WHERE done_at IS NULL ORDER BY requested_at LIMIT 100")
_CARRIED = text("""
    UPDATE erasure SET erased_ids = :erased_ids, held = :held, erased_at = :erased_at, effective_at = :effective_at
    WHERE erasure_id = :erasure_id
""")
_DONE = text("UPDATE erasure SET done_at = clock_timestamp() WHERE erasure_id = :erasure_id AND done_at IS NULL")
# Facts about a person that stand here in the open; what was decided stays, with its reasons in codes.
_CLEAR = (
    text("DELETE FROM person_change WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("DELETE FROM employment WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("DELETE FROM assessment WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    # What was met stays so, and nobody is left whom a term that runs could be about; why one closed said how the person stands.
    text("""
        UPDATE term SET state = CASE state WHEN 'met' THEN 'met' ELSE 'closed' END, final = true, waits = false,
                        reason = CASE state WHEN 'met' THEN NULL ELSE 'erased' END
        WHERE person_id = ANY(CAST(:people AS uuid[]))
    """),
    text("""
        UPDATE register_person SET identity = NULL, identity_on = NULL, residence = NULL, residence_on = NULL, region_before = NULL,
                                   region_since = NULL, version = version + 1
        WHERE person_id = ANY(CAST(:people AS uuid[]))
    """),
    text("UPDATE newcomer_case SET study_starts_on = NULL, study_ends_on = NULL WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("UPDATE objection SET motive = NULL WHERE person_id = ANY(CAST(:people AS uuid[]))"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An erasure that someone asked for and somebody else approved."""

    erasure_id: UUID
    person_id: PersonId
    ground: str
    classes: tuple[str, ...]
    requested_by: str
    approved_by: str
    requested_at: datetime
    effective_at: datetime  # an estimate until the vault has done it


ErasureRow = Row


async def ask(uow: UnitOfWork, wanted: Wanted) -> None:
    """Keep what is wanted; the worker carries it out."""
    await uow.execute(
        insert(erasure),
        {
            "erasure_id": wanted.erasure_id,
            "person_id": wanted.person_id,
            "ground": wanted.ground,
            "classes": list(wanted.classes),
            "requested_by": wanted.requested_by,
            "approved_by": wanted.approved_by,
            "requested_at": wanted.requested_at,
            "effective_at": wanted.effective_at,
        },
    )


async def by_id(uow: UnitOfWork, erasure_id: UUID) -> ErasureRow | None:
    """One erasure as it stands."""
    return await uow.one_or_none(select(erasure).where(erasure.c.erasure_id == erasure_id))


async def unfinished(connection: Connection) -> list[UUID]:
    """The erasures that are not done, oldest first."""
    return [row.erasure_id for row in await connection.execute(_OPEN)]


async def carried(
    uow: UnitOfWork, erasure_id: UUID, *, people: Sequence[PersonId], held: Sequence[str], at: datetime, effective_at: datetime
) -> None:
    """The vault destroyed the keys; from `effective_at` on no process holds one."""
    said = {"erased_ids": list(people), "held": list(held), "erased_at": at, "effective_at": effective_at}
    await uow.execute(_CARRIED, said | {"erasure_id": erasure_id})


async def done(uow: UnitOfWork, erasure_id: UUID) -> bool:
    """It is told to everyone; False when it was already."""
    return bool(await uow.execute(_DONE, {"erasure_id": erasure_id}))


async def clear(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """Forget what stands here in the open of these ids."""
    for statement in _CLEAR:
        await uow.execute(statement, {"people": list(people)})
