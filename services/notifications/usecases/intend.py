"""Intends deliveries of notices: each gets its own leaf, and nothing is sent before a signed checkpoint covers it (`mechanics.md` 25)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.ids import uuid7
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind
from contracts.identifiers import PersonId
from contracts.people import Address
from contracts.sealed import Sealed
from proof.canonical import Json
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import record
from services.notifications.store import deliveries
from services.notifications.store.deliveries import NewDelivery
from services.notifications.usecases import leaves
from vault.client import Vault
from vault.values import DataClass

RELEASED: Final = "deliveryReleased"  # the timer of a delivery that may not leave before some moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """One attempt on one channel.

    `target` is where it goes: a postal address; else the e-mail address, the mobile number in international form, or the person number
    whose portal mailbox it is. `box` is the same, sealed already under the key of class `notice`; without it `intend` seals it. It does
    not leave before `not_before`, by the business clock. `consent` is what makes a digital channel lawful (`domain.md` 4.6).
    """

    person_id: PersonId
    notice_id: UUID
    channel: Channel
    rule_id: str
    target: Address | str
    box: Sealed[bytes] | None = None
    kind: DeliveryKind = DeliveryKind.CONTENT
    contact_point_id: UUID | None = None
    not_before: datetime | None = None
    consent: Json = None
    delivery_id: UUID = field(default_factory=uuid7)


async def intend(uow: UnitOfWork, intended: Sequence[Intended], accepted: Sequence[EvidenceEvent] = ()) -> list[UUID]:
    """Write and log these; the people are claimed by the edge. The id of each delivery, in order.

    `accepted` are the acceptances of notices that this unit makes: logged before every intent, and with them.
    """
    boxes = await _boxes(uow, intended)
    new = [_new(item, box) for item, box in zip(intended, boxes, strict=True)]
    if new:
        await deliveries.add(uow, new, uuid7(), uow.now)
    intents = [_leaf(item, delivery) for item, delivery in zip(intended, new, strict=True)]
    await record(uow, [*accepted, *intents], begun={event.notice_id for event in accepted})
    uow.schedule(
        Timer(RELEASED, str(item.delivery_id), item.person_id, item.not_before)
        for item in intended
        if item.not_before is not None and item.not_before > uow.now
    )
    return [item.delivery_id for item in intended]


async def _boxes(uow: UnitOfWork, intended: Sequence[Intended]) -> list[Sealed[bytes]]:
    """Every target sealed; one call for those that are not yet."""
    open_ones = [(item.person_id, DataClass.NOTICE, _plain(item.target)) for item in intended if item.box is None]
    sealed = iter(await uow.resource(Vault).seal(open_ones) if open_ones else [])
    return [next(sealed) if item.box is None else item.box for item in intended]


def _plain(target: Address | str) -> Address | bytes:
    return target.encode() if isinstance(target, str) else target


def _new(item: Intended, box: Sealed[bytes]) -> NewDelivery:
    return NewDelivery(
        delivery_id=item.delivery_id,
        notice_id=item.notice_id,
        person_id=item.person_id,
        channel=item.channel,
        kind=item.kind,
        rule_id=item.rule_id,
        contact_point_id=item.contact_point_id,
        not_before=item.not_before,
        intent_event_id=uuid7(),
        address=box,
    )


def _leaf(item: Intended, new: NewDelivery) -> EvidenceEvent:
    leaf = leaves.intent(item.person_id, item.notice_id, new.intent_event_id, item.channel, item.rule_id, item.target, item.kind)
    return leaf if item.consent is None else replace(leaf, fields={**leaf.fields, "consent": item.consent})
