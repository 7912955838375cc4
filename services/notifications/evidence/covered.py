"""Which events stand under a published checkpoint: what a dispatcher asks before it acts (`mechanics.md` 25)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection

_COVERED = text("""
    SELECT event_id FROM log_entry
    WHERE event_id = ANY(CAST(:event_ids AS uuid[]))
      AND idx < (SELECT size FROM log_checkpoint WHERE published_at IS NOT NULL ORDER BY size DESC LIMIT 1)
""")


async def covered(connection: Connection, event_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these events that no later crash, restore or fork can take back unseen."""
    return frozenset((await connection.execute(_COVERED, {"event_ids": list(event_ids)})).scalars())
