"""Leadership by a session advisory lock: at most one process at a time, freed at once when its holder dies."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from chassis.db import Connection, Database

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
