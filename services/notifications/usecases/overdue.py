"""Acts when the time is up: a carrier that stays silent, retries that ran out, a reader who opens nothing."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chassis.timers import Due
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind
from services.notifications.domain.effects import UNOPENED, fallback_of
from services.notifications.domain.notices import State
from services.notifications.domain.patience import REMINDER, SILENCE
from services.notifications.evidence.record import record
from services.notifications.store import deliveries, faults, notices
from services.notifications.store.notices import Rows
from services.notifications.usecases import fall_back, leaves
from services.notifications.usecases.choose import announcing
from services.notifications.usecases.intend import intend
from services.notifications.usecases.moved import Moved
from services.notifications.usecases.settle import settle

_UNREAD = frozenset({State.AVAILABLE, State.NOTIFIED, State.NOTIFICATION_FAILED, State.REMINDED})


async def unanswered(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Nobody said what became of these: an unknown mail goes out on paper and stays unknown, an SMS counts as failed."""
    at = {UUID(item.subject): item.due_at for item in due}
    rows = [row for row in await deliveries.locked(uow, list(at)) if (row.channel, State(row.state)) in SILENCE]
    silent = [row for row in rows if SILENCE[row.channel, State(row.state)].fails]
    await deliveries.move(uow, [(row.delivery_id, State.FAILED, "noAnswer") for row in silent])
    await settle(uow, [Moved(row, State.FAILED, at[row.delivery_id], ("noAnswer",)) for row in silent])
    lost = []
    for row in rows:
        rule = fallback_of(row.channel, row.kind, State(row.state))
        if rule is not None:
            lost.append(fall_back.Wanted(row.notice_id, row.person_id, rule.id, ("unknown",)))
    await fall_back.on_paper(uow, lost)


async def unopened_for_long(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """These were made available and never opened: a copy on paper; the first effect stands."""
    ids = [UUID(item.subject) for item in due]
    waiting = await unopened(uow, ids)
    await fall_back.on_paper(
        uow,
        [fall_back.Wanted(row.notice_id, row.person_id, UNOPENED.id, ("unopened",), DeliveryKind.COPY) for row in waiting],
    )


async def unopened_yet(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Nobody opened these yet: a reminder on another channel than the first message took, where there is one."""
    waiting = [row.notice_id for row in await unopened(uow, [UUID(item.subject) for item in due])]
    if not waiting:
        return
    took: dict[UUID, set[Channel]] = {notice_id: set() for notice_id in waiting}
    for row in await deliveries.of_notices(uow, waiting):
        if row.kind == DeliveryKind.NOTIFICATION and row.state != State.FAILED:
            took[row.notice_id].add(Channel(row.channel))
    messages = await announcing(uow, waiting)
    other = {item.notice_id for item in messages if item.channel not in took[item.notice_id]}
    chosen = [item for item in messages if item.notice_id not in other or item.channel not in took[item.notice_id]]
    await intend(uow, [replace(item, kind=DeliveryKind.REMINDER, rule_id=REMINDER.id) for item in chosen])


async def unopened(uow: UnitOfWork, ids: Sequence[UUID]) -> Rows:
    """Those of these notices that nobody has opened."""
    return [row for row in await notices.by_ids(uow, ids) if State(row.state) in _UNREAD]


async def given_up(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Their retries are used up: they failed, and with them one series of the address."""
    at = {UUID(item.subject): item.due_at for item in due}
    spent = [row for row in await deliveries.locked(uow, list(at)) if row.state == State.SUBMITTED]
    if not spent:
        return
    await deliveries.move(uow, [(row.delivery_id, State.FAILED, "retriesExhausted") for row in spent])
    await faults.end(uow, [row.delivery_id for row in spent], uow.now)
    await record(uow, [leaves.not_relayed(row, "retriesExhausted") for row in spent])
    await settle(uow, [Moved(row, State.FAILED, at[row.delivery_id], ("retriesExhausted",), handed_over=True) for row in spent])
