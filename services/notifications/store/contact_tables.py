"""The tables of how people can be reached: consents, contact points, recipients, and the rule rows a person can switch."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

_NONE = text("'{}'")
_NOW = text("clock_timestamp()")

# A consent as it was given; `effective` says whether it met the formalities then. Never changed but for its withdrawal.
consent = Table(
    "consent",
    metadata,
    Column("consent_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("merged_into", UUID),
    Column("means", Text, nullable=False),
    Column("contact_point_id", UUID),
    Column("procedures", ARRAY(Text), nullable=False),
    Column("text_version", Text),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("authentication", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("proof", Text),
    Column("effective", Boolean, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False, server_default=_NONE),
    Column("withdrawn_at", DateTime(timezone=True)),  # business time; the next one is technical
    Column("withdrawal_recorded_at", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("version", Integer, nullable=False, server_default=text("1")),
    # What a choice of channel reads: everything of a person.
    Index("consent_person", text("coalesce(merged_into, person_id)")),
)

# An address, sealed under the person's key of class `notice`. It never changes under its id: a new address is a new contact point that
# replaces this one. `mark` tells, without showing it, that another person has the same e-mail address.
contact_point = Table(
    "contact_point",
    metadata,
    Column("contact_point_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("merged_into", UUID),
    Column("kind", Text, nullable=False),
    Column("sealed_ref", Text),
    Column("box", LargeBinary),
    Column("mark", LargeBinary),
    Column("origin", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("replaces", UUID),
    Column("replaced", Boolean, nullable=False, server_default=text("false")),
    Column("suspended_for", ARRAY(Text), nullable=False, server_default=_NONE),
    Column("suspended_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("contact_point_person", text("coalesce(merged_into, person_id)")),
    # Who else has this address.
    Index("contact_point_mark", "mark", postgresql_where=text("mark IS NOT NULL")),
)

# What is known of a person as a recipient, newest record first; a sender's reference names one record.
recipient = Table(
    "recipient",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("source_version", BigInteger, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("merged_into", UUID),
    Column("portal_activated", Boolean, nullable=False),
    Column("last_login_at", DateTime(timezone=True)),
    Column("ebox_active", Boolean, nullable=False),
    Column("preference", Text),
    Column("represented", Boolean, nullable=False),
    Column("digital_skills", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Index("recipient_person", text("coalesce(merged_into, person_id)")),
)

# Who a person is (`PersonFacts`) as registration last said, under whichever key it was sealed with then.
addressee = Table(
    "addressee",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("merged_into", UUID),
    Column("sealed_ref", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    # What absorbed ids were called: few. The others are found by their own id, so that a person's row is in one index and not in two.
    Index("addressee_absorbed", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)

_PLAIN = ("ALTER TABLE contact_point ALTER COLUMN box SET STORAGE EXTERNAL",)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
    for statement in _PLAIN:
        op.execute(statement)
