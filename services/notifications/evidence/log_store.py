"""The statements of the log: queue, entries, tiles and checkpoints, each for a whole round."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from proof.tiles import Tile

_TAKE = text("""
    WITH taken AS (
        DELETE FROM evidence_queue WHERE id IN (SELECT id FROM evidence_queue ORDER BY id LIMIT :at_most) RETURNING id, event_id
    )
    SELECT event_id, leaf FROM taken JOIN evidence_event USING (event_id) ORDER BY taken.id
""")
_WAITING = text("SELECT count(*) FROM evidence_queue")
_AT_REST = text("""
    SELECT NOT EXISTS (SELECT FROM evidence_queue) AND NOT EXISTS (SELECT FROM log_checkpoint WHERE published_at IS NULL)
""")
_GENESIS = text("INSERT INTO evidence_event (event_id, seq, leaf) VALUES (:event_id, 0, :leaf)")
_ENTER = text("""
    INSERT INTO log_entry (idx, event_id, leaf_hash)
    SELECT :size + number - 1, event_id, leaf_hash
    FROM unnest(CAST(:event_ids AS uuid[]), CAST(:leaf_hashes AS bytea[])) WITH ORDINALITY AS e (event_id, leaf_hash, number)
""")
_STORE_TILES = text("""
    INSERT INTO log_tile (level, n, data) SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:ns AS bigint[]), CAST(:datas AS bytea[]))
    ON CONFLICT (level, n) DO UPDATE SET data = excluded.data
""")
_TILES = text("""
    SELECT level, n, data FROM log_tile
    JOIN unnest(CAST(:levels AS smallint[]), CAST(:ns AS bigint[])) AS wanted (level, n) USING (level, n)
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
class Queued:
    """An event on its way into the tree."""

    event_id: UUID
    leaf: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The newest checkpoint of the database; it may not be published."""

    size: int
    note: bytes
    signed_at: datetime
    ever_published: bool  # this one or an earlier one


async def take(connection: Connection, at_most: int) -> list[Queued]:
    """Take the oldest committed events off the queue."""
    return [Queued(row.event_id, row.leaf) for row in await connection.execute(_TAKE, {"at_most": at_most})]


async def waiting(connection: Connection) -> int:
    """Events not yet in the tree."""
    return int((await connection.execute(_WAITING)).scalar_one())


async def at_rest(connection: Connection) -> bool:
    """Whether every committed event stands under a published checkpoint."""
    return bool((await connection.execute(_AT_REST)).scalar_one())


async def begin(connection: Connection, genesis: Queued) -> None:
    """Record the genesis of the log."""
    await connection.execute(_GENESIS, {"event_id": genesis.event_id, "leaf": genesis.leaf})


async def enter(connection: Connection, size: int, queued: Sequence[Queued], leaf_hashes: Sequence[bytes]) -> None:
    """Give these events the places after `size`."""
    event_ids = [event.event_id for event in queued]
    await connection.execute(_ENTER, {"size": size, "event_ids": event_ids, "leaf_hashes": list(leaf_hashes)})


async def store_tiles(connection: Connection, changed: Mapping[Tile, bytes]) -> None:
    """Write tiles, new or grown."""
    await connection.execute(_STORE_TILES, _places(changed) | {"datas": list(changed.values())})


async def tiles(connection: Connection, wanted: Collection[Tile]) -> dict[Tile, bytes]:
    """Those of these tiles that exist."""
    return {Tile(row.level, row.n): row.data for row in await connection.execute(_TILES, _places(wanted))} if wanted else {}


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
