"""The statements of consents: given, read, taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.notifications.domain.reach import Consent
from services.notifications.store.contact_tables import consent

_BY_ID = select(consent).where(consent.c.consent_id == bindparam("id"))
_OF_PEOPLE = (
    select(consent)
    .where(whose(consent) == any_(bindparam("people", type_=ARRAY(SQL_UUID))))
    .order_by(consent.c.recorded_at, consent.c.consent_id)
)
_WITHDRAW = text("""
    UPDATE consent SET withdrawn_at = :at, withdrawal_recorded_at = clock_timestamp(), version = version + 1
    WHERE consent_id = :id AND withdrawn_at IS NULL
""")


async def keep(uow: UnitOfWork, person: PersonId, given: Consent, source: str, reasons: Sequence[str]) -> None:
    """Keep a consent, with why it has no effect."""
    await uow.execute(
        insert(consent).values(
            consent_id=given.consent_id,
            person_id=person,
            means=given.means,
            contact_point_id=given.contact_point_id,
            procedures=sorted(given.procedures),
            text_version=given.text_version,
            given_at=given.given_at,
            authentication=given.authentication,
            source=source,
            proof=given.proof,
            effective=given.effective,
            reasons=list(reasons),
        )
    )


async def by_id(uow: UnitOfWork, consent_id: UUID) -> Row | None:
    """This consent."""
    return await uow.one_or_none(_BY_ID, {"id": consent_id})


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Row]:
    """Every consent of these people, oldest first."""
    return await uow.all(_OF_PEOPLE, {"people": list(people)})


async def withdraw(uow: UnitOfWork, consent_id: UUID, at: datetime) -> bool:
    """Take it back from that instant on; False when it was taken back before."""
    return bool(await uow.execute(_WITHDRAW, {"id": consent_id, "at": at}))
