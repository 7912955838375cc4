"""Where objections and erasures stand."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# What a person objected to and what someone decided about it; `remark`, the decider's own words, is sealed. Undecided = pending.
objection = Table(
    "objection",
    metadata,
    Column("objection_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("registration_id", UUID),
    Column("received_on", Date, nullable=False),
    Column("answer_due_on", Date, nullable=False),
    Column("answer_due_at", DateTime(timezone=True), nullable=False),
    Column("overdue_since", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("reason", Text),
    Column("remark", JSONB),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    # What is decided about a person depends on the objections that still count.
    Index("objection_person", "person_id"),
)

# An erasure on its way: asked, carried into the vault (`effective_at` is known), done (announced).
erasure = Table(
    "erasure",
    metadata,
    Column("erasure_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("ground", Text, nullable=False),
    Column("classes", ARRAY(Text), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("erased_ids", ARRAY(UUID)),
    Column("held", ARRAY(Text)),
    Column("erased_at", DateTime(timezone=True)),
    Column("effective_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    # The worker looks for what is not done.
    Index("erasure_open", "asked_at", postgresql_where=text("done_at IS NULL")),
)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
