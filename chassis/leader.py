"""Leadership by a session advisory lock: at most one process at a time, freed at once when its holder dies."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import Database

_TRY = text("SELECT pg_try_advisory_lock(:space, :task)")

# The first key of every leader lock of the hub, so that they never meet another application's locks.
_SPACE = 0x4855


@asynccontextmanager
async def leadership(database: Database, task: str) -> AsyncIterator[AsyncConnection | None]:
    """The leader's own connection (each statement commits by itself), or None while another process leads.

    Whatever only the leader may write must go through this connection: when it breaks, the lock and the right are gone together.
    """
    async with database.session() as connection:
        # Signed 32 bits, as the lock function takes.
        key = zlib.crc32(task.encode()) - (1 << 31)
        won = (await connection.execute(_TRY, {"space": _SPACE, "task": key})).scalar_one()
        yield connection if won else None
