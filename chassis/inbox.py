"""The inbox: event ids already dealt with, so that a redelivered event has one effect."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection

# Sorted, so that an old and a new owner of a partition queue up instead of interleaving (`mechanics.md` 9).
_REMEMBER = text("""
    INSERT INTO inbox (event_id)
    SELECT unnest(CAST(:ids AS uuid[])) ORDER BY 1
    ON CONFLICT DO NOTHING
    RETURNING event_id
""")


async def remember(connection: Connection, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Note these ids; returns those that were new. A batch notes its own with the claim (`chassis/claiming.py`)."""
    rows = await connection.execute(_REMEMBER, {"ids": sorted(set(ids))})
    return frozenset(row.event_id for row in rows)
