"""The log of who asked about whom, when and why: a person may know dates and purposes, never which member of staff (CJEU C-579/21)."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from chassis.merging import merged_into
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_NOTE = text("INSERT INTO consultation (person_id, organisation, purpose) VALUES (:person, :organisation, :purpose)")


def consultation_table(metadata: MetaData) -> Table:
    """Its table, among the others of a service that answers questions about people."""
    return Table(
        "consultation",
        metadata,
        Column("number", BigInteger, Identity(always=True), primary_key=True),
        Column("person_id", UUID, nullable=False),
        Column("organisation", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
        merged_into(),
        Index("consultation_person", text("coalesce(merged_into, person_id)"), "at"),
    )


async def note(uow: UnitOfWork, person: PersonId, organisation: str, purpose: str) -> None:
    """Note one consultation."""
    await uow.execute(_NOTE, {"person": person, "organisation": organisation, "purpose": purpose})
