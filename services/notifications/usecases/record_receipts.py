"""Takes in what carriers say of letters: printed, posted, returned; posting with proof gives effect, a return takes it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.uow import UnitOfWork
from contracts.codes import Channel
from contracts.identifiers import PersonId
from contracts.notification import AppealTerm, EffectEstablished, EffectRevoked
from services.notifications.domain.notices import Answer, Basis, State, effect_of, follows, revokes
from services.notifications.domain.terms import Period, appeal_term
from services.notifications.evidence import vocabulary
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import record
from services.notifications.evidence.vocabulary import EventName
from services.notifications.store import deliveries, notices
from services.notifications.store.notices import Established, NoticeRow, Rows
from services.notifications.usecases.calendar import Calendar

_EVENTS = {
    Answer.PRINTED: EventName.LETTER_PRINTED,
    Answer.POSTED: EventName.LETTER_POSTED,
    Answer.PRESENTED: EventName.DELIVERED_BY_CHANNEL,
    Answer.DELIVERED: EventName.DELIVERED_BY_CHANNEL,
    Answer.RETURNED: EventName.LETTER_RETURNED,
    Answer.FAILED: EventName.RELAY_TO_NON_ERDS_FAILURE,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer of a carrier, about a delivery, a notice or a whole batch."""

    answer: Answer
    at: datetime
    delivery_id: UUID | None = None
    notice_id: UUID | None = None
    batch_id: UUID | None = None
    reason: str | None = None
    proof: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """How many deliveries the answer names, and how many it moved on."""

    named: int
    moved: int


async def record_receipt(uow: UnitOfWork, receipt: Receipt, organisation: str) -> Taken:
    """Keep an answer about notices of this organisation, and draw the consequences for every delivery that it moves on."""
    named = await deliveries.found(uow, organisation, deliveries.Named(receipt.delivery_id, receipt.notice_id, receipt.batch_id))
    await uow.take({PersonId(row.person_id) for row in named})
    states = await deliveries.locked(uow, [row.delivery_id for row in named])
    moved = [row for row in named if follows(State(states[row.delivery_id]), receipt.answer, proven=receipt.proof is not None)]
    said = {"event": receipt.answer, "at": receipt.at, "reason": receipt.reason, "proof": receipt.proof}
    await deliveries.answered(uow, list(states), [row.delivery_id for row in moved], said)
    if moved:
        await record(uow, [_leaf(row, receipt) for row in moved])
        after = {row.notice_id: row for row in await notices.move(uow, [(row.notice_id, receipt.answer) for row in moved])}
        await _establish(uow, moved, after, receipt)
        await _revoke(uow, moved, after, receipt)
    return Taken(len(named), len(moved))


def _leaf(row: NoticeRow, receipt: Receipt) -> EvidenceEvent:
    """The carrier's own word; its proof is committed to, not shown."""
    return EvidenceEvent(
        person_id=PersonId(row.person_id),
        notice_id=row.notice_id,
        name=_EVENTS[receipt.answer],
        channel=vocabulary.Channel(row.channel),
        fields={"artefact": receipt.proof} if receipt.proof else {},
        outcome={"event": receipt.answer.value} | ({"reason": receipt.reason} if receipt.reason else {}),
        answers=row.intent_event_id,
    )


async def _establish(uow: UnitOfWork, moved: Rows, after: Mapping[UUID, NoticeRow], receipt: Receipt) -> None:
    """Give effect to notices that were meant to have it."""
    given: list[tuple[NoticeRow, Basis, Established]] = []
    for row in moved:
        notice = after[row.notice_id]
        basis = effect_of(Channel(row.channel), receipt.answer, local_date(receipt.at))
        stands = notice.effect_basis is not None and notice.effect_revoked_at is None
        if basis is not None and notice.legal_effect_intended and not stands:
            given.append((notice, basis, _established(uow, notice, basis)))
    if not given:
        return
    versions = await notices.establish(uow, [effect for _, _, effect in given])
    uow.publish(_established_event(notice, effect, versions[notice.notice_id]) for notice, _, effect in given)


def _established(uow: UnitOfWork, notice: NoticeRow, basis: Basis) -> Established:
    if notice.appeal_term is None or notice.appeal_body_kind is None:
        return Established(notice.notice_id, basis.basis, basis.rule_id, basis.effective_on, None, None, None)
    holidays = uow.resource(Calendar).around(basis.effective_on)
    term = appeal_term(basis.effective_on, Period.parse(notice.appeal_term), notice.appeal_body_kind, holidays)
    return Established(notice.notice_id, basis.basis, basis.rule_id, basis.effective_on, term.started, term.from_on, term.last_on)


def _established_event(notice: NoticeRow, effect: Established, version: int) -> EffectEstablished:
    started = {True: AppealTerm.STARTED, False: AppealTerm.NOT_STARTED, None: None}[effect.appeal_started]
    return EffectEstablished(
        person_id=PersonId(notice.person_id),
        notice_id=notice.notice_id,
        purpose=notice.purpose,
        period=notice.period,
        about_id=notice.about_id,
        version=version,
        basis=effect.basis,
        rule_id=effect.rule_id,
        effective_on=effect.effective_on,
        effective_at=local_midnight(effect.effective_on),
        appeal_term=started,
        appeal_from=effect.appeal_from,
        appeal_last_day=effect.appeal_last_day,
    )


async def _revoke(uow: UnitOfWork, moved: Rows, after: Mapping[UUID, NoticeRow], receipt: Receipt) -> None:
    """Take the effect of what came back away, and let a person look for another address."""
    back = [row.notice_id for row in moved if revokes(Channel(row.channel), receipt.answer)]
    if not back:
        return
    await notices.open_task(uow, back, "contactDataOutdated", uow.now)
    versions = await notices.revoke(uow, back, uow.now)
    uow.publish(_revoked_event(uow, after[notice_id], version, receipt) for notice_id, version in versions.items())


def _revoked_event(uow: UnitOfWork, notice: NoticeRow, version: int, receipt: Receipt) -> EffectRevoked:
    return EffectRevoked(
        person_id=PersonId(notice.person_id),
        notice_id=notice.notice_id,
        purpose=notice.purpose,
        period=notice.period,
        about_id=notice.about_id,
        version=version,
        basis=notice.effect_basis,
        rule_id=notice.effect_rule,
        effective_on=notice.effective_on,
        reasons=tuple(_reasons(receipt)),
        revoked_at=uow.now,
    )


def _reasons(receipt: Receipt) -> Sequence[str]:
    return [receipt.answer.value] + ([receipt.reason] if receipt.reason else [])
