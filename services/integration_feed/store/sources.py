"""The watermarks of sources: those pushed to this service's own door, and those heard from registration."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.registers import SourceChanged

_HEAR = text("""
    INSERT INTO heard_source AS s (name, state, complete_until, version) VALUES (:name, :state, :complete_until, :version)
    ON CONFLICT (name) DO UPDATE SET state = excluded.state, complete_until = excluded.complete_until, version = excluded.version
    WHERE s.version < excluded.version
""")
_COVERS = text("SELECT 1 FROM heard_source WHERE name = :name AND state = 'available' AND complete_until >= :day")
_WAITING = text(
    "SELECT person_id FROM obligation WHERE outcome = 'waitingForSource' AND state <> 'closed' AND :name = ANY(reasons) LIMIT 10000"
)


async def hear(uow: UnitOfWork, changed: SourceChanged) -> None:
    """Keep what registration says of a source."""
    await uow.execute(
        _HEAR,
        {"name": changed.source, "state": changed.state, "complete_until": changed.complete_until, "version": changed.version},
    )


async def covers(uow: UnitOfWork, name: str, day: date) -> bool:
    """Whether silence of this source counts on that day: available, and complete up to it."""
    return await uow.one_or_none(_COVERS, {"name": name, "day": day}) is not None


async def waiting(uow: UnitOfWork, name: str) -> Sequence[PersonId]:
    """People whose decision waits for this source."""
    return [PersonId(row.person_id) for row in await uow.all(_WAITING, {"name": name})]
