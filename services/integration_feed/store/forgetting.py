"""What goes when a person is erased, and how someone who is reported again is followed again."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

# Titles, right to work, study and language stand in the open; of a contract its dates stay, as the obligation rests on them.
_FORGET = (
    text("DELETE FROM participant WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("UPDATE contract SET identity = NULL WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("DELETE FROM newcomer WHERE person_id = ANY(CAST(:people AS uuid[])) AND NOT person_id = ANY(CAST(:survivors AS uuid[]))"),
    text("""
        INSERT INTO newcomer AS n (person_id, ended) SELECT unnest(CAST(:survivors AS uuid[])), 'erased'
        ON CONFLICT (person_id) DO UPDATE SET
            identity = NULL, region = NULL, region_since = NULL, region_before = NULL, "unknown" = false,
            ended = CASE WHEN n.ended = 'deceased' THEN n.ended ELSE 'erased' END
    """),
)
_RETURNED = text("UPDATE newcomer SET ended = NULL WHERE person_id = ANY(CAST(:people AS uuid[])) AND ended = 'erased'")


async def forget(uow: UnitOfWork, survivors: Sequence[PersonId], erased: Sequence[PersonId]) -> None:
    """Forget all of these ids; their survivors are marked as erased."""
    if survivors:
        params = {"people": list(erased), "survivors": list(survivors)}
        for statement in _FORGET:
            await uow.execute(statement, params)


async def returned(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """These people, erased before, are followed again."""
    await uow.execute(_RETURNED, {"people": list(people)})
