"""What the log shows the world: checkpoint, tiles and proofs of inclusion, all without personal data."""

from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from proof import tiles
from proof.checkpoints import Checkpoint
from proof.inclusion import TlogProof
from proof.notes import Note
from proof.tiles import Tile
from proof.tree import inclusion_proof, inclusion_spans
from services.notifications.evidence import log_store
from services.notifications.evidence.errors import NotYetCovered, OutsideLog

_INDEX = text("SELECT idx FROM log_entry WHERE event_id = :event_id")


async def checkpoint(connection: Connection) -> bytes:
    """The newest published checkpoint, as a signed note.

    Raises:
        NotYetCovered: the log has not begun.
    """
    note = await log_store.newest_published(connection)
    if note is None:
        raise NotYetCovered("the log has no published checkpoint yet")
    return note


async def tile(connection: Connection, level: int, n: int, width: int = tiles.WIDTH) -> bytes:
    """The first `width` hashes of a tile of the published tree (c2sp.org/tlog-tiles).

    Raises:
        OutsideLog: the published tree has no such tile, or not that wide.
    """
    wanted = Tile(level, n)
    size = size_of(await checkpoint(connection))
    if level < 0 or n < 0 or not 1 <= width <= wanted.width(size):
        raise OutsideLog(f"tile {n} of level {level}, {width} wide")
    return (await log_store.tiles(connection, [wanted]))[wanted][: width * tiles.HASH]


async def inclusion(connection: Connection, index: int) -> bytes:
    """The proof that entry `index` is in the newest published tree, as text (c2sp.org/tlog-proof@v1).

    Raises:
        OutsideLog: the published tree has no such entry.
    """
    note = await checkpoint(connection)
    size = size_of(note)
    if not 0 <= index < size:
        raise OutsideLog(f"entry {index} of {size}")
    stored = await log_store.tiles(connection, tiles.tiles_of(inclusion_spans(index, size)))
    return bytes(TlogProof(index, tuple(inclusion_proof(index, size, tiles.reader(stored))), note))


async def index_of(connection: Connection, event_id: UUID) -> int:
    """The place of an event in the log, published or not.

    Raises:
        NotYetCovered: it has none yet.
    """
    index: int | None = (await connection.execute(_INDEX, {"event_id": event_id})).scalar_one_or_none()
    if index is None:
        raise NotYetCovered(f"event {event_id}")
    return index


def size_of(note: bytes) -> int:
    """The tree size of a checkpoint of our own."""
    return Checkpoint.parse(Note.parse(note).text).size
