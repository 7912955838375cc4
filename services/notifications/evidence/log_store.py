"""The statements of the log: queue, entries, tiles and checkpoints, each for a whole round."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from proof.tiles import Tile
from proof.tree import leaf_hash

# The oldest committed events get their places. The hash of a leaf is made of the bytes that are stored (RFC 6962, 2.1), which are found one
# by one: no estimate of how many wait makes PostgreSQL read years of them.
_ENTER = text("""
    WITH taken AS (
        DELETE FROM evidence_queue WHERE id = ANY(ARRAY(SELECT id FROM evidence_queue ORDER BY id LIMIT :at_most)) RETURNING id, event_id
    ), entered AS (
        INSERT INTO log_entry (idx, event_id, leaf_hash)
        SELECT :size + row_number() OVER (ORDER BY id) - 1, event_id,
               (SELECT sha256('\\x00' || e.leaf) FROM evidence_event e WHERE e.event_id = taken.event_id)
        FROM taken
        RETURNING idx, leaf_hash
    )
    SELECT leaf_hash FROM entered ORDER BY idx
""")
_WAITING = text("SELECT count(*) FROM evidence_queue")
_AT_REST = text("""
    SELECT NOT EXISTS (SELECT FROM evidence_queue) AND NOT EXISTS (SELECT FROM log_checkpoint WHERE published_at IS NULL)
""")
_GENESIS = text("""
    WITH genesis AS (INSERT INTO evidence_event (event_id, seq, leaf) VALUES (:event_id, 0, :leaf))
    INSERT INTO log_entry (idx, event_id, leaf_hash) VALUES (0, :event_id, :leaf_hash)
""")
_STORE_TILES = text("""
    INSERT INTO log_tile (level, n, data) SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:ns AS bigint[]), CAST(:datas AS bytea[]))
    ON CONFLICT (level, n) DO UPDATE SET data = excluded.data
""")
_TILES = text("""
    SELECT level, n, (SELECT data FROM log_tile t WHERE (t.level, t.n) = (w.level, w.n)) AS data
    FROM unnest(CAST(:levels AS smallint[]), CAST(:ns AS bigint[])) AS w (level, n)
""")
_ENTRIES = text("SELECT coalesce(max(idx) + 1, 0) FROM log_entry")
_SIGN = text("INSERT INTO log_checkpoint (size, note) VALUES (:size, :note)")
_PUBLISHED = text("UPDATE log_checkpoint SET published_at = clock_timestamp() WHERE published_at IS NULL AND size <= :size")
_NEWEST = text("""
    SELECT size, note, signed_at, EXISTS (SELECT FROM log_checkpoint WHERE published_at IS NOT NULL) AS ever_published
    FROM log_checkpoint ORDER BY size DESC LIMIT 1
""")
_NEWEST_PUBLISHED = text("SELECT note FROM log_checkpoint WHERE published_at IS NOT NULL ORDER BY size DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The newest checkpoint of the database; it may not be published."""

    size: int
    note: bytes
    signed_at: datetime
    ever_published: bool  # this one or an earlier one


async def enter(connection: Connection, size: int, at_most: int) -> list[bytes]:
    """Give the oldest events that wait the places after `size`; the hashes of their leaves, in order."""
    return list((await connection.execute(_ENTER, {"size": size, "at_most": at_most})).scalars())


async def waiting(connection: Connection) -> int:
    """Events not yet in the tree."""
    return int((await connection.execute(_WAITING)).scalar_one())


async def at_rest(connection: Connection) -> bool:
    """Whether every committed event stands under a published checkpoint."""
    return bool((await connection.execute(_AT_REST)).scalar_one())


async def begin(connection: Connection, event_id: UUID, leaf: bytes) -> bytes:
    """Record the genesis of the log in the first place; its hash."""
    hashed = leaf_hash(leaf)
    await connection.execute(_GENESIS, {"event_id": event_id, "leaf": leaf, "leaf_hash": hashed})
    return hashed


async def store_tiles(connection: Connection, changed: Mapping[Tile, bytes]) -> None:
    """Write tiles, new or grown."""
    await connection.execute(_STORE_TILES, _places(changed) | {"datas": list(changed.values())})


async def tiles(connection: Connection, wanted: Collection[Tile]) -> dict[Tile, bytes]:
    """Those of these tiles that exist."""
    if not wanted:
        return {}
    rows = await connection.execute(_TILES, _places(wanted))
    return {Tile(row.level, row.n): row.data for row in rows if row.data is not None}


async def entries(connection: Connection) -> int:
    """How many leaves the database holds."""
    return int((await connection.execute(_ENTRIES)).scalar_one())


async def store_checkpoint(connection: Connection, size: int, note: bytes) -> None:
    """Keep a signed checkpoint, not yet published."""
    await connection.execute(_SIGN, {"size": size, "note": note})


async def mark_published(connection: Connection, size: int) -> None:
    """Let the checkpoints up to this size cover their events."""
    await connection.execute(_PUBLISHED, {"size": size})


async def newest(connection: Connection) -> StoredCheckpoint | None:
    """The newest signed checkpoint."""
    row = (await connection.execute(_NEWEST)).one_or_none()
    return StoredCheckpoint(row.size, row.note, row.signed_at, row.ever_published) if row else None


async def newest_published(connection: Connection) -> bytes | None:
    """The newest published checkpoint, as a signed note."""
    note: bytes | None = (await connection.execute(_NEWEST_PUBLISHED)).scalar_one_or_none()
    return note


def _places(wanted: Collection[Tile]) -> dict[str, list[int] | list[bytes]]:
    return {"levels": [tile.level for tile in wanted], "ns": [tile.n for tile in wanted]}
