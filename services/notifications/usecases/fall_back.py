"""Sends on paper what the digital road did not bring: another delivery of the same notice, never a second notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.ids import uuid7
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind, Purpose
from contracts.identifiers import PersonId
from contracts.notification import NoticeFellBack
from services.notifications.domain.channels import ON_PAPER, OUTDATED
from services.notifications.domain.notices import State
from services.notifications.store import address_tasks, deliveries, notices, objections
from services.notifications.store.address_tasks import Fallback
from services.notifications.store.notices import NoticeRow
from services.notifications.usecases.intend import Intended, intend
from services.notifications.usecases.post import Post, post_of
from vault.values import Purpose as Why

FALLING_BACK = Why("noticeFallback")
_ANSWER = Purpose.OBJECTION_OUTCOME
_NOT_ON_PAPER = frozenset({State.WITHDRAWN, State.FAILED, State.RETURNED})
_ENDED = frozenset({State.WITHDRAWN, State.REPLACED, State.REFUSED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that is to go out on paper, by which row, and why; a copy has no effect of its own."""

    notice_id: UUID
    person_id: PersonId
    rule_id: str
    reasons: tuple[str, ...]
    kind: DeliveryKind = DeliveryKind.CONTENT


async def on_paper(uow: UnitOfWork, wanted: Sequence[Wanted]) -> None:
    """Intend a letter for each that has none yet; without an address, or while an objection is undecided, it waits for that."""
    survivors = uow.claim({item.person_id for item in wanted})
    latest = {item.notice_id: replace(item, person_id=survivors[item.person_id]) for item in wanted}
    once = await _without_letter(uow, list(latest.values()))
    if not once:
        return
    held = await _held(uow, once)
    await _wait(uow, held, address_tasks.UNDECIDED)
    free = [item for item in once if item not in held]
    post = await post_of(uow, [item.person_id for item in free], FALLING_BACK)
    await _wait(uow, [item for item in free if item.person_id not in post], OUTDATED)
    await _send(uow, [item for item in free if item.person_id in post], post)


async def _held(uow: UnitOfWork, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those to people whose objection nobody has decided yet; an answer to an objection is none of them."""
    people = await objections.undecided(uow, (item.person_id for item in wanted))
    stopped = [item for item in wanted if item.person_id in people]
    answers = {row.notice_id for row in await notices.by_ids(uow, [item.notice_id for item in stopped]) if row.purpose == _ANSWER}
    return [item for item in stopped if item.notice_id not in answers]


async def _wait(uow: UnitOfWork, wanted: Sequence[Wanted], kind: str) -> None:
    if wanted:
        await address_tasks.wait(uow, [Fallback(item.notice_id, item.rule_id, item.kind, item.reasons) for item in wanted], kind)


async def _without_letter(uow: UnitOfWork, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those that are not on their way by post already and still stand."""
    if not wanted:
        return []
    ids = [item.notice_id for item in wanted]
    ended = {row.notice_id for row in await notices.by_ids(uow, ids) if State(row.state) in _ENDED}
    posted = {
        row.notice_id for row in await deliveries.of_notices(uow, ids) if row.channel in ON_PAPER and State(row.state) not in _NOT_ON_PAPER
    }
    return [item for item in wanted if item.notice_id not in ended | posted]


async def _send(uow: UnitOfWork, wanted: Sequence[Wanted], post: Mapping[PersonId, Post]) -> None:
    if not wanted:
        return
    letters = {item.notice_id: uuid7() for item in wanted}
    await intend(
        uow,
        [
            Intended(
                person_id=item.person_id,
                notice_id=item.notice_id,
                channel=Channel.PAPER,
                rule_id=item.rule_id,
                target=post[item.person_id].address,
                box=post[item.person_id].box,
                kind=item.kind,
                delivery_id=letters[item.notice_id],
            )
            for item in wanted
        ],
    )
    rows = {row.notice_id: row for row in await notices.move(uow, [(item.notice_id, State.PAPER_FALLBACK) for item in wanted])}
    uow.publish(_fell_back(uow, item, letters[item.notice_id], rows[item.notice_id]) for item in wanted)


def _fell_back(uow: UnitOfWork, item: Wanted, delivery_id: UUID, notice: NoticeRow) -> NoticeFellBack:
    return NoticeFellBack(
        person_id=item.person_id,
        notice_id=item.notice_id,
        purpose=notice.purpose,
        period=notice.period,
        about_id=notice.about_id,
        version=notice.version,
        delivery_id=delivery_id,
        channel=Channel.PAPER,
        kind=item.kind,
        at=uow.now,
        reasons=item.reasons or (item.rule_id.rpartition(".")[2],),
    )
