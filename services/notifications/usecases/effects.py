"""Gives notices legal effect, starts their terms of appeal, and takes both away again, each by its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind, EffectBasis
from contracts.identifiers import PersonId
from contracts.notification import AppealTerm, EffectEstablished, EffectRevoked
from services.notifications.domain.effects import ALL_NOTIFICATIONS_FAILED, Basis, effect_of, revoked_by
from services.notifications.domain.notices import State
from services.notifications.domain.terms import Period, appeal_term
from services.notifications.store import deliveries, notices
from services.notifications.store.notices import Established, NoticeRow
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.fall_back import Wanted
from services.notifications.usecases.moved import Moved


@dataclass(frozen=True, slots=True)
class Imported:
    """A letter that was posted without the hub; `informed` says whether it told everything about appeal."""

    posted_on: date
    informed: bool


async def establish(uow: UnitOfWork, moved: Sequence[Moved], after: Mapping[UUID, NoticeRow]) -> None:
    """Give effect to notices that were meant to have it and have none; the first effect stands."""
    given: dict[UUID, Established] = {}
    for item in moved:
        one, notice = item.delivery, after[item.delivery.notice_id]
        basis = effect_of(one.channel, one.kind, item.state, local_date(item.at))
        stands = notice.effect_basis is not None and notice.effect_revoked_at is None
        if basis is not None and notice.legal_effect_intended and not stands:
            given.setdefault(notice.notice_id, _established(uow, notice, basis))
    await _give(uow, given, after)


async def establish_imported(uow: UnitOfWork, imported: Mapping[UUID, Imported]) -> None:
    """Give effect to letters that were posted without the hub; a term of appeal follows what they said of it (article II.21)."""
    rows = {row.notice_id: row for row in await notices.move(uow, [(notice_id, State.POSTED) for notice_id in imported])}
    given = {}
    for notice_id, letter in imported.items():
        basis = effect_of(Channel.PAPER, DeliveryKind.CONTENT, State.POSTED, letter.posted_on)
        if basis is not None and rows[notice_id].legal_effect_intended:
            given[notice_id] = _established(uow, rows[notice_id], basis, informed=letter.informed)
    await _give(uow, given, rows)


async def _give(uow: UnitOfWork, given: Mapping[UUID, Established], known: Mapping[UUID, NoticeRow]) -> None:
    if not given:
        return
    versions = await notices.establish(uow, list(given.values()))
    uow.publish(_established_event(known[notice_id], effect, versions[notice_id]) for notice_id, effect in given.items())


def _established(uow: UnitOfWork, notice: NoticeRow, basis: Basis, *, informed: bool = True) -> Established:
    if notice.appeal_term is None or notice.appeal_body_kind is None:
        started = None if informed else False
        return Established(notice.notice_id, basis.basis, basis.rule_id, basis.effective_on, started, None, None)
    holidays = uow.resource(Calendar).around(basis.effective_on)
    term = appeal_term(basis.effective_on, Period.parse(notice.appeal_term), notice.appeal_body_kind, holidays, informed=informed)
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


async def revoke(uow: UnitOfWork, moved: Sequence[Moved], after: Mapping[UUID, NoticeRow]) -> None:
    """Take the effect of what came back away; one that stands on another basis is not touched."""
    back = {}
    for item in moved:
        basis = revoked_by(item.delivery.channel, item.delivery.kind, item.state)
        if basis is not None and after[item.delivery.notice_id].effect_basis == basis:
            back[item.delivery.notice_id] = (item.state.value, *item.reasons)
    await _take_away(uow, back, after, uow.now)


async def unannounced(uow: UnitOfWork, moved: Sequence[Moved]) -> list[Wanted]:
    """Notices in a mailbox of which every announcement has failed: their effect is taken away, and they are to go out on paper."""
    failed = [item for item in moved if item.delivery.kind is DeliveryKind.NOTIFICATION and item.state is State.FAILED]
    if not failed:
        return []
    ids = list({item.delivery.notice_id for item in failed})
    heard = {row.notice_id for row in await deliveries.of_notices(uow, ids) if row.kind == "notification" and row.state != State.FAILED}
    rows = {row.notice_id: row for row in await notices.by_ids(uow, [one for one in ids if one not in heard])}
    unread = {
        notice_id: row
        for notice_id, row in rows.items()
        if row.effect_basis in (EffectBasis.PORTAL_AVAILABLE, EffectBasis.EBOX) and row.state != State.OPENED
    }
    await _take_away(uow, dict.fromkeys(unread, ("notificationsFailed",)), unread, uow.now)
    return [
        Wanted(row.notice_id, PersonId(row.person_id), ALL_NOTIFICATIONS_FAILED.id, ("notificationsFailed",)) for row in unread.values()
    ]


async def _take_away(uow: UnitOfWork, back: Mapping[UUID, tuple[str, ...]], known: Mapping[UUID, NoticeRow], at: datetime) -> None:
    if not back:
        return
    versions = await notices.revoke(uow, list(back), at)
    uow.publish(_revoked_event(known[notice_id], version, back[notice_id], at) for notice_id, version in versions.items())


def _revoked_event(notice: NoticeRow, version: int, reasons: tuple[str, ...], at: datetime) -> EffectRevoked:
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
        reasons=reasons,
        revoked_at=at,
    )
