"""The tables of the evidence log."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData()

_NOW = text("clock_timestamp()")

# Append-only. `leaf` is what the tree hashes; `sealed_ref` names the key its opening is sealed under. No notice: the genesis of the log.
evidence_event = Table(
    "evidence_event",
    metadata,
    Column("event_id", UUID, primary_key=True),
    Column("notice_ref", UUID),
    Column("seq", Integer, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("sealed_ref", Text),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    # The chain of a notice: its last event when the next is recorded, all of them for a bundle; two writers cannot both extend it.
    Index("evidence_event_chain", "notice_ref", "seq", unique=True),
)

# Committed events not yet in the tree, in the order of their ids; the sequencer deletes them.
evidence_queue = Table(
    "evidence_queue",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", UUID, nullable=False),
)

# What the leaf commits to, with its salts, sealed under the person's key of class `evidence`; erasing that key leaves the proof intact.
evidence_opening = Table(
    "evidence_opening",
    metadata,
    Column("event_id", UUID, primary_key=True),
    Column("box", LargeBinary, nullable=False),
)

# Append-only.
log_entry = Table(
    "log_entry",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", UUID, nullable=False, unique=True),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("sequenced_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

# 256 hashes each; only the tiles at the right edge still grow.
log_tile = Table(
    "log_tile",
    metadata,
    Column("level", SmallInteger, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

# A signed note per round; it covers nothing before `published_at`, which follows its compare-and-swap in the second store.
log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("published_at", DateTime(timezone=True)),
    # The mark after each publication finds its row here, not among the checkpoints of years.
    Index("log_checkpoint_unpublished", "size", postgresql_where=text("published_at IS NULL")),
)
