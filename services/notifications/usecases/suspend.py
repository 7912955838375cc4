"""Suspends addresses that no longer serve: they bounced, or are somebody else's, too; effects that stand are not touched."""

from collections.abc import Sequence
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.notification import ContactPointSuspended
from services.notifications.store import contact_points


async def suspend(uow: UnitOfWork, ids: Sequence[UUID], reason: str) -> None:
    """Suspend these from now on; whose they are is claimed by the edge. One suspended for this reason before stays as it is."""
    if not ids:
        return
    rows = await contact_points.suspend(uow, ids, reason, uow.now)
    uow.claim(PersonId(row.person_id) for row in rows)
    uow.publish(
        ContactPointSuspended(
            person_id=PersonId(row.person_id),
            contact_point_id=row.contact_point_id,
            kind=row.kind,
            reasons=(reason,),
            suspended_at=uow.now,
            version=row.version,
        )
        for row in rows
    )
