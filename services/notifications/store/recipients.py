"""The statements of what senders say of a person as a recipient, by reference and source version (`mechanics.md` 16)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.notifications.domain.reach import DigitalSkills, Preference, Recipient
from services.notifications.store.contact_tables import recipient

_BY_REFERENCE = select(recipient).where(
    recipient.c.organisation == bindparam("organisation"), recipient.c.reference == bindparam("reference")
)
# A version that is not higher changes nothing, also when it came in between.
_KEEP = text("""
    INSERT INTO recipient AS r (organisation, reference, source_version, person_id, portal_activated, last_login_at, ebox_active,
                                preference, represented, digital_skills, received_at)
    VALUES (:organisation, :reference, :source_version, :person_id, :portal_activated, :last_login_at, :ebox_active, :preference,
            :represented, :digital_skills, :received_at)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        source_version = excluded.source_version, person_id = excluded.person_id, merged_into = NULL,
        portal_activated = excluded.portal_activated, last_login_at = excluded.last_login_at, ebox_active = excluded.ebox_active,
        preference = excluded.preference, represented = excluded.represented, digital_skills = excluded.digital_skills,
        received_at = excluded.received_at
    WHERE r.source_version < excluded.source_version
    RETURNING true
""")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a sender."""

    organisation: str
    reference: str
    source_version: int
    person_id: PersonId
    said: Recipient


async def by_reference(uow: UnitOfWork, organisation: str, reference: str) -> Row | None:
    """What was last said under this reference."""
    return await uow.one_or_none(_BY_REFERENCE, {"organisation": organisation, "reference": reference})


async def keep(uow: UnitOfWork, record: Record, at: datetime) -> bool:
    """Keep what is said; False when a version as high is known."""
    said = record.said
    kept = await uow.one_or_none(
        _KEEP,
        {
            "organisation": record.organisation,
            "reference": record.reference,
            "source_version": record.source_version,
            "person_id": record.person_id,
            "portal_activated": said.portal_activated,
            "last_login_at": said.last_login_at,
            "ebox_active": said.ebox_active,
            "preference": said.preference,
            "represented": said.represented,
            "digital_skills": said.digital_skills,
            "received_at": at,
        },
    )
    return kept is not None


def same(row: Row, person: PersonId, said: Recipient) -> bool:
    """Whether a row says just this of just this person."""
    return PersonId(row.merged_into or row.person_id) == person and recipient_of(row) == said


def recipient_of(row: Row) -> Recipient:
    """A row as the rules see it."""
    return Recipient(
        portal_activated=row.portal_activated,
        last_login_at=row.last_login_at,
        ebox_active=row.ebox_active,
        preference=Preference(row.preference) if row.preference else None,
        represented=row.represented,
        digital_skills=DigitalSkills(row.digital_skills),
    )
