"""The watermarks of sources as registration announces them, and who waits for one."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.registers import SourceChanged

POPULATION_REGISTER = "populationRegister"
VDAB_REGISTER = "vdabRegister"

_HEAR = text("""
    INSERT INTO heard_source AS s (name, state, complete_until, version) VALUES (:name, :state, :complete_until, :version)
    ON CONFLICT (name) DO UPDATE SET state = excluded.state, complete_until = excluded.complete_until, version = excluded.version
    WHERE s.version < excluded.version
""")
_COVERS = text("SELECT 1 FROM heard_source WHERE name = :name AND state = 'available' AND complete_until >= :day")
# A unit that is about to wait holds the source shared until it commits; who hears it takes it alone, and then looks for those who wait.
_ABOUT_TO_WAIT = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 8102))")
_ABOUT_TO_WAKE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 8102))")
_WAITING = text("""
    SELECT DISTINCT coalesce(merged_into, person_id) AS person_id FROM obligation
    WHERE outcome = 'waitingForSource' AND :name = ANY(reasons)
""")
_OVERDUE_WAITS = text("SELECT DISTINCT coalesce(merged_into, person_id) AS person_id FROM obligation WHERE overdue_waits")


async def hear(uow: UnitOfWork, changed: SourceChanged) -> None:
    """Keep what registration says of a source."""
    await uow.execute(_ABOUT_TO_WAKE, {"name": changed.source})
    await uow.execute(
        _HEAR,
        {"name": changed.source, "state": changed.state, "complete_until": changed.complete_until, "version": changed.version},
    )


async def covers(uow: UnitOfWork, name: str, day: date) -> bool:
    """Whether silence of this source counts on that day: available, and complete up to it; whoever then waits for it misses no word."""
    if await uow.one_or_none(_COVERS, {"name": name, "day": day}) is not None:
        return True
    await uow.execute(_ABOUT_TO_WAIT, {"name": name})
    return await uow.one_or_none(_COVERS, {"name": name, "day": day}) is not None


async def waiting(uow: UnitOfWork, name: str) -> Sequence[PersonId]:
    """People whose decision waits for this source."""
    return [PersonId(row.person_id) for row in await uow.all(_WAITING, {"name": name})]


async def overdue_waits(uow: UnitOfWork) -> Sequence[PersonId]:
    """People with a term that ended, of whom VDAB's register has not said yet that they are not registered."""
    return [PersonId(row.person_id) for row in await uow.all(_OVERDUE_WAITS)]
