"""The service's own tables, with the queries their indexes serve."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.merging import merged_into

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# The newest version of each contract, with what it says of the person (`identity`, sealed); its history stands in `fact`.
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
    Column("identity", JSONB),
    merged_into(),
    Index("contract_person", text("coalesce(merged_into, person_id)")),
)

# The newest termination of each contract; it counts while no later version of the contract says that it runs, and may come before it.
termination = Table(
    "termination",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("source_version", BigInteger, nullable=False),
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
    merged_into(),
    Index("participant_person", text("coalesce(merged_into, person_id)")),
)

# How a person stands in the registers, as registration last said; `identity` is sealed (`PersonFacts`) and wins over a contract's. At a
# merge the survivor's row takes in what the absorbed one says.
newcomer = Table(
    "newcomer",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("identity", JSONB),
    Column("region", Text),
    Column("region_since", Date),
    Column("region_before", Text),
    Column("ended", Text),
    Column("unknown", Boolean, nullable=False, server_default=text("false")),
    Column("register_version", BigInteger, nullable=False, server_default=text("0")),
    merged_into(),
)

# `gave_way_to`: the older obligation of the same person that goes on in place of this one since a merge.
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
    Column("answer", JSONB),
    Column("terms_from", Date),
    Column("moved_on", Date),
    Column("reminded", ARRAY(Text), nullable=False),
    Column("released_on", Date),
    Column("overdue_waits", Boolean, nullable=False),
    Column("registered_on", Date),
    Column("registration_id", UUID),
    Column("gave_way_to", UUID),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    merged_into(),
    Index("obligation_person", text("coalesce(merged_into, person_id)")),
    # One obligation of a person is undecided or owed at a time, whatever number of agencies report a contract.
    Index(
        "obligation_living",
        "person_id",
        unique=True,
        postgresql_where=text("state IN ('none', 'open', 'held') AND merged_into IS NULL"),
    ),
    # A source that speaks again wakes those who wait for it.
    Index("obligation_waiting", "person_id", postgresql_where=text("outcome = 'waitingForSource'")),
    Index("obligation_overdue_waits", "person_id", postgresql_where=text("overdue_waits")),
)

# Every version of an obligation with the decision behind it, for a person's journey (`hub journey`).
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


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
