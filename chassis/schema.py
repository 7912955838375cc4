"""The chassis' own tables, present in every service's database."""

from typing import TYPE_CHECKING

from sqlalchemy import (
    ARRAY,
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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# People this service has met. `claims` makes the claim an update, hence a row lock; `blocked` counts open parked records. `merge_number` is
# the survivor's last merge that was applied here, `merged_into` an absorbed person's survivor since then.
person = Table(
    "person",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("claims", BigInteger, nullable=False, server_default=text("1")),
    Column("blocked", Integer, nullable=False, server_default=text("0")),
    Column("merged_into", UUID),
    Column("merge_number", BigInteger, nullable=False, server_default=text("0")),
    Index("person_absorbed", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    postgresql_with={"fillfactor": 70},
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", UUID, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    # Rows are written in the order of time, so pruning by age needs no more than this tiny index.
    Index("inbox_age", "received_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
)

# `count`: lives of a process that began a batch here; `alone`: lives that began this very record alone.
attempt = Table(
    "attempt",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("count", SmallInteger, nullable=False),
    Column("alone", SmallInteger, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
)

timer = Table(
    "timer",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("payload", JSONB, nullable=False),
    UniqueConstraint("kind", "subject"),
    Index("timer_due", "due_at", "id"),
)

# `number` is the order in which they are handled again, which their ids, made within one millisecond, do not tell.
# `direction`: `in` failed in a handler or waits behind one that did; `out` lacked a valid protocol when it was published.
parked = Table(
    "parked",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("direction", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("cause", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("person_id", UUID),
    Column("event_id", UUID),
    Column("event_type", Text),
    Column("topic", Text, nullable=False),
    Column("partition", Integer),
    Column("position", BigInteger),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("flows", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", Text),
    Index("parked_open", "number", postgresql_where=text("state = 'open'")),
    Index("parked_person", "person_id", "number", postgresql_where=text("state = 'open'")),
    Index("parked_settled", "settled_at", postgresql_where=text("state <> 'open'")),
    # A record that comes again after a failed offset commit is parked once. What it says counts too: where the bus was made anew, another
    # record stands at the same position.
    Index("parked_record", "topic", "partition", "position", text("md5(value)"), unique=True, postgresql_where=text("direction = 'in'")),
)

# What a person switched: rows here win over the protocols as `contracts.protocols` ships them.
data_protocol = Table(
    "data_protocol",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("active", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

# A rule row as a person switched it; one that never was stands as the service ships it.
rule_row = Table(
    "rule_row",
    metadata,
    Column("row_id", Text, primary_key=True),
    Column("active", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

# Who switched which of the two when, every time; never changed and never pruned: it says on what basis data flowed on a day.
switching = Table(
    "switching",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("switched_by", Text, nullable=False),
    Column("switched_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
)

business_clock = Table(
    "business_clock",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true")),
    Column("at", DateTime(timezone=True)),
    Column("generation", Integer, nullable=False),
)


def create(op: "Operations") -> None:
    """Create every chassis table; the first migration of each service calls it."""
    metadata.create_all(op.get_bind())
