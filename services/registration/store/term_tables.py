"""Where assessments and terms stand."""

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID

from chassis.merging import merged_into

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# What counsellors said, each record as its newest version says; terms are worked out from these rows.
assessment = Table(
    "assessment",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("self_reliant", Boolean),
    Column("benefit_entitled", Boolean),
    merged_into(),
    Index("assessment_person", text("coalesce(merged_into, person_id)")),
)

# The terms of a registration; `version` counts the events told of one. `final`: the person was erased.
term = Table(
    "term",
    metadata,
    Column("term_id", UUID, primary_key=True),
    Column("registration_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("anchor_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("began_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("released_on", Date),
    Column("due_told", Boolean, nullable=False),
    Column("overdue_since", DateTime(timezone=True)),
    Column("waits", Boolean, nullable=False),
    Column("met_on", Date),
    Column("reason", Text),
    Column("approved_by", Text),
    Column("final", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    merged_into(),
    UniqueConstraint("registration_id", "kind"),
    # Deadlines are read by day, soonest first.
    Index("term_deadline", "due_on", "term_id"),
    # A register that speaks again lets go who waits to be overdue.
    Index("term_waits", "term_id", postgresql_where=text("waits")),
)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
