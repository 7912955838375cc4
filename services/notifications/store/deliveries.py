"""The statements of deliveries: what is due, claimed, handed over, answered, stopped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

# What waits for a moment of the business clock or for a retry (of the technical one) is not due. Channel by channel and letter by letter,
# so that a round costs the same whatever waits behind it.
_DUE = text("""
    SELECT d.delivery_id, d.intent_event_id, d.person_id, d.state, d.sealed_ref, d.box, c.sealed_ref AS content_ref, c.box AS content_box
    FROM unnest(CAST(:channels AS text[])) AS w (channel)
    CROSS JOIN LATERAL (
        SELECT * FROM delivery
        WHERE channel = w.channel AND state IN ('submitted', 'sending') AND (not_before IS NULL OR not_before <= :now)
          AND (next_try_at IS NULL OR next_try_at <= clock_timestamp() OR state = 'sending')
        ORDER BY intended_at, delivery_id LIMIT :at_most
    ) AS d
    CROSS JOIN LATERAL (SELECT * FROM notice_content WHERE notice_id = d.notice_id LIMIT 1) AS c
    ORDER BY d.intended_at, d.delivery_id LIMIT :at_most
""")
_NEXT_TRY = text("""
    SELECT extract(epoch FROM min(d.next_try_at) - clock_timestamp())
    FROM unnest(CAST(:channels AS text[])) AS w (channel)
    CROSS JOIN LATERAL (
        SELECT next_try_at FROM delivery WHERE channel = w.channel AND state = 'submitted' AND next_try_at IS NOT NULL
        ORDER BY next_try_at LIMIT 1
    ) AS d
""")
_PENDING = text("""
    SELECT w.channel FROM unnest(CAST(:channels AS text[])) AS w (channel)
    CROSS JOIN LATERAL (
        SELECT FROM delivery
        WHERE channel = w.channel AND state IN ('submitted', 'sending') AND (not_before IS NULL OR not_before <= :now)
          AND (next_try_at IS NULL OR next_try_at <= clock_timestamp() OR state = 'sending')
        ORDER BY intended_at, delivery_id LIMIT 1
    ) AS d
""")
_CHANNELS = [channel.value for channel in Channel]
# From here on a withdrawal comes too late.
_CLAIM = text("UPDATE delivery SET state = 'sending' WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND state = 'submitted'")
_CLAIMED = text("""
    SELECT delivery_id, notice_id, person_id, channel, kind, contact_point_id, intent_event_id, state, batch_id, intended_at, attempts
    FROM delivery WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND state = 'sending' ORDER BY delivery_id
""")
_HANDED_OVER = text("""
    UPDATE delivery d SET state = o.state, artefact_digest = o.digest, reasons = coalesce(string_to_array(o.reason, ','), '{}'),
                          attempts = attempts + 1, next_try_at = clock_timestamp() + o.again_s * interval '1 second',
                          changed_at = clock_timestamp()
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:digests AS bytea[]), CAST(:reasons AS text[]),
                CAST(:agains AS float8[])) AS o (delivery_id, state, digest, reason, again_s)
    WHERE d.delivery_id = o.delivery_id AND d.state = 'sending'
    RETURNING d.delivery_id
""")
_POSTPONE = text("UPDATE delivery SET not_before = :until WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND state = 'submitted'")
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
_STOP = text("""
    UPDATE delivery SET state = 'withdrawn' WHERE notice_id = ANY(CAST(:notices AS uuid[])) AND state = 'submitted' RETURNING delivery_id
""")
_FOUND = text("""
    SELECT d.delivery_id, d.notice_id, d.person_id, d.channel, d.kind, d.contact_point_id, d.intent_event_id, d.state
    FROM delivery d JOIN notice n USING (notice_id)
    WHERE (CAST(:organisation AS text) IS NULL OR n.organisation = :organisation)
      AND (d.delivery_id = CAST(:delivery AS uuid) OR d.notice_id = CAST(:notice AS uuid) OR d.batch_id = CAST(:batch AS uuid))
    ORDER BY d.delivery_id
""")
_BY_IDS = text("""
    SELECT delivery_id, notice_id, person_id, channel, kind, contact_point_id, intent_event_id, state
    FROM delivery WHERE delivery_id = ANY(CAST(:ids AS uuid[])) ORDER BY delivery_id FOR UPDATE
""")
# Keeps an answer once for each delivery; those it is news for. What was said without its proof is news again once it comes with it.
_KEEP_ANSWER = text("""
    INSERT INTO delivery_receipt (delivery_id, event, at, reason, proof)
    SELECT delivery_id, :event, :at, :reason, :proof FROM unnest(CAST(:ids AS uuid[])) AS d (delivery_id)
    ON CONFLICT (delivery_id, event, at) DO UPDATE SET proof = excluded.proof
        WHERE delivery_receipt.proof IS NULL AND excluded.proof IS NOT NULL
    RETURNING delivery_id
""")
_KEPT = text("""
    SELECT delivery_id, event, at, reason, proof FROM delivery_receipt WHERE delivery_id = ANY(CAST(:ids AS uuid[])) ORDER BY at, id
""")
_MOVE = text("""
    UPDATE delivery d SET state = m.state, changed_at = clock_timestamp(),
                          reasons = CASE WHEN m.reason IS NULL THEN d.reasons ELSE string_to_array(m.reason, ',') END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:reasons AS text[])) AS m (delivery_id, state, reason)
    WHERE d.delivery_id = m.delivery_id
""")
# Since the last success at this address.
_FAILURES = text("""
    SELECT p.id, count(*) AS failed, count(*) FILTER (WHERE :soft = ANY(d.reasons)) AS soft
    FROM unnest(CAST(:points AS uuid[])) AS p (id) JOIN delivery d ON d.contact_point_id = p.id
    WHERE d.state = 'failed' AND d.delivery_id > coalesce(
        (SELECT max(delivery_id::text) FROM delivery g WHERE g.contact_point_id = p.id AND g.state IN ('delivered', 'read')),
        '00000000-0000-0000-0000-000000000000')::uuid
    GROUP BY p.id
""")
_OF_NOTICES = text("""
    SELECT notice_id, delivery_id, channel, kind, state, batch_id, contact_point_id FROM delivery
    WHERE notice_id = ANY(CAST(:notices AS uuid[])) ORDER BY delivery_id
""")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands."""

    delivery_id: UUID
    notice_id: UUID
    person_id: PersonId
    channel: Channel
    kind: DeliveryKind
    contact_point_id: UUID | None
    intent_event_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class Claimed(Delivery):
    """A delivery about to be handed to its channel."""

    batch_id: UUID
    intended_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that may go, with what it carries and where to; claimed already when a leader before began with it."""

    delivery_id: UUID
    person_id: PersonId
    intent_event_id: UUID
    begun: bool
    address: Sealed[bytes]
    content: Sealed[bytes]


@dataclass(frozen=True, slots=True)
class Result:
    """What is kept of one hand-over; tried again after `again_s` seconds."""

    state: str
    digest: bytes | None = None
    reason: str | None = None
    again_s: float | None = None


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


async def due(connection: Connection, channels: Collection[str], now: datetime, at_most: int) -> Sequence[Due]:
    """The oldest deliveries on these channels that may go now."""
    rows = await connection.execute(_DUE, {"channels": list(channels), "now": now, "at_most": at_most})
    return [
        Due(
            row.delivery_id,
            PersonId(row.person_id),
            row.intent_event_id,
            row.state == "sending",
            Sealed.of(row.sealed_ref, row.box),
            Sealed.of(row.content_ref, row.content_box),
        )
        for row in rows
    ]


async def next_try_s(connection: Connection, channels: Collection[str]) -> float | None:
    """In how many seconds something on these channels is to be tried again."""
    found = (await connection.execute(_NEXT_TRY, {"channels": list(channels)})).scalar_one()
    return None if found is None else max(0.0, float(found))


async def pending(connection: Connection, now: datetime) -> frozenset[str]:
    """The channels on which something is to be handed over now; what waits for its hour or for a retry is at rest."""
    return frozenset((await connection.execute(_PENDING, {"channels": _CHANNELS, "now": now})).scalars())


async def claim(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> list[Claimed]:
    """Take these for handing over; one withdrawn meanwhile is left out, one claimed by a leader before is among them."""
    await uow.execute(_CLAIM, {"ids": list(delivery_ids)})
    return [
        Claimed(**_plain(row), batch_id=row.batch_id, intended_at=row.intended_at, attempts=row.attempts)
        for row in await uow.all(_CLAIMED, {"ids": list(delivery_ids)})
    ]


async def handed_over(uow: UnitOfWork, results: Mapping[UUID, Result]) -> frozenset[UUID]:
    """Keep what became of each; those whose outcome was not yet known."""
    kept = list(results.values())
    rows = await uow.all(
        _HANDED_OVER,
        {
            "ids": list(results),
            "states": [result.state for result in kept],
            "digests": [result.digest for result in kept],
            "reasons": [result.reason for result in kept],
            "agains": [result.again_s for result in kept],
        },
    )
    return frozenset(row.delivery_id for row in rows)


async def postpone(uow: UnitOfWork, delivery_ids: Sequence[UUID], until: datetime) -> None:
    """Let these not leave before that moment."""
    await uow.execute(_POSTPONE, {"ids": list(delivery_ids), "until": until})


async def add(uow: UnitOfWork, new: Sequence[NewDelivery], batch_id: UUID, at: datetime) -> None:
    """Make these deliveries."""
    uow.later(
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


async def stop(uow: UnitOfWork, notices: Sequence[UUID]) -> list[UUID]:
    """Stop what is not yet under way; waits for a claim that is being committed. What was stopped."""
    return [row.delivery_id for row in await uow.all(_STOP, {"notices": list(notices)})]


async def found(uow: UnitOfWork, organisation: str | None, named: Named) -> list[Delivery]:
    """The deliveries of an organisation's notices (or of anyone's) that a carrier's answer names."""
    by: dict[str, object] = {"delivery": named.delivery_id, "notice": named.notice_id, "batch": named.batch_id}
    return [Delivery(**_plain(row)) for row in await uow.all(_FOUND, by | {"organisation": organisation})]


async def locked(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """These as they stand, locked until the commit."""
    return [Delivery(**_plain(row)) for row in await uow.all(_BY_IDS, {"ids": list(delivery_ids)})]


async def keep_answer(uow: UnitOfWork, delivery_ids: Sequence[UUID], answer: Mapping[str, object]) -> frozenset[UUID]:
    """Keep an answer (event, at, reason, proof) about these; those it is news for."""
    return frozenset(row.delivery_id for row in await uow.all(_KEEP_ANSWER, {"ids": list(delivery_ids)} | dict(answer)))


async def kept_answers(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> Sequence[Row]:
    """Every answer that was kept about these, by its own time."""
    return await uow.all(_KEPT, {"ids": list(delivery_ids)})


async def move(uow: UnitOfWork, states: Sequence[tuple[UUID, str, str | None]]) -> None:
    """Let these go on to their states; a reason (or several, with commas) replaces what was known."""
    await uow.execute(
        _MOVE,
        {"ids": [item[0] for item in states], "states": [item[1] for item in states], "reasons": [item[2] for item in states]},
    )


async def failures(uow: UnitOfWork, points: Sequence[UUID], soft: str) -> dict[UUID, tuple[int, int]]:
    """How often each of these addresses failed since something last arrived there, and how often for the soft reason."""
    rows = await uow.all(_FAILURES, {"points": list(points), "soft": soft})
    return {row.id: (int(row.failed), int(row.soft)) for row in rows}


async def of_notices(uow: UnitOfWork, notices: Sequence[UUID]) -> Sequence[Row]:
    """Every delivery of these notices, oldest first."""
    return await uow.all(_OF_NOTICES, {"notices": list(notices)})


def _plain(row: Row) -> dict[str, Any]:
    return {
        "delivery_id": row.delivery_id,
        "notice_id": row.notice_id,
        "person_id": PersonId(row.person_id),
        "channel": Channel(row.channel),
        "kind": DeliveryKind(row.kind),
        "contact_point_id": row.contact_point_id,
        "intent_event_id": row.intent_event_id,
        "state": row.state,
    }
