"""Chooses again just before dispatch: what may no longer go digitally goes on paper, and never the other way (`decisions.md` 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind, Reason
from contracts.identifiers import PersonId
from contracts.notification import NoticeFellBack
from services.notifications.domain.channels import MAILBOXES, OUTDATED, ROWS, Choice, choose_again, reason_of
from services.notifications.domain.plans import Plan, Wish, announced_to, situation
from services.notifications.domain.plans import planned as plan_of
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import record
from services.notifications.evidence.vocabulary import EventName
from services.notifications.store import choosing, faults, notices
from services.notifications.store.choosing import Moved
from services.notifications.usecases.intend import Intended, intend
from services.notifications.usecases.plans import ANNOUNCED, Outlook, Planned, deliveries_of, message_to, outlook, values_of
from services.notifications.usecases.post import post_of
from vault.values import Purpose

READDRESSING = Purpose("noticeAddress")


@dataclass(frozen=True, slots=True)
class _Off:
    """A delivery that does not go, and why; with a plan its notice goes by that."""

    person: PersonId
    row: Row
    reason: Reason
    plan: Plan | None = None


async def before_dispatch(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these deliveries that may go; the people are claimed by the edge, in the unit that claims the deliveries.

    The others are called off. A notice among them goes on paper, as a delivery with an intent of its own, once an address is known.
    """
    rows = await choosing.about_to_leave(uow, delivery_ids)
    if not rows:
        return frozenset(delivery_ids)
    whose = uow.claim(PersonId(row.person_id) for row in rows)
    seen = await outlook(uow, list(whose.values()))
    off = [found for row in rows if (found := _looked_at(uow, seen, whose[row.person_id], row)) is not None]
    await _call_off(uow, off)
    await _on_paper(uow, [found for found in off if found.plan is not None])
    return frozenset(delivery_ids) - {found.row.delivery_id for found in off}


async def announcing(uow: UnitOfWork, notice_ids: Sequence[UUID]) -> list[Intended]:
    """The messages that something waits in the portal, for content that was just made available: one to every confirmed address."""
    rows = await notices.by_ids(uow, notice_ids)
    whose = uow.claim(PersonId(row.person_id) for row in rows)
    seen = await outlook(uow, list(whose.values()))
    told = [
        (whose[row.person_id], row.notice_id, point)
        for row in rows
        for point in announced_to(seen.of(whose[row.person_id]), uow.now, seen.limits)
    ]
    values = await values_of(uow, [point for _, _, point in told])
    return [
        message_to(person, notice_id, point, values[point.contact_point_id], DeliveryKind.NOTIFICATION, ANNOUNCED)
        for person, notice_id, point in told
        if point.contact_point_id in values
    ]


def _looked_at(uow: UnitOfWork, seen: Outlook, person: PersonId, row: Row) -> _Off | None:
    known = seen.of(person)
    if row.kind != DeliveryKind.CONTENT:
        serving = {point.contact_point_id for point in known.points if point.serves(uow.now)}
        return None if row.contact_point_id is None or row.contact_point_id in serving else _Off(person, row, Reason.ADDRESS_SUSPENDED)
    chosen = Choice(Channel(row.channel), row.rule_id or row.channel_rule)
    wish = Wish(row.procedure, high_impact=row.impact == "high", registered_by_law=chosen.channel is Channel.EBOX_REGISTERED)
    again = choose_again(chosen, situation(known, wish, uow.now, seen.limits, only=row.contact_point_id))
    if again == chosen:
        return None
    return _Off(person, row, reason_of(again.rule_id), plan_of(again, known, wish, uow.now, seen.limits))


async def _call_off(uow: UnitOfWork, off: Sequence[_Off]) -> None:
    await choosing.call_off(uow, [(found.row.delivery_id, found.reason) for found in off])
    await faults.end(uow, [found.row.delivery_id for found in off], uow.now)  # what could not be taken before is not tried again
    await record(
        uow,
        [_leaf(found) for found in off],
    )


def _leaf(found: _Off) -> EvidenceEvent:
    """The outcome of an intent that was never acted upon."""
    consigned = found.row.channel in MAILBOXES
    return EvidenceEvent(
        person_id=found.person,
        notice_id=found.row.notice_id,
        name=EventName.CONTENT_CONSIGNMENT_FAILURE if consigned else EventName.RELAY_TO_NON_ERDS_FAILURE,
        channel=Channel(found.row.channel),
        outcome={"reason": found.reason.value},
        answers=found.row.intent_event_id,
    )


async def _on_paper(uow: UnitOfWork, off: Sequence[_Off]) -> None:
    """Intend the letters; where no address is known the notice stays submitted, with its task."""
    if not off:
        return
    plans = {found.row.notice_id: found.plan for found in off if found.plan is not None}
    moved = await choosing.move(uow, [Moved(notice, plan.choice.channel, plan.choice.rule_id) for notice, plan in plans.items()])
    post = await post_of(uow, [found.person for found in off], READDRESSING)
    ready = [
        Planned(found.person, found.row.notice_id, plans[found.row.notice_id], post[found.person], "")
        for found in off
        if found.person in post
    ]
    intended = await deliveries_of(uow, ready)
    await intend(uow, intended)
    reasons = {found.row.notice_id: found.reason for found in off}
    letters = {item.notice_id: item for item in intended if item.kind is DeliveryKind.CONTENT}
    outdated = [notice for notice, plan in plans.items() if notice not in letters or ROWS[plan.choice.rule_id].task == OUTDATED]
    if outdated:
        await notices.open_task(uow, outdated, OUTDATED, uow.now)
    uow.publish(_fell_back(uow, row, letters[row.notice_id], reasons[row.notice_id]) for row in moved if row.notice_id in letters)


def _fell_back(uow: UnitOfWork, row: Row, letter: Intended, reason: Reason) -> NoticeFellBack:
    return NoticeFellBack(
        person_id=PersonId(row.person_id),
        notice_id=row.notice_id,
        purpose=row.purpose,
        period=row.period,
        about_id=row.about_id,
        version=row.version,
        delivery_id=letter.delivery_id,
        channel=letter.channel,
        at=uow.now,
        reasons=(reason,),
    )
