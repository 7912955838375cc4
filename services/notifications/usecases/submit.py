"""Submits notices: checks, freezes, seals and logs each one, and intends its deliveries by what is known of the person now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts.codes import Channel
from contracts.identifiers import PersonId
from contracts.notification import NoticeRefused, NoticeSubmitted
from contracts.people import Address
from contracts.sealed import Sealed
from services.notifications.domain.channels import ON_PAPER, OUTDATED, Choice
from services.notifications.domain.plans import Plan, Wish
from services.notifications.domain.terms import Period, printed_last_day
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import record
from services.notifications.store import submissions
from services.notifications.usecases import leaves
from services.notifications.usecases.book import NoticeBook, Sender
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.effects import Imported, establish_imported
from services.notifications.usecases.intend import intend
from services.notifications.usecases.letters import LANGUAGE, Letters
from services.notifications.usecases.orders import Order
from services.notifications.usecases.plans import Outlook, Planned, deliveries_of, outlook, planned
from services.notifications.usecases.post import Post, post_of
from vault.client import Vault
from vault.values import DataClass, Purpose

ADDRESSING = Purpose("noticeAddress")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An order on its way to being a notice."""

    order: Order
    notice_id: UUID
    plan: Plan  # provisional: chosen again just before dispatch
    last_day: date | None
    content: bytes
    digest: bytes
    address: Address | None

    @property
    def task(self) -> str | None:
        """What someone must see to: nowhere to send it (`decisions.md` 5), or what its row says."""
        if self.order.posted_on is not None:
            return None
        on_paper = self.plan.choice.channel in ON_PAPER
        return OUTDATED if on_paper and self.address is None else self.plan.task


async def submit(uow: UnitOfWork, orders: Sequence[Order]) -> list[UUID | None]:
    """The id of each new notice, in order; nothing where one of that person, purpose and period stands already."""
    if not orders:
        return []
    whose = uow.claim(order.person_id for order in orders)
    seen = await outlook(uow, list(whose.values()))
    plans = [_plan(uow, seen, whose[order.person_id], order) for order in orders]
    drafts = [_draft(uow, *one) for one in zip(orders, plans, await _addresses(uow, orders), strict=True)]
    refused = [draft for draft in drafts if draft.order.refusals]
    await _refuse(uow, refused)
    new = await _accept(uow, [draft for draft in drafts if not draft.order.refusals])
    new |= {draft.notice_id for draft in refused}
    return [draft.notice_id if draft.notice_id in new else None for draft in drafts]


async def _addresses(uow: UnitOfWork, orders: Sequence[Order]) -> list[Address | None]:
    """What came with the order, else what the register said of the person before."""
    wanting = [order.person_id for order in orders if order.person.address is None and _known_to(uow, order)]
    stored = {person: post.address for person, post in (await post_of(uow, wanting, ADDRESSING)).items()}
    return [order.person.address or (stored.get(order.person_id) if _known_to(uow, order) else None) for order in orders]


def _known_to(uow: UnitOfWork, order: Order) -> bool:
    """Whether its sender may use what is known of people here: consents are given to VDAB, and addresses are its register's word."""
    return order.organisation == uow.resource(Settings).controller


def _plan(uow: UnitOfWork, seen: Outlook, person: PersonId, order: Order) -> Plan:
    if order.posted_on is not None:
        return Plan(Choice(Channel.PAPER, "channel.otherwise"))
    return planned(uow, seen, person if _known_to(uow, order) else None, _wish(order))


def _wish(order: Order) -> Wish:
    return Wish(order.procedure, high_impact=order.impact == "high", registered_by_law=order.registered_mail)


def _draft(uow: UnitOfWork, order: Order, plan: Plan, address: Address | None) -> _Draft:
    legal = order.legal
    if order.refusals:
        return _Draft(order, uuid7(), plan, None, b"", b"", address)
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
        "posted_on": order.posted_on,
    }
    content = uow.resource(Letters).freeze(order.template, values | dict(order.values))
    return _Draft(order, uuid7(), plan, last_day, content, sha256(content).digest(), address)


def _last_day(uow: UnitOfWork, order: Order) -> date | None:
    term, on = order.legal.appeal.term, order.legal.notice_date or local_date(uow.now)
    if term is None or order.posted_on is not None:
        return None
    return _printed(on, uow.resource(NoticeBook).dispatch_days, term, uow.resource(Calendar).around(on))


@lru_cache(maxsize=256)
def _printed(on: date, dispatch_days: int, term: str, holidays: frozenset[date]) -> date:
    """The same for every letter of a day with the same term."""
    return printed_last_day(on, dispatch_days, Period.parse(term), holidays)


async def _accept(uow: UnitOfWork, drafts: Sequence[_Draft]) -> set[UUID]:
    """Write, log and announce these, and intend their deliveries; the ids of those that are new."""
    if not drafts:
        return set()
    sealed = await _sealed(uow, drafts)
    wanted = [(_row(draft), _frozen(uow, draft, content, post)) for draft, (content, post) in zip(drafts, sealed, strict=True)]
    new = set(await submissions.submit(uow, wanted, uow.now))
    fresh = [(draft, post) for draft, (_, post) in zip(drafts, sealed, strict=True) if draft.notice_id in new]
    sender, letters = uow.resource(NoticeBook).sender, uow.resource(Letters)
    intended = await deliveries_of(uow, [_planned(draft, post) for draft, post in fresh if draft.order.posted_on is None])
    await intend(uow, intended, [_acceptance(draft, sender, letters) for draft, _ in fresh])
    uow.publish(_submitted(uow, draft) for draft, _ in fresh)
    await _import(uow, [draft for draft, _ in fresh])
    return new


async def _import(uow: UnitOfWork, drafts: Sequence[_Draft]) -> None:
    """What was posted without the hub stands as posted at once; nothing is sent."""
    orders = {draft.notice_id: draft.order for draft in drafts}
    posted = {
        notice_id: Imported(order.posted_on, order.legal.appeal.complete)
        for notice_id, order in orders.items()
        if order.posted_on is not None
    }
    if posted:
        await establish_imported(uow, posted)


async def _sealed(uow: UnitOfWork, drafts: Sequence[_Draft]) -> list[tuple[Sealed[bytes], Post | None]]:
    """The text of each, and the address of those that have one; one sealing for all."""
    items: list[tuple[PersonId, DataClass, Address | bytes]] = [(d.order.person_id, DataClass.NOTICE, d.content) for d in drafts]
    items += [(draft.order.person_id, DataClass.NOTICE, draft.address) for draft in drafts if draft.address is not None]
    sealed = await uow.resource(Vault).seal(items)
    boxes = iter(sealed[len(drafts) :])
    posts = [Post(draft.address, next(boxes)) if draft.address is not None else None for draft in drafts]
    return list(zip(sealed[: len(drafts)], posts, strict=True))


def _acceptance(draft: _Draft, sender: Sender, letters: Letters) -> EvidenceEvent:
    """The leaf names the provisional channel; each delivery's own leaf names the one it takes."""
    policy = letters.policy(draft.order.template)
    return leaves.acceptance(draft.order, draft.notice_id, sender, draft.content, draft.plan.choice.channel, policy)


def _planned(draft: _Draft, post: Post | None) -> Planned:
    return Planned(draft.order.person_id, draft.notice_id, draft.plan, post, mailbox=draft.order.person.ssin.value)


async def _refuse(uow: UnitOfWork, drafts: Sequence[_Draft]) -> None:
    await submissions.refuse(uow, [(_row(draft), draft.order.refusals) for draft in drafts], uow.now)
    sender = uow.resource(NoticeBook).sender
    rejections = [leaves.rejection(draft.order, draft.notice_id, sender) for draft in drafts]
    await record(uow, rejections, begun={draft.notice_id for draft in drafts})
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
        channels=draft.plan.choice.channel,
        channel_rules=draft.plan.choice.rule_id,
        impacts=order.impact,
        intended=order.legal_effect_intended,
    )


def _frozen(uow: UnitOfWork, draft: _Draft, content: Sealed[bytes], post: Post | None) -> submissions.Frozen:
    return submissions.Frozen(
        digests=draft.digest,
        body_kinds=draft.order.legal.appeal.body_kind,
        terms=draft.order.legal.appeal.term,
        last_days=draft.last_day,
        content=content,
        tasks=draft.task,
        address=post.box if post is not None and _known_to(uow, draft.order) else None,
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
        content_digest=draft.digest.hex(),
        template=order.template,
        language=LANGUAGE,
        channel=draft.plan.choice.channel,
        submitted_at=uow.now,
    )
