"""The service's own tables, with the queries their indexes serve."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Identity, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.consultations import consultation_table
from chassis.merging import merged_into, whose

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# The newest version of each enrolment, proof and home education: `said` is the record without who it is about. Names and birth date are
# read, where a decision needs them, from the sealed fact of `source_version`. `received_at` is when that version came, `first_received_at`
# when the record first did; `retracted_at` while the school says that its closure is no leave. `last_version` is what outcomes are about,
# `was_closed` tells an enrolment that was opened again from one that always stood.
school_fact = Table(
    "school_fact",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("source_version", BigInteger, nullable=False),
    Column("said", JSONB, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("was_closed", Boolean, nullable=False, server_default=text("false")),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("first_received_at", DateTime(timezone=True), nullable=False),
    Column("retraction", Text),
    Column("retraction_version", BigInteger),
    Column("retracted_at", DateTime(timezone=True)),
    Column("last_version", BigInteger, nullable=False),
    merged_into(),
)
Index("school_fact_person", whose(school_fact))

# A school took a closure back before it sent the enrolment: it is no leave from the moment it arrives. It names nobody.
early_retraction = Table(
    "early_retraction",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("source_version", BigInteger, nullable=False),
    Column("retraction", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)

# How a person stands in the registers, as registration last said; `identity` is sealed (`PersonFacts`) and wins over an enrolment's.
pupil = Table(
    "pupil",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("identity", JSONB),
    Column("region", Text),
    Column("ended", Text),
    Column("unknown", Boolean, nullable=False, server_default=text("false")),
    Column("register_version", BigInteger, nullable=False, server_default=text("0")),
    Column("heard_at", DateTime(timezone=True), nullable=False),
    merged_into(),
)
Index("pupil_person", whose(pupil))

# Objections as registration announces them; one that is decided without having been received first came in the other order.
objection = Table(
    "objection",
    metadata,
    Column("objection_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("outcome", Text),
    Column("version", BigInteger, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
    merged_into(),
)
Index("objection_person", whose(objection))

# One case of a person and school year; `announced` while registration was told of it and nothing took that back.
# Of two cases of one year that a merge brought together one goes on: the announced one, else the earlier leave. The other names it in
# `absorbed_by`, and is no case any more.
leave_case = Table(
    "leave_case",
    metadata,
    Column("case_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("school_year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("announced", Boolean, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("left_on", Date),
    Column("window_ends_at", DateTime(timezone=True)),
    Column("asked_at", DateTime(timezone=True)),
    Column("complete_at", DateTime(timezone=True), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("next_check_at", DateTime(timezone=True)),
    Column("waits_for", ARRAY(Text), nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("absorbed_by", UUID),
    merged_into(),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Index("leave_case_year", "person_id", "school_year", unique=True, postgresql_where=text("merged_into IS NULL")),
    # A source that speaks again wakes those who wait for it.
    Index("leave_case_waiting", "waits_for", postgresql_using="gin", postgresql_where=text("waits_for <> '{}'")),
)
Index("leave_case_person", whose(leave_case))

# Every decision about a case with what it rested on; nothing but an erasure changes it, which empties `facts`.
decision = Table(
    "decision",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("case_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("left_on", Date),
    Column("window_ends_at", DateTime(timezone=True)),
    Column("effective_on", Date, nullable=False),
    Column("next_check_at", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Index("decision_case", "case_id", "number"),
)

consultation = consultation_table(metadata)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
