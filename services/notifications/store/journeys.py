"""What notifications tells of a person's journey: notices, the intent and the present state of each delivery, carriers' answers."""

from uuid import UUID

from sqlalchemy import text

from chassis.journey import Step, Told, in_order
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from proof.leaves import EventLeaf

_WHO = text("""
    SELECT coalesce(merged_into, person_id) FROM notice WHERE notice_id = :id OR about_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM postal_address WHERE person_id = :id
    LIMIT 1
""")
# The evidence says when each thing happened by the technical clock; `submitted_at` and its like are business time.
_EVENTS = text("""
    SELECT e.at, e.notice_ref, e.leaf, n.purpose, n.channel, n.state, n.template
    FROM evidence_event AS e JOIN notice AS n ON n.notice_id = e.notice_ref
    WHERE coalesce(n.merged_into, n.person_id) = :person ORDER BY e.at, e.seq
""")
_DELIVERIES = text("""
    SELECT delivery_id, notice_id, channel, kind, state, changed_at, reasons FROM delivery
    WHERE person_id = :person OR person_id IN (SELECT person_id FROM person WHERE merged_into = :person) ORDER BY delivery_id
""")


async def journey(uow: UnitOfWork, identifier: UUID) -> Told | None:
    """The steps of whoever this id is of: a person, a notice, what a notice is about."""
    row = await uow.one_or_none(_WHO, {"id": identifier})
    if row is None:
        return None
    person = PersonId(UUID(str(row[0])))
    logged = [
        Step(
            event.at,
            "evidenceLogged",
            {"noticeId": str(event.notice_ref), "event": _name(bytes(event.leaf)), "purpose": event.purpose, "channel": event.channel},
        )
        for event in await uow.all(_EVENTS, {"person": person})
    ]
    delivered = [
        Step(
            delivery.changed_at,
            "deliveryMoved",
            {
                "noticeId": str(delivery.notice_id),
                "deliveryId": str(delivery.delivery_id),
                "channel": delivery.channel,
                "kind": delivery.kind,
                "state": delivery.state,
                "reasons": list(delivery.reasons),
            },
        )
        for delivery in await uow.all(_DELIVERIES, {"person": person})
    ]
    return Told(person, in_order([*logged, *delivered]))


def _name(leaf: bytes) -> str:
    """The last part of the event's URI."""
    return EventLeaf.parse(leaf).event.rpartition("/")[2]
