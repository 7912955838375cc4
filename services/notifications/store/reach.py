"""Reads how people can be reached: one statement for people of whom nothing is known, as of most, and three more for the others."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ARRAY, any_, bindparam, select, text
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

# Of whom anything is known, and the rule rows as they were switched.
_OUTLOOK = text("""
    SELECT coalesce(merged_into, person_id) AS person_id, NULL AS row_id, NULL::boolean AS active, NULL::date AS valid_from,
           NULL::date AS valid_to
    FROM consent WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    UNION ALL SELECT coalesce(merged_into, person_id), NULL, NULL, NULL, NULL
    FROM contact_point WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    UNION ALL SELECT coalesce(merged_into, person_id), NULL, NULL, NULL, NULL
    FROM recipient WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    UNION ALL SELECT NULL, row_id, active, valid_from, valid_to FROM rule_row
""")
_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_CONSENTS = select(consent, whose(consent).label("whose")).where(whose(consent) == any_(_PEOPLE)).order_by(consent.c.given_at)
_POINTS = (
    select(contact_point, whose(contact_point).label("whose"))
    .where(whose(contact_point) == any_(_PEOPLE))
    .order_by(contact_point.c.contact_point_id)
)
_RECIPIENTS = select(recipient, whose(recipient).label("whose")).where(whose(recipient) == any_(_PEOPLE)).order_by(recipient.c.received_at)


async def outlook(uow: UnitOfWork, people: Sequence[PersonId]) -> tuple[dict[PersonId, Reach], Sequence[Row]]:
    """How each of these people can be reached, as `known` says it, and the rule rows that were switched; the people are claimed."""
    rows = await uow.all(_OUTLOOK, {"people": list(dict.fromkeys(people))})
    somehow = {PersonId(row.person_id) for row in rows if row.person_id is not None}
    return await known(uow, list(somehow)) if somehow else {}, [row for row in rows if row.row_id is not None]


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
