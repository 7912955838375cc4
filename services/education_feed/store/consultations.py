"""The log of who asked about whom, when and why."""

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_NOTE = text("INSERT INTO consultation (person_id, organisation, purpose) VALUES (:person, :organisation, :purpose)")


async def note(uow: UnitOfWork, person: PersonId, organisation: str, purpose: str) -> None:
    """Note one consultation; never which member of staff (CJEU C-579/21)."""
    await uow.execute(_NOTE, {"person": person, "organisation": organisation, "purpose": purpose})
