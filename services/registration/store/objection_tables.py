"""Where objections and erasures stand."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# What a person objected to and what someone decided about it; `motive`, the decider's own words, is sealed. Undecided = pending.
objection = Table(
    "objection",
    metadata,
    Column("objection_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("merged_into", UUID),
    Column("kind", Text, nullable=False),
    Column("registration_id", UUID),
    Column("received_on", Date, nullable=False),
    Column("answer_due_on", Date, nullable=False),
    Column("overdue_since", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("motive", JSONB),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    # What is decided about a person depends on the objections that still count.
    Index("objection_person", text("coalesce(merged_into, person_id)"), postgresql_where=text("outcome IS DISTINCT FROM 'rejected'")),
)

# What a registration was before it was contested, for when the objection is rejected.
contested = Table(
    "contested",
    metadata,
    Column("registration_id", UUID, primary_key=True),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
)

# An erasure on its way: asked for, carried into the vault (from `effective_at` on no process holds a key), done (told to everyone).
erasure = Table(
    "erasure",
    metadata,
    Column("erasure_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("ground", Text, nullable=False),
    Column("classes", ARRAY(Text), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("effective_at", DateTime(timezone=True), nullable=False),
    Column("erased_at", DateTime(timezone=True)),
    Column("erased_ids", ARRAY(UUID)),
    Column("held", ARRAY(Text)),
    Column("done_at", DateTime(timezone=True)),
    # The worker looks for what is not done.
    Index("erasure_open", "requested_at", postgresql_where=text("done_at IS NULL")),
)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
