"""The statements of system faults: from when until when a channel could not take a notice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from services.notifications.store.deliveries import Delivery

_BEGIN = text("""
    INSERT INTO system_fault (delivery_id, notice_id, channel, began_at)
    SELECT delivery_id, notice_id, channel, :at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:notices AS uuid[]), CAST(:channels AS text[])) AS f (delivery_id, notice_id, channel)
    ON CONFLICT (delivery_id) DO NOTHING
""")
_END = text("UPDATE system_fault SET ended_at = :at WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND ended_at IS NULL")
_OF_NOTICES = text("""
    SELECT notice_id, channel, began_at, ended_at FROM system_fault WHERE notice_id = ANY(CAST(:notices AS uuid[])) ORDER BY began_at
""")


async def begin(uow: UnitOfWork, stuck: Sequence[Delivery], at: datetime) -> None:
    """These could not be taken; a fault that goes on keeps its beginning."""
    if stuck:
        said = {"notices": [one.notice_id for one in stuck], "channels": [one.channel for one in stuck], "at": at}
        await uow.execute(_BEGIN, said | {"ids": [one.delivery_id for one in stuck]})


async def end(uow: UnitOfWork, delivery_ids: Sequence[UUID], at: datetime) -> None:
    """These were taken, or given up."""
    if delivery_ids:
        await uow.execute(_END, {"ids": list(delivery_ids), "at": at})


async def of_notices(uow: UnitOfWork, notices: Sequence[UUID]) -> Sequence[Row]:
    """The faults that these notices met, the oldest first."""
    return await uow.all(_OF_NOTICES, {"notices": list(notices)})
