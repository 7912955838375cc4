"""Reads how people can be reached: three statements, whatever their number."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ARRAY, any_, bindparam, select
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import ContactKind, Means
from contracts.identifiers import PersonId
from services.notifications.domain.reach import (
    AddressOrigin,
    Authentication,
    ChangedBy,
    Consent,
    ContactPoint,
    Reach,
    Recipient,
)
from services.notifications.store.contact_tables import consent, contact_point, recipient
from services.notifications.store.recipients import recipient_of

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_CONSENTS = select(consent, whose(consent).label("whose")).where(whose(consent) == any_(_PEOPLE)).order_by(consent.c.given_at)
_POINTS = (
    select(contact_point, whose(contact_point).label("whose"))
    .where(whose(contact_point) == any_(_PEOPLE))
    .order_by(contact_point.c.contact_point_id)
)
_RECIPIENTS = select(recipient, whose(recipient).label("whose")).where(whose(recipient) == any_(_PEOPLE)).order_by(recipient.c.received_at)


async def known(uow: UnitOfWork, people: Sequence[PersonId]) -> dict[PersonId, Reach]:
    """How each of these people can be reached; someone of whom nothing is known has no entry."""
    wanted = {"people": list(dict.fromkeys(people))}
    consents: dict[PersonId, list[Consent]] = defaultdict(list)
    points: dict[PersonId, list[ContactPoint]] = defaultdict(list)
    for row in await uow.all(_CONSENTS, wanted):
        consents[PersonId(row.whose)].append(consent_of(row))
    for row in await uow.all(_POINTS, wanted):
        points[PersonId(row.whose)].append(point_of(row))
    recipients = {PersonId(row.whose): recipient_of(row) for row in await uow.all(_RECIPIENTS, wanted)}  # the newest comes last
    return {
        person: Reach(tuple(consents[person]), tuple(points[person]), recipients.get(person, Recipient()))
        for person in {*consents, *points, *recipients}
    }


def consent_of(row: Row) -> Consent:
    """A row of `consent` as the rules see it."""
    return Consent(
        consent_id=row.consent_id,
        means=Means(row.means),
        contact_point_id=row.contact_point_id,
        procedures=frozenset(row.procedures),
        given_at=row.given_at,
        effective=row.effective,
        withdrawn_at=row.withdrawn_at,
        text_version=row.text_version,
        authentication=Authentication(row.authentication),
        proof=row.proof,
    )


def point_of(row: Row) -> ContactPoint:
    """A row of `contact_point` as the rules see it: without the address."""
    return ContactPoint(
        contact_point_id=row.contact_point_id,
        kind=ContactKind(row.kind),
        origin=AddressOrigin(row.origin),
        changed_by=ChangedBy(row.changed_by),
        confirmed_at=row.confirmed_at,
        suspended_for=tuple(row.suspended_for),
        replaced=row.replaced,
    )
