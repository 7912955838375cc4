"""The service's own tables, with the queries their indexes serve."""

from alembic.operations import Operations
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()

# The newest version of each contract; its history stands in `fact`.
contract = Table(
    "contract",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("contract_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("source_version", BigInteger, nullable=False),
    Column("agency", Text, nullable=False),
    Column("signed_on", Date),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("received_on", Date, nullable=False),
    Index("contract_person", "person_id"),
)

# A termination may come before the contract that it ends; then it waits here.
termination = Table(
    "termination",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ended_on", Date, nullable=False),
)

participant = Table(
    "participant",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("agency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_since", Date),
    Column("vdab_component", Boolean, nullable=False),
    Column("contact_language", Text),
    Column("titles", JSONB, nullable=False),
    Column("study", JSONB),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Index("participant_person", "person_id"),
)

# What is known of a person whatever the contract; `identity` is sealed (`PersonFacts`), register data wins over a feed's.
newcomer = Table(
    "newcomer",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("identity", JSONB),
    Column("identity_from_register", Boolean, nullable=False, server_default=text("false")),
    Column("region", Text),
    Column("ended", Text),
    Column("unknown", Boolean, nullable=False, server_default=text("false")),
    Column("moved_from", Text),
    Column("register_version", BigInteger, nullable=False, server_default=text("0")),
)

obligation = Table(
    "obligation",
    metadata,
    Column("obligation_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("contract_id", UUID, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("anchor_on", Date),
    Column("effective_on", Date, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("feed", JSONB),
    Column("registered_on", Date),
    Column("registration_id", UUID),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    # One obligation of a person lives at a time, whatever number of agencies report a contract.
    Index("obligation_living", "person_id", unique=True, postgresql_where=text("state <> 'closed'")),
)

# Every version of an obligation with the decision behind it, for `POST /obligations/query` and the explanation.
obligation_version = Table(
    "obligation_version",
    metadata,
    Column("obligation_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
)

# The watermarks that registration announces, as this service last heard them.
heard_source = Table(
    "heard_source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("complete_until", Date),
    Column("version", BigInteger, nullable=False),
)


def create(op: Operations) -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
