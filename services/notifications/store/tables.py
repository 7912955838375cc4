"""The service's own tables, with the queries their indexes serve."""

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
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from chassis.merging import merged_into

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

metadata = MetaData()

_NOW = text("clock_timestamp()")
_NONE = text("'{}'")

# A notice and where it stands; its text is in `notice_content`.
notice = Table(
    "notice",
    metadata,
    Column("notice_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("about_id", UUID),
    Column("dossier_number", Text),
    Column("template", Text, nullable=False),
    Column("content_digest", LargeBinary),
    Column("state", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("channel_rule", Text, nullable=False),
    Column("impact", Text, nullable=False),
    Column("legal_effect_intended", Boolean, nullable=False),
    Column("appeal_body_kind", Text),
    Column("appeal_term", Text),
    Column("printed_last_day", Date),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("reasons", ARRAY(Text), nullable=False, server_default=_NONE),
    Column("effect_basis", Text),
    Column("effect_rule", Text),
    Column("effective_on", Date),
    Column("effect_revoked_at", DateTime(timezone=True)),
    Column("appeal_started", Boolean),
    Column("appeal_from", Date),
    Column("appeal_last_day", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    merged_into(),
    # One notice per (person, purpose, period) among those not withdrawn or replaced (`decisions.md` 5); a refused one never was a notice.
    # Per sender: were it one for all, an organisation would learn from a refusal that another one wrote to this person.
    Index(
        "notice_once",
        "organisation",
        "person_id",
        "purpose",
        "period",
        unique=True,
        postgresql_where=text("state NOT IN ('withdrawn', 'replaced', 'refused') AND merged_into IS NULL"),
    ),
    Index("notice_person", text("coalesce(merged_into, person_id)")),
    # What absorbed ids were told: few, and looked for with every submission.
    Index("notice_absorbed", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    postgresql_with={"fillfactor": 80},
)

# The frozen bytes, sealed under the person's key of class `notice`.
notice_content = Table(
    "notice_content",
    metadata,
    Column("notice_id", UUID, primary_key=True),
    Column("sealed_ref", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
)

# Every effect that a notice got, and each time one was taken away: `notice` has the last word only.
notice_effect = Table(
    "notice_effect",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("notice_id", UUID, nullable=False),
    Column("established", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("appeal_last_day", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("notice_effect_notice", "notice_id"),
)

# One attempt on one channel. `intent_event_id` must be under a published checkpoint before the act (`mechanics.md` 25); the address it
# goes to is sealed.
delivery = Table(
    "delivery",
    metadata,
    Column("delivery_id", UUID, primary_key=True),
    Column("notice_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'content'")),
    Column("state", Text, nullable=False, server_default=text("'submitted'")),
    Column("rule_id", Text),
    Column("contact_point_id", UUID),
    Column("not_before", DateTime(timezone=True)),  # business time
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", DateTime(timezone=True)),  # technical time
    Column("batch_id", UUID, nullable=False),
    Column("intent_event_id", UUID, nullable=False),
    Column("intended_at", DateTime(timezone=True), nullable=False),
    Column("sealed_ref", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("artefact_digest", LargeBinary),
    Column("reasons", ARRAY(Text), nullable=False, server_default=_NONE),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("delivery_notice", "notice_id"),
    Index("delivery_batch", "batch_id"),
    # What the dispatcher looks for; empty when all is sent. No other index has this order, so that no plan walks through all that was sent.
    Index("delivery_due", "channel", "intended_at", "delivery_id", postgresql_where=text("state IN ('submitted', 'sending')")),
    # How often an address failed.
    Index("delivery_point", "contact_point_id", postgresql_where=text("contact_point_id IS NOT NULL")),
    # When the dispatcher looks again.
    Index("delivery_retry", "channel", "next_try_at", postgresql_where=text("state = 'submitted' AND next_try_at IS NOT NULL")),
    postgresql_with={"fillfactor": 80},
)

# What carriers said, each answer once.
delivery_receipt = Table(
    "delivery_receipt",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("delivery_id", UUID, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("proof", Text),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("delivery_receipt_once", "delivery_id", "event", "at", unique=True),
)

# When a channel could not take a notice (administrative decree II.23/1: a proven fault can be invoked); only a person's decision moves a
# term on account of it.
system_fault = Table(
    "system_fault",
    metadata,
    Column("delivery_id", UUID, primary_key=True),
    Column("notice_id", UUID, nullable=False),
    Column("channel", Text, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("system_fault_notice", "notice_id"),
)

# Mail that came back, each once; what could not be matched is kept sealed under a key that lives 30 days, for a person to look at.
inbound_mail = Table(
    "inbound_mail",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("delivery_id", UUID),
    Column("sealed_ref", Text),
    Column("box", LargeBinary),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

# The lawful postal address of a person as the register last said; without a box there is none any more, for the dead there never will be.
# At a merge the survivor's row takes the word that came last.
postal_address = Table(
    "postal_address",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("sealed_ref", Text),
    Column("box", LargeBinary),
    Column("version", BigInteger, nullable=False),
    Column("deceased", Boolean, nullable=False, server_default=text("false")),
    merged_into(),
)

# Objections that nobody has decided yet.
undecided_objection = Table(
    "undecided_objection",
    metadata,
    Column("objection_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    merged_into(),
    Index("undecided_objection_person", text("coalesce(merged_into, person_id)")),
)

# Registrations that never should have been, or that somebody objects to, as of which version: such a stop passes what is parked, so what
# it stops may be read after it.
stopped_registration = Table(
    "stopped_registration",
    metadata,
    Column("registration_id", UUID, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    merged_into(),
    Index("stopped_registration_person", text("coalesce(merged_into, person_id)")),
)

# What a person has to see to before a notice can go on.
notice_task = Table(
    "notice_task",
    metadata,
    Column("notice_id", UUID, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("person_id", UUID, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    # Of a notice that is to go out on paper once an address is known: by which row, as what, and why; null for one that never went out.
    Column("fallback_rule", Text),
    Column("fallback_kind", Text),
    Column("reasons", ARRAY(Text), nullable=False, server_default=_NONE),
    merged_into(),
    # A person who gets an address again: which notices waited for it.
    Index("notice_task_open", text("coalesce(merged_into, person_id)"), postgresql_where=text("closed_at IS NULL")),
)

# Ciphertext does not compress: keep the database from trying.
_PLAIN = (
    "ALTER TABLE notice_content ALTER COLUMN box SET STORAGE EXTERNAL",
    "ALTER TABLE delivery ALTER COLUMN box SET STORAGE EXTERNAL",
    "ALTER TABLE postal_address ALTER COLUMN box SET STORAGE EXTERNAL",
)


def create(op: "Operations") -> None:
    """Create the tables; the first migration calls it."""
    metadata.create_all(op.get_bind())
    for statement in _PLAIN:
        op.execute(statement)
