"""The statements of deliveries: what is due, claimed, handed over, answered, stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.uow import UnitOfWork
from contracts.codes import Channel
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

_DUE = text("""
    SELECT delivery_id, intent_event_id, state FROM delivery WHERE state IN ('submitted', 'sending') ORDER BY delivery_id LIMIT :at_most
""")
_PENDING = text("SELECT EXISTS (SELECT FROM delivery WHERE state IN ('submitted', 'sending'))")
# From here on a withdrawal comes too late.
_CLAIM = text("UPDATE delivery SET state = 'sending' WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND state = 'submitted'")
_CLAIMED = text("""
    SELECT d.delivery_id, d.notice_id, d.person_id, d.channel, d.kind, d.batch_id, d.intent_event_id, d.intended_at,
           d.sealed_ref, d.box, c.sealed_ref AS content_ref, c.box AS content_box
    FROM delivery d JOIN notice_content c USING (notice_id)
    WHERE d.delivery_id = ANY(CAST(:ids AS uuid[])) AND d.state = 'sending'
    ORDER BY d.delivery_id
""")
_HANDED_OVER = text("""
    UPDATE delivery d SET state = o.state, artefact_digest = o.digest, reasons = coalesce(string_to_array(o.reason, ','), '{}'),
                          changed_at = clock_timestamp()
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:digests AS bytea[]), CAST(:reasons AS text[]))
         AS o (delivery_id, state, digest, reason)
    WHERE d.delivery_id = o.delivery_id AND d.state = 'sending'
    RETURNING d.delivery_id
""")
_ADD = text("""
    INSERT INTO delivery (delivery_id, notice_id, person_id, channel, kind, rule_id, contact_point_id, not_before, batch_id,
                          intent_event_id, intended_at, sealed_ref, box)
    SELECT delivery_id, notice_id, person_id, channel, kind, rule_id, contact_point_id, not_before, :batch_id, intent_event_id, :at,
           sealed_ref, box
    FROM unnest(CAST(:ids AS uuid[]), CAST(:notices AS uuid[]), CAST(:people AS uuid[]), CAST(:channels AS text[]), CAST(:kinds AS text[]),
                CAST(:rules AS text[]), CAST(:points AS uuid[]), CAST(:not_befores AS timestamptz[]), CAST(:intents AS uuid[]),
                CAST(:refs AS text[]), CAST(:boxes AS bytea[]))
         AS w (delivery_id, notice_id, person_id, channel, kind, rule_id, contact_point_id, not_before, intent_event_id, sealed_ref, box)
""")
_STOP = text("UPDATE delivery SET state = 'withdrawn' WHERE notice_id = ANY(CAST(:notices AS uuid[])) AND state = 'submitted'")
_FOUND = text("""
    SELECT d.delivery_id, d.notice_id, d.person_id, d.channel, d.kind, d.state, d.intent_event_id
    FROM delivery d JOIN notice n USING (notice_id)
    WHERE n.organisation = :organisation
      AND (d.delivery_id = CAST(:delivery AS uuid) OR d.notice_id = CAST(:notice AS uuid) OR d.batch_id = CAST(:batch AS uuid))
    ORDER BY d.delivery_id
""")
_LOCKED = text("SELECT delivery_id, state FROM delivery WHERE delivery_id = ANY(CAST(:ids AS uuid[])) ORDER BY delivery_id FOR UPDATE")
_ANSWERED = text("""
    WITH kept AS (
        INSERT INTO delivery_receipt (delivery_id, event, at, reason, proof)
        SELECT delivery_id, :event, :at, :reason, :proof FROM unnest(CAST(:ids AS uuid[])) AS d (delivery_id)
        ON CONFLICT (delivery_id, event, at) DO NOTHING
    )
    UPDATE delivery SET state = :event, changed_at = clock_timestamp() WHERE delivery_id = ANY(CAST(:moved AS uuid[]))
""")
_OF_NOTICES = text("""
    SELECT notice_id, delivery_id, channel, kind, state, batch_id FROM delivery
    WHERE notice_id = ANY(CAST(:notices AS uuid[])) ORDER BY delivery_id
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery about to be handed to its channel."""

    delivery_id: UUID
    notice_id: UUID
    person_id: PersonId
    channel: Channel
    kind: str
    batch_id: UUID
    intent_event_id: UUID
    intended_at: datetime
    address: Sealed[bytes]
    content: Sealed[bytes]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery about to be written; `usecases/intend.py` makes them, each with its leaf."""

    delivery_id: UUID
    notice_id: UUID
    person_id: PersonId
    channel: Channel
    kind: str
    rule_id: str
    contact_point_id: UUID | None
    not_before: datetime | None
    intent_event_id: UUID
    address: Sealed[bytes]


@dataclass(frozen=True, slots=True)
class Named:
    """What a carrier's answer is about: one of the three."""

    delivery_id: UUID | None
    notice_id: UUID | None
    batch_id: UUID | None


async def due(connection: AsyncConnection, at_most: int) -> Sequence[Row[Any]]:
    """The oldest deliveries not yet handed over; those in state `sending` were claimed before."""
    return (await connection.execute(_DUE, {"at_most": at_most})).all()


async def pending(connection: AsyncConnection) -> bool:
    """Whether anything is still to be handed over."""
    return bool((await connection.execute(_PENDING)).scalar_one())


async def claim(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> list[Claimed]:
    """Take these for handing over; one withdrawn meanwhile is left out, one claimed by a leader before is among them."""
    await uow.execute(_CLAIM, {"ids": list(delivery_ids)})
    return [
        Claimed(
            row.delivery_id,
            row.notice_id,
            PersonId(row.person_id),
            Channel(row.channel),
            row.kind,
            row.batch_id,
            row.intent_event_id,
            row.intended_at,
            Sealed.of(row.sealed_ref, row.box),
            Sealed.of(row.content_ref, row.content_box),
        )
        for row in await uow.all(_CLAIMED, {"ids": list(delivery_ids)})
    ]


async def handed_over(uow: UnitOfWork, outcomes: Mapping[UUID, tuple[str, bytes | None, str | None]]) -> frozenset[UUID]:
    """Keep state, digest of the artefact and reason of each; those whose outcome was not yet known."""
    rows = await uow.all(
        _HANDED_OVER,
        {
            "ids": list(outcomes),
            "states": [state for state, _, _ in outcomes.values()],
            "digests": [digest for _, digest, _ in outcomes.values()],
            "reasons": [reason for _, _, reason in outcomes.values()],
        },
    )
    return frozenset(row.delivery_id for row in rows)


async def add(uow: UnitOfWork, new: Sequence[NewDelivery], batch_id: UUID, at: datetime) -> None:
    """Make these deliveries."""
    await uow.execute(
        _ADD,
        {
            "ids": [item.delivery_id for item in new],
            "notices": [item.notice_id for item in new],
            "people": [item.person_id for item in new],
            "channels": [item.channel for item in new],
            "kinds": [item.kind for item in new],
            "rules": [item.rule_id for item in new],
            "points": [item.contact_point_id for item in new],
            "not_befores": [item.not_before for item in new],
            "intents": [item.intent_event_id for item in new],
            "refs": [item.address.key_ref for item in new],
            "boxes": [item.address.raw for item in new],
            "batch_id": batch_id,
            "at": at,
        },
    )


async def stop(uow: UnitOfWork, notices: Sequence[UUID]) -> None:
    """Stop what is not yet under way; waits for a claim that is being committed."""
    await uow.execute(_STOP, {"notices": list(notices)})


async def found(uow: UnitOfWork, organisation: str, named: Named) -> Sequence[Row[Any]]:
    """The deliveries of an organisation's notices that a carrier's answer names."""
    by: dict[str, object] = {"delivery": named.delivery_id, "notice": named.notice_id, "batch": named.batch_id}
    return await uow.all(_FOUND, by | {"organisation": organisation})


async def locked(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The present state of each, locked until the commit."""
    return {row.delivery_id: row.state for row in await uow.all(_LOCKED, {"ids": list(delivery_ids)})}


async def answered(uow: UnitOfWork, delivery_ids: Sequence[UUID], moved: Sequence[UUID], answer: Mapping[str, object]) -> None:
    """Keep an answer (event, at, reason, proof) about all of these; those in `moved` go on to its state."""
    await uow.execute(_ANSWERED, {"ids": list(delivery_ids), "moved": list(moved)} | dict(answer))


async def of_notices(uow: UnitOfWork, notices: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Every delivery of these notices, oldest first."""
    return await uow.all(_OF_NOTICES, {"notices": list(notices)})
