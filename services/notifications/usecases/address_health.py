"""Suspends addresses that do not serve: one hard bounce, two series of soft ones, two undelivered messages (`domain.md` 7.7 row 7)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import Channel
from services.notifications.domain.notices import State
from services.notifications.domain.patience import HARD_BOUNCES, SOFT_SERIES, UNDELIVERED
from services.notifications.store import deliveries
from services.notifications.usecases.moved import Moved
from services.notifications.usecases.suspend import suspend

SOFT: Final = "retriesExhausted"
_NOT_ITS_FAULT: Final = frozenset({"erased", "refusedByPolicy", "channelNotConfigured"})


async def look(uow: UnitOfWork, moved: Sequence[Moved]) -> None:
    """Suspend the contact points that failed too often with these."""
    failed = [item for item in moved if item.state is State.FAILED and item.delivery.contact_point_id is not None]
    blamed = [item for item in failed if not _NOT_ITS_FAULT.intersection(item.reasons)]
    points = list({item.delivery.contact_point_id for item in blamed if item.delivery.contact_point_id is not None})
    if not points:
        return
    series = await deliveries.failures(uow, points, SOFT)
    bad: dict[str, list[UUID]] = {}
    for item in blamed:
        point = item.delivery.contact_point_id
        assert point is not None
        reason = _verdict(item.delivery.channel, soft=SOFT in item.reasons, failures=series[point])
        if reason is not None:
            bad.setdefault(reason, []).append(point)
    for reason, ids in bad.items():
        await suspend(uow, ids, reason)


def _verdict(channel: Channel, *, soft: bool, failures: tuple[int, int]) -> str | None:
    """Why the address is suspended; `failures` in a row, of them soft ones."""
    in_a_row, soft_in_a_row = failures
    if (enough := UNDELIVERED.get(channel)) is not None:
        return "undeliverable" if in_a_row >= enough else None
    if soft:
        return "softBounces" if soft_in_a_row >= SOFT_SERIES else None
    return "hardBounce" if in_a_row >= HARD_BOUNCES else None
