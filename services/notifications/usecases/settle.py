"""Lets notices follow their deliveries: state, announcements, effect and its loss, the way to paper, the health of addresses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import DeliveryKind
from contracts.notification import NoticeDelivered, NoticeDispatched, NoticeFailed, NoticeMadeAvailable, NoticeOpened
from contracts.registry import Event
from services.notifications.domain.channels import ON_PAPER
from services.notifications.domain.effects import fallback_of
from services.notifications.domain.notices import State, stands
from services.notifications.store import notices
from services.notifications.store.deliveries import Delivery
from services.notifications.store.notices import NoticeRow
from services.notifications.usecases import address_health, effects, fall_back, waiting
from services.notifications.usecases.choose import announcing
from services.notifications.usecases.intend import Intended, intend
from services.notifications.usecases.moved import Moved

_ANNOUNCED: Final[Mapping[State, type[NoticeDelivered | NoticeMadeAvailable | NoticeOpened | NoticeFailed]]] = {
    State.DELIVERED: NoticeDelivered,
    State.AVAILABLE: NoticeMadeAvailable,
    State.OPENED: NoticeOpened,
    State.FAILED: NoticeFailed,
}
ERASED: Final = "erased"  # whoever is erased gets nothing, on paper neither


async def settle(uow: UnitOfWork, moved: Sequence[Moved]) -> None:
    """Draw every consequence of these; the deliveries themselves are written already, their people are claimed."""
    if not moved:
        return
    ids = list(dict.fromkeys(item.delivery.notice_id for item in moved))
    before = {row.notice_id: row for row in await notices.by_ids(uow, ids)}
    after = {row.notice_id: row for row in await notices.move(uow, _steps(before, moved))}
    uow.publish(_announcements(moved, after))
    await effects.establish(uow, moved, after)
    await effects.revoke(uow, moved, after)
    await _open_tasks(uow, moved)
    await waiting.begin(uow, moved)
    await intend(uow, await _announcing(uow, moved))
    await address_health.look(uow, moved)
    await _fall_back(uow, moved)


def _steps(before: Mapping[UUID, NoticeRow], moved: Iterable[Moved]) -> list[tuple[UUID, str]]:
    """Each notice once, behind the last of its deliveries."""
    states = {notice_id: State(row.state) for notice_id, row in before.items()}
    for item in moved:
        one = item.delivery
        states[one.notice_id] = stands(states[one.notice_id], one.channel, one.kind, item.state)
    return [(notice_id, state.value) for notice_id, state in states.items()]


def _announcements(moved: Iterable[Moved], after: Mapping[UUID, NoticeRow]) -> Iterable[Event]:
    for item in moved:
        said = about(item.delivery, after[item.delivery.notice_id], item.at)
        if item.handed_over and item.state in (State.RELAYED, State.DELIVERED):
            yield NoticeDispatched.model_validate(said)
        kind = _ANNOUNCED.get(item.state)
        if kind is not None:
            yield kind.model_validate(said | ({"reasons": item.reasons or ("failed",)} if kind is NoticeFailed else {}))


def about(one: Delivery, notice: NoticeRow, at: datetime) -> dict[str, Any]:
    """The fields that every event about a delivery has."""
    return {
        "person_id": one.person_id,
        "notice_id": one.notice_id,
        "purpose": notice.purpose,
        "period": notice.period,
        "about_id": notice.about_id,
        "version": notice.version,
        "delivery_id": one.delivery_id,
        "channel": one.channel,
        "kind": one.kind,
        "at": at,
    }


async def _open_tasks(uow: UnitOfWork, moved: Sequence[Moved]) -> None:
    """A letter that came back needs another address; what failed on its way out needs a look."""
    letters = [item for item in moved if item.delivery.channel in ON_PAPER]
    back = [item for item in letters if item.state is State.RETURNED or (item.state is State.FAILED and not item.handed_over)]
    failed = [item for item in moved if item.state is State.FAILED and item.handed_over and not _goes_on(item)]
    for kind, items in (("contactDataOutdated", back), ("deliveryFailed", failed)):
        if items:
            await notices.open_task(uow, list({item.delivery.notice_id for item in items}), kind, uow.now)


def _goes_on(item: Moved) -> bool:
    """Whether another attempt follows by itself, or nothing was owed."""
    one = item.delivery
    if one.kind is not DeliveryKind.CONTENT:
        return True
    return fallback_of(one.channel, one.kind, item.state) is not None and ERASED not in item.reasons


async def _announcing(uow: UnitOfWork, moved: Sequence[Moved]) -> list[Intended]:
    """Content that now stands in a mailbox is announced to every confirmed address."""
    stood = [item.delivery.notice_id for item in moved if item.state is State.AVAILABLE and item.delivery.kind is DeliveryKind.CONTENT]
    return await announcing(uow, stood) if stood else []


async def _fall_back(uow: UnitOfWork, moved: Sequence[Moved]) -> None:
    """What failed digitally goes out on paper; what is merely unknown waits for its time (`usecases/waiting.py`)."""
    wanted = []
    for item in moved:
        rule = fallback_of(item.delivery.channel, item.delivery.kind, item.state)
        if rule is not None and item.state is not State.UNKNOWN and ERASED not in item.reasons:
            wanted.append(fall_back.Wanted(item.delivery.notice_id, item.delivery.person_id, rule.id, item.reasons))
    wanted += await effects.unannounced(uow, moved)
    await fall_back.on_paper(uow, wanted)
