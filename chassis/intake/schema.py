"""The tables of intake, present in every service that takes in facts."""

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# One row a record, for its lock: two versions of one record never pass each other, also when they name no person or different ones.
fact_record = Table(
    "fact_record",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("takes", BigInteger, nullable=False, server_default=text("1")),
    postgresql_with={"fillfactor": 70},
)

# Every version ever received, also those that came too late. The content is sealed; the digest is keyed, so it tells nothing without.
fact = Table(
    "fact",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("source_version", BigInteger, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("person_id", UUID),
    Column("content_key", Text),
    Column("content", LargeBinary),
    Column("client_id", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("batch_id", UUID),
    Column("line", Integer),
    Index("fact_person", "person_id"),
)

# `position` is given by the numbering leader after the commit; `details` is what the partner may see, `internal` is not.
outcome = Table(
    "outcome",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("position", BigInteger),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("source_version", BigInteger, nullable=False),
    Column("person_id", UUID),
    Column("result", Text, nullable=False),
    Column("reason", Text),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("internal", JSONB),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("current", Boolean, nullable=False, server_default=text("true")),
    Column("supersedes", BigInteger),
    Index("outcome_current", "organisation", "kind", "reference", unique=True, postgresql_where=text("current")),
    Index("outcome_position", "organisation", "position", unique=True),
    Index("outcome_unnumbered", "id", postgresql_where=text("position IS NULL")),
    Index("outcome_person", "person_id"),
)

outcome_head = Table(
    "outcome_head",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

# Each organisation speaks for its own records only, so a source that several feed has a row for each.
source_state = Table(
    "source_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("organisation", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("complete_until", Date),
    Column("source_version", BigInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)

fact_batch = Table(
    "fact_batch",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("truncated", Boolean, nullable=False, server_default=text("false")),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("touched_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("completed_at", DateTime(timezone=True)),
    Index("fact_batch_organisation", "organisation", "id"),
    Index("fact_batch_received", "received_at"),
)

# No foreign key: it would be looked up once a line, and whoever removes a batch removes its lines.
fact_batch_line = Table(
    "fact_batch_line",
    metadata,
    Column("batch_id", UUID, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("kind", Text),
    Column("reference", Text),
    Column("source_version", BigInteger),
    Column("result", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
)


def create(op: "Operations") -> None:
    """Create every table of intake; the first migration of a service that takes in facts calls it."""
    metadata.create_all(op.get_bind())
