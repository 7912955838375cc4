"""The service's own tables but for objections and erasures (`objection_tables`) and assessments and terms (`term_tables`)."""

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Identity, Index, Integer, MetaData, Numeric, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.consultations import consultation_table
from chassis.merging import merged_into

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

# What the registers said, each record as its newest version says; `said` is sealed. A person's standing is worked out from these rows.
person_change = Table(
    "person_change",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("number", BigInteger, Identity(), nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("changed_on", Date, nullable=False),
    Column("region", Text),
    Column("said", JSONB, nullable=False),
    merged_into(),
    Index("person_change_person", text("coalesce(merged_into, person_id)")),
)

# Numbers that a register says were replaced, until the vault knows; `numbers` is sealed.
number_replacement = Table(
    "number_replacement",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("asked", Integer, nullable=False, server_default=text("1")),
    Column("person_id", UUID, nullable=False),
    Column("numbers", JSONB, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("done_at", DateTime(timezone=True)),
    # The worker looks for what is not done.
    Index("number_replacement_open", "asked_at", postgresql_where=text("done_at IS NULL")),
)

# How a person stands by those words; `identity` (`PersonFacts`) and `residence` (`Residence`, where a letter goes to) are sealed. At a
# merge the survivor's row is worked out anew, from what was said of all ids.
register_person = Table(
    "register_person",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("identity", JSONB),
    Column("identity_on", Date),
    Column("residence", JSONB),
    Column("residence_on", Date),
    Column("region", Text),
    Column("region_since", Date),
    Column("region_before", Text),
    Column("ended", Text),
    Column("ended_on", Date),
    Column("unknown", Boolean, nullable=False, server_default=text("false")),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    merged_into(),
)

jobseeker = Table(
    "jobseeker",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("jobseeker_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("category", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("ends_on", Date),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    merged_into(),
    Index("jobseeker_person", text("coalesce(merged_into, person_id)")),
)

employment = Table(
    "employment",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("kind", Text, nullable=False),
    Column("work_fraction", Numeric(4, 3), nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    merged_into(),
    Index("employment_person", text("coalesce(merged_into, person_id)")),
)

# A case as its feed last announced it; `person` and `feed_decision` are sealed. One that was closed before it was opened here (a closing
# passes parked records) has its id and version only. `waits_for` names the source or the switch that a case waits for.
newcomer_case = Table(
    "newcomer_case",
    metadata,
    Column("case_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("contract_id", UUID),
    Column("agency", Text),
    Column("outcome_of_feed", Text),
    Column("rule_of_feed", Text),
    Column("reasons_of_feed", ARRAY(Text)),
    Column("anchor_on", Date),
    Column("flags", ARRAY(Text)),
    Column("study_starts_on", Date),
    Column("study_ends_on", Date),
    Column("person", JSONB),
    Column("feed_decision", JSONB),
    Column("feed_version", Integer, nullable=False),
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("waits_for", Text),
    merged_into(),
    Index("newcomer_case_person", text("coalesce(merged_into, person_id)")),
    # A source that speaks again wakes those who wait for it.
    Index("newcomer_case_waiting", "waits_for", postgresql_where=text("waits_for IS NOT NULL")),
)

# A young person's leave, one a person and school year, as the feed last announced it; `person` and `feed_decision` are sealed. One that was
# retracted before it was announced here has its id, year and version only. `due_on` is the day that was asked about when it began to wait;
# `received_on` the day on which registration first heard of it (GDPR, article 14).
leaver_case = Table(
    "leaver_case",
    metadata,
    Column("case_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("school_year", Integer, nullable=False),
    Column("left_on", Date),
    Column("complete_at", DateTime(timezone=True)),
    Column("outcome_of_feed", Text),
    Column("rule_of_feed", Text),
    Column("reasons_of_feed", ARRAY(Text)),
    Column("flags", ARRAY(Text)),
    Column("person", JSONB),
    Column("feed_decision", JSONB),
    Column("feed_version", Integer, nullable=False),
    Column("retracted", Boolean, nullable=False, server_default=text("false")),
    Column("waits_for", Text),
    Column("due_on", Date),
    Column("received_on", Date),
    merged_into(),
    Index("leaver_case_person", text("coalesce(merged_into, person_id)")),
    # A source that speaks again wakes those who wait for it.
    Index("leaver_case_waiting", "waits_for", postgresql_where=text("waits_for IS NOT NULL")),
)

# Every decision ever taken, never changed; (case, version) is what the events carry. `known_at` is by the business clock, which
# a sandbox moves, and `state` what the registration was after it.
decision = Table(
    "decision",
    metadata,
    Column("case_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("registration_id", UUID, nullable=False),
    Column("cause", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("category", Text),
    Column("region", Text),
    Column("ended_on", Date),
    merged_into(),
    Index("decision_person", text("coalesce(merged_into, person_id)")),
)

# One row per case that was registered or linked or waits; a person has one hub registration that stands. `gave_way_to`: the registration of
# the same person that goes on in place of this one since a merge.
registration = Table(
    "registration",
    metadata,
    Column("registration_id", UUID, primary_key=True),
    Column("case_id", UUID, nullable=False, unique=True),
    Column("person_id", UUID, nullable=False),
    Column("contract_id", UUID),
    Column("school_year", Integer),
    Column("cause", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("category", Text),
    Column("origin", Text, nullable=False),
    Column("region", Text),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("ended_on", Date),
    # When a leaver's insertion period begins, and what the time until the registration cost of it.
    Column("insertion_starts_on", Date),
    Column("insertion_days_lost", Integer),
    Column("gave_way_to", UUID),
    Column("version", Integer, nullable=False),
    merged_into(),
    Index("registration_person", text("coalesce(merged_into, person_id)")),
    # (person, school year) is spent for ever, whatever became of the registration.
    Index("registration_leave", "person_id", "school_year", unique=True, postgresql_where=text("cause = 'leaver' AND merged_into IS NULL")),
    Index(
        "registration_standing",
        "person_id",
        unique=True,
        postgresql_where=text("state IN ('registered', 'revised', 'contested') AND merged_into IS NULL"),
    ),
    # What a person must look at, oldest first.
    Index("registration_review", "registration_id", postgresql_where=text("state IN ('review', 'revised') OR outcome = 'review'")),
)

# What a person decided about a registration under review, and why in their own words (`motive`, sealed).
review_decision = Table(
    "review_decision",
    metadata,
    Column("registration_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("person_id", UUID, nullable=False),
    merged_into(),
    Column("decision", Text, nullable=False),
    Column("motive", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("second_person", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
)

consultation = consultation_table(metadata)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
