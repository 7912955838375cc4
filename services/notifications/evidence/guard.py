"""Decides whether the log in the database may be continued: never below or beside what was published (`mechanics.md` 27)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.db import Connection
from proof import tiles
from proof.checkpoints import Checkpoint, opened
from proof.errors import ProofError
from proof.tiles import Tile
from proof.tree import CompactRange, Span, span_hash
from services.notifications.evidence import log_store
from services.notifications.evidence.errors import BehindSecondStore, BesideSecondStore, LogDamaged, SecondStoreLost
from services.notifications.evidence.log_store import StoredCheckpoint
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.signer import LogSigner


@dataclass(frozen=True, slots=True)
class LogState:
    """What a sequencer continues from: the tree, its right edge, its newest checkpoint and the one published last."""

    tree: CompactRange = field(default_factory=CompactRange)
    edge: Mapping[Tile, bytes] = field(default_factory=dict)
    note: bytes = b""
    signed_at: datetime | None = None
    published: Checkpoint | None = None

    @property
    def unpublished(self) -> bool:
        """Whether a crash came between the commit of the newest checkpoint and its publication."""
        return self.tree.size > (self.published.size if self.published else 0)


async def resume(connection: Connection, second: SecondStore, signer: LogSigner) -> LogState:
    """The state to continue from.

    Raises:
        LogHalted: it must not be continued, and why.
    """
    published = second.latest()
    stored = await log_store.newest(connection)
    size = await log_store.entries(connection)
    if stored is None:
        if size:
            raise LogDamaged(f"{size} entries without a checkpoint")
        if published is not None:
            raise BehindSecondStore(0, published.size)
        return LogState()
    try:
        checkpoint = opened(stored.note, signer.known)
        if checkpoint.size != size or stored.size != size:
            raise LogDamaged(f"{size} entries, but the checkpoint says {checkpoint.size}")
        tree, edge = await _tree(connection, size)
        if tree.root() != checkpoint.root:
            raise LogDamaged(f"the tiles do not give the root of the checkpoint of {size}")
        await _compare(connection, stored, published)
    except ProofError as error:
        raise LogDamaged(str(error)) from error
    return LogState(tree, edge, stored.note, stored.signed_at, published)


async def _compare(connection: Connection, stored: StoredCheckpoint, published: Checkpoint | None) -> None:
    """Refuse a database that does not begin with what was published; one that is ahead of it is fine."""
    if published is None:
        if stored.ever_published:
            raise SecondStoreLost("is empty")
    elif published.size > stored.size:
        raise BehindSecondStore(stored.size, published.size)
    elif await _root(connection, published.size) != published.root:
        raise BesideSecondStore(published.size)


async def _tree(connection: Connection, size: int) -> tuple[CompactRange, dict[Tile, bytes]]:
    edge = await log_store.tiles(connection, tiles.edge(size))
    read = tiles.reader(edge)
    return CompactRange(size, tuple(read(node) for node in Span(0, size).nodes())), edge


async def _root(connection: Connection, size: int) -> bytes:
    span = Span(0, size)
    return span_hash(span, tiles.reader(await log_store.tiles(connection, tiles.tiles_of([span]))))
