"""The table of idempotency records; the first chassis migration of each service creates it."""

from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Index, LargeBinary, MetaData, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# `status` is empty only while the first request is at work, in its own transaction: no one else ever sees such a row.
idempotency = Table(
    "idempotency",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Index("idempotency_age", "recorded_at"),
    postgresql_with={"fillfactor": 70},
)


def create(op: "Operations") -> None:
    """Create the table."""
    metadata.create_all(op.get_bind())
