"""Submits notices: checks, freezes, seals and logs each one, and intends its delivery where an address is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.notification import NoticeRefused, NoticeSubmitted
from contracts.people import Address
from contracts.sealed import Sealed
from services.notifications.domain.channels import Choice, Situation, choose
from services.notifications.domain.terms import Period, printed_last_day
from services.notifications.evidence.record import record
from services.notifications.store import addresses, submissions
from services.notifications.usecases import leaves
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.letters import LANGUAGE, Letters
from services.notifications.usecases.orders import Order
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

ADDRESSING = Purpose("noticeAddress")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An order on its way to being a notice."""

    order: Order
    notice_id: UUID
    choice: Choice
    last_day: date | None
    content: bytes
    address: Address | None


async def submit(uow: UnitOfWork, orders: Sequence[Order]) -> list[UUID | None]:
    """The id of each new notice, in order; nothing where one of that person, purpose and period stands already."""
    if not orders:
        return []
    uow.claim(order.person_id for order in orders)
    drafts = [_draft(uow, order, address) for order, address in zip(orders, await _addresses(uow, orders), strict=True)]
    refused = [draft for draft in drafts if draft.order.refusals]
    await _refuse(uow, refused)
    new = await _accept(uow, [draft for draft in drafts if not draft.order.refusals])
    new |= {draft.notice_id for draft in refused}
    return [draft.notice_id if draft.notice_id in new else None for draft in drafts]


async def _addresses(uow: UnitOfWork, orders: Sequence[Order]) -> list[Address | None]:
    """What came with the order, else what the register said of the person before."""
    wanting = [order.person_id for order in orders if order.person.address is None]
    known = await addresses.known(uow, wanting)
    opened = await uow.resource(Vault).open(list(known.values()), bytes, ADDRESSING)
    stored = {person: Address.model_validate_json(said) for person, said in zip(known, opened, strict=True) if not isinstance(said, Erased)}
    return [order.person.address or stored.get(order.person_id) for order in orders]


def _draft(uow: UnitOfWork, order: Order, address: Address | None) -> _Draft:
    choice = choose(Situation(registered_by_law=order.registered_mail))
    legal = order.legal
    if order.refusals:
        return _Draft(order, uuid7(), choice, None, b"", address)
    last_day = _last_day(uow, order)
    values: dict[str, object] = {
        "addressee": order.addressee,
        "notice_date": legal.notice_date or local_date(uow.now),
        "dossier_number": legal.dossier_number,
        "reason": legal.reason,
        "informant": legal.informant,
        "privacy_block": legal.privacy_block,
        "appeal": legal.appeal if legal.appeal.complete else None,
        "last_day": last_day,
    }
    content = uow.resource(Letters).freeze(order.template, values | dict(order.values))
    return _Draft(order, uuid7(), choice, last_day, content, address)


def _last_day(uow: UnitOfWork, order: Order) -> date | None:
    term, on = order.legal.appeal.term, order.legal.notice_date or local_date(uow.now)
    if term is None:
        return None
    return printed_last_day(on, uow.resource(NoticeBook).dispatch_days, Period.parse(term), uow.resource(Calendar).around(on))


async def _accept(uow: UnitOfWork, drafts: Sequence[_Draft]) -> set[UUID]:
    """Write, log and announce these; the ids of those that are new."""
    if not drafts:
        return set()
    contents, boxes = await _sealed(uow, drafts)
    intents = {draft.notice_id: uuid7() for draft in drafts if draft.address is not None}
    wanted = [
        (_row(draft), _frozen(draft, content, boxes.get(draft.notice_id), intents.get(draft.notice_id)))
        for draft, content in zip(drafts, contents, strict=True)
    ]
    new = set(await submissions.submit(uow, wanted, uuid7(), uow.now))
    await _log(uow, [draft for draft in drafts if draft.notice_id in new], intents)
    uow.publish(_submitted(uow, draft) for draft in drafts if draft.notice_id in new)
    return new


async def _sealed(uow: UnitOfWork, drafts: Sequence[_Draft]) -> tuple[list[Sealed[bytes]], Mapping[UUID, Sealed[bytes]]]:
    """The text of each, and the address of those that have one; one sealing for all."""
    housed = [(draft, draft.address) for draft in drafts if draft.address is not None]
    items: list[tuple[PersonId, DataClass, Address | bytes]] = [(d.order.person_id, DataClass.NOTICE, d.content) for d in drafts]
    items += [(draft.order.person_id, DataClass.NOTICE, address) for draft, address in housed]
    sealed = await uow.resource(Vault).seal(items)
    boxes = {draft.notice_id: box for (draft, _), box in zip(housed, sealed[len(drafts) :], strict=True)}
    return sealed[: len(drafts)], boxes


async def _log(uow: UnitOfWork, drafts: Sequence[_Draft], intents: Mapping[UUID, UUID]) -> None:
    sender, letters = uow.resource(NoticeBook).sender, uow.resource(Letters)
    events = []
    for draft in drafts:
        order, channel = draft.order, draft.choice.channel
        policy = letters.policy(order.template)
        events.append(leaves.acceptance(order, draft.notice_id, sender, draft.content, channel, policy))
        if draft.address is not None:
            intent_id = intents[draft.notice_id]
            events.append(leaves.intent(order.person_id, draft.notice_id, intent_id, channel, draft.choice.rule_id, draft.address))
    await record(uow, events)


async def _refuse(uow: UnitOfWork, drafts: Sequence[_Draft]) -> None:
    await submissions.refuse(uow, [(_row(draft), draft.order.refusals) for draft in drafts], uow.now)
    sender = uow.resource(NoticeBook).sender
    await record(uow, [leaves.rejection(draft.order, draft.notice_id, sender) for draft in drafts])
    uow.publish(
        NoticeRefused(
            person_id=draft.order.person_id,
            notice_id=draft.notice_id,
            purpose=draft.order.purpose,
            period=draft.order.period,
            about_id=draft.order.about_id,
            version=1,
            reasons=draft.order.refusals,
        )
        for draft in drafts
    )


def _row(draft: _Draft) -> submissions.NewNotice:
    order = draft.order
    return submissions.NewNotice(
        notice_ids=draft.notice_id,
        people=order.person_id,
        purposes=order.purpose,
        periods=order.period,
        organisations=order.organisation,
        procedures=order.procedure,
        about_ids=order.about_id,
        dossier_numbers=order.legal.dossier_number,
        templates=order.template,
        channels=draft.choice.channel,
        channel_rules=draft.choice.rule_id,
        impacts=order.impact,
        intended=order.legal_effect_intended,
    )


def _frozen(draft: _Draft, content: Sealed[bytes], address: Sealed[bytes] | None, intent_id: UUID | None) -> submissions.Frozen:
    return submissions.Frozen(
        digests=sha256(draft.content).digest(),
        body_kinds=draft.order.legal.appeal.body_kind,
        terms=draft.order.legal.appeal.term,
        last_days=draft.last_day,
        content=content,
        delivery_ids=uuid7() if intent_id else None,
        intent_ids=intent_id,
        address=address,
    )


def _submitted(uow: UnitOfWork, draft: _Draft) -> NoticeSubmitted:
    order = draft.order
    return NoticeSubmitted(
        person_id=order.person_id,
        notice_id=draft.notice_id,
        purpose=order.purpose,
        period=order.period,
        about_id=order.about_id,
        version=1,
        content_digest=sha256(draft.content).hexdigest(),
        template=order.template,
        language=LANGUAGE,
        channel=draft.choice.channel,
        submitted_at=uow.now,
    )
