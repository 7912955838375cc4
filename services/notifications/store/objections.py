"""The statements of objections that nobody has decided yet: until then nothing goes out but answers to objections."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_BEGIN = text("""
    INSERT INTO undecided_objection (objection_id, person_id)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[])) ON CONFLICT (objection_id) DO NOTHING
""")
_END = text("DELETE FROM undecided_objection WHERE objection_id = ANY(CAST(:ids AS uuid[]))")
_UNDECIDED = text("""
    SELECT DISTINCT coalesce(merged_into, person_id) AS person_id FROM undecided_objection
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
""")


async def begin(uow: UnitOfWork, received: Sequence[tuple[UUID, PersonId]]) -> None:
    """These were received."""
    await uow.execute(_BEGIN, {"ids": [one for one, _ in received], "people": [person for _, person in received]})


async def end(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """These were decided."""
    await uow.execute(_END, {"ids": list(ids)})


async def undecided(uow: UnitOfWork, people: Iterable[PersonId]) -> frozenset[PersonId]:
    """Those of these people of whom an objection waits for its decision."""
    return frozenset(PersonId(row.person_id) for row in await uow.all(_UNDECIDED, {"people": list(set(people))}))
