"""Leadership by a session advisory lock: at most one process at a time, freed at once when its holder dies."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import text

from chassis.db import Connection, Database
from chassis.health import Health

_TRY = text("SELECT pg_try_advisory_lock(:space, :task)")
# A look at the lock on a pooled connection, so that a follower does not open a new one for each try.
_LED = text("""
    SELECT EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND datname = current_database() AND objsubid = 2 AND granted
          AND classid = CAST(CAST(:space AS bigint) AS oid) AND objid = CAST(CAST(:task AS bigint) AS oid))
""")

# The first key of every leader lock of the hub, so that they never meet another application's locks.
_SPACE = 0x4855


@asynccontextmanager
async def leadership(database: Database, task: str) -> AsyncIterator[Connection | None]:
    """The leader's own connection (each statement commits by itself), or None while another process leads.

    Whatever only the leader may write must go through this connection: when it breaks, the lock and the right are gone together.
    """
    # Signed 32 bits, as the lock function takes; the list of locks shows the same bits unsigned.
    key = zlib.crc32(task.encode()) - (1 << 31)
    async with database.statement() as look:
        led = (await look.execute(_LED, {"space": _SPACE, "task": key % (1 << 32)})).scalar_one()
    if led:
        yield None
        return
    async with database.session() as connection:
        won = (await connection.execute(_TRY, {"space": _SPACE, "task": key})).scalar_one()
        yield connection if won else None


async def lead(database: Database, health: Health, task: str, term: Callable[[Connection], Awaitable[None]], *, retry_s: float) -> None:
    """Serve a term whenever no other process leads, try again in a while when one does; ends with the exception that ends a term.

    A follower is well by following, a leader says of itself when it is.
    """
    while True:
        async with leadership(database, task) as connection:
            if connection is None:
                health.ready(task)
            else:
                await term(connection)
        await asyncio.sleep(retry_s)


async def lead_in_rounds(
    database: Database,
    health: Health,
    task: str,
    work: Callable[[], Awaitable[float]],
    wait: Callable[[float], Awaitable[object]],
    *,
    retry_s: float,
) -> None:
    """Lead when possible; while leading, do what there is to do, then wait, at most for as long as the work said, in seconds."""

    async def term(connection: Connection) -> None:
        health.ready(task)
        while True:
            pause_s = await work()
            health.ready(task)
            await wait(pause_s)
            # The lock lives with this connection: a broken one ends this term here.
            await connection.script("SELECT 1")

    await lead(database, health, task, term, retry_s=retry_s)
