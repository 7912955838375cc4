"""The statements of choosing again: what is about to leave digitally, and how it is taken off that road."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork

# Locked, so that nothing claims or withdraws them in between.
_ABOUT_TO_LEAVE = text("""
    SELECT d.delivery_id, d.notice_id, d.person_id, d.channel, d.kind, d.rule_id, d.contact_point_id,
           d.intent_event_id, n.procedure, n.impact, n.channel_rule
    FROM delivery d JOIN notice n USING (notice_id)
    WHERE d.delivery_id = ANY(CAST(:ids AS uuid[])) AND d.state = 'submitted' AND d.channel NOT IN ('paper', 'registeredPost')
    ORDER BY d.delivery_id FOR UPDATE OF d
""")
_CALL_OFF = text("""
    UPDATE delivery d SET state = 'withdrawn', reasons = ARRAY[c.reason], changed_at = clock_timestamp()
    FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS c (delivery_id, reason)
    WHERE d.delivery_id = c.delivery_id AND d.state = 'submitted'
""")
_MOVE = text("""
    UPDATE notice n SET channel = m.channel, channel_rule = m.rule, version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:rules AS text[])) AS m (notice_id, channel, rule)
    WHERE n.notice_id = m.notice_id
    RETURNING n.notice_id, n.person_id, n.purpose, n.period, n.about_id, n.version
""")


@dataclass(frozen=True, slots=True)
class Moved:
    """A notice that goes by another channel from now on."""

    notice_id: UUID
    channel: str
    rule_id: str


async def about_to_leave(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> Sequence[Row]:
    """Those of these that are digital and not yet under way, with what their choice rests on."""
    return await uow.all(_ABOUT_TO_LEAVE, {"ids": list(delivery_ids)})


async def call_off(uow: UnitOfWork, reasons: Sequence[tuple[UUID, str]]) -> None:
    """Let these deliveries never leave, each with why."""
    if reasons:
        await uow.execute(_CALL_OFF, {"ids": [delivery_id for delivery_id, _ in reasons], "reasons": [reason for _, reason in reasons]})


async def move(uow: UnitOfWork, moved: Sequence[Moved]) -> Sequence[Row]:
    """Keep the new channel of these notices; as they are afterwards."""
    return await uow.all(
        _MOVE,
        {
            "ids": [item.notice_id for item in moved],
            "channels": [item.channel for item in moved],
            "rules": [item.rule_id for item in moved],
        },
    )
