"""What notifications tells of a person's journey: consents, notices with their evidence, each delivery as it stands, effects."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import TextClause, text

from chassis.journey import Step, Told, told
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from proof.leaves import EventLeaf

_WHO = text("""
    SELECT coalesce(merged_into, person_id) FROM notice WHERE notice_id = :id OR about_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM postal_address WHERE person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM consent WHERE consent_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM contact_point WHERE contact_point_id = :id OR person_id = :id
    LIMIT 1
""")
# The evidence says when each thing happened by the technical clock; `submitted_at` and its like are business time.
_EVENTS = text("""
    SELECT e.at, e.notice_ref, e.leaf, n.purpose
    FROM evidence_event AS e JOIN notice AS n ON n.notice_id = e.notice_ref
    WHERE coalesce(n.merged_into, n.person_id) = :person ORDER BY e.at, e.seq
""")
_DELIVERIES = text("""
    SELECT delivery_id, notice_id, channel, kind, state, rule_id, contact_point_id, changed_at AS at, reasons FROM delivery
    WHERE person_id = :person OR person_id IN (SELECT person_id FROM person WHERE merged_into = :person) ORDER BY delivery_id
""")
_EFFECTS = text("""
    SELECT e.recorded_at AS at, e.notice_id, e.established, e.basis, e.rule_id, e.effective_on, e.appeal_last_day
    FROM notice_effect AS e JOIN notice AS n USING (notice_id)
    WHERE coalesce(n.merged_into, n.person_id) = :person ORDER BY e.id
""")
_CONSENTS = text("""
    SELECT recorded_at AS at, consent_id, means, contact_point_id, procedures, effective, reasons FROM consent
    WHERE coalesce(merged_into, person_id) = :person
""")
_WITHDRAWN = text("""
    SELECT withdrawal_recorded_at AS at, consent_id, means FROM consent
    WHERE coalesce(merged_into, person_id) = :person AND withdrawal_recorded_at IS NOT NULL
""")


async def journey(uow: UnitOfWork, identifier: UUID) -> Told | None:
    """The steps of whoever this id is of: a person, a notice, what a notice is about, a consent, an address."""
    return await told(uow, identifier, _WHO, _steps)


async def _steps(uow: UnitOfWork, person: PersonId) -> list[Step]:
    async def rows(statement: TextClause) -> Iterable[Row]:
        return await uow.all(statement, {"person": person})

    steps = [_consent(row) for row in await rows(_CONSENTS)]
    steps += [Step(row.at, "consentWithdrawn", {"consentId": str(row.consent_id), "means": row.means}) for row in await rows(_WITHDRAWN)]
    steps += [_logged(row) for row in await rows(_EVENTS)]
    steps += [_delivery(row) for row in await rows(_DELIVERIES)]
    steps += [_effect(row) for row in await rows(_EFFECTS)]
    return steps


def _consent(row: Row) -> Step:
    said = {
        "consentId": str(row.consent_id),
        "means": row.means,
        "contactPointId": str(row.contact_point_id) if row.contact_point_id else None,
        "procedures": list(row.procedures),
        "effective": row.effective,
        "reasons": list(row.reasons),
    }
    return Step(row.at, "consentGiven", said)


def _logged(row: Row) -> Step:
    """An event of the evidence, by the last part of its URI."""
    leaf = EventLeaf.parse(bytes(row.leaf))
    said = {"noticeId": str(row.notice_ref), "event": leaf.event.rpartition("/")[2], "purpose": row.purpose, "channel": leaf.channel}
    return Step(row.at, "evidenceLogged", said)


def _delivery(row: Row) -> Step:
    said = {
        "noticeId": str(row.notice_id),
        "deliveryId": str(row.delivery_id),
        "channel": row.channel,
        "kind": row.kind,
        "state": row.state,
        "rule": row.rule_id,
        "contactPointId": str(row.contact_point_id) if row.contact_point_id else None,
        "reasons": list(row.reasons),
    }
    return Step(row.at, "deliveryMoved", said)


def _effect(row: Row) -> Step:
    said = {
        "noticeId": str(row.notice_id),
        "basis": row.basis,
        "rule": row.rule_id,
        "effectiveOn": row.effective_on.isoformat(),
        "appealLastDay": row.appeal_last_day.isoformat() if row.appeal_last_day else None,
    }
    return Step(row.at, "effectEstablished" if row.established else "effectRevoked", said)
