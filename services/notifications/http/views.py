"""What callers read of notices (`facts.md` 2)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from chassis.clock import local_midnight
from chassis.http.models import View
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import DeliveryKind
from services.notifications.domain.channels import ROWS
from services.notifications.domain.notices import State
from services.notifications.store import deliveries, faults, notices

_NOT_GONE = frozenset({State.SUBMITTED.value, State.WITHDRAWN.value})


class EffectView(View):
    """Whether and why the notice has legal effect."""

    effective: bool
    moment: AwareDatetime | None = None
    basis: str | None = None
    rule_id: str | None = None
    revoked_at: AwareDatetime | None = None


class AppealTermView(View):
    """The term of appeal as it runs."""

    started: bool
    from_: Annotated[date | None, Field(alias="from")] = None
    last_day: date | None = None


class DeliveryView(View):
    """One attempt on one channel."""

    id: str
    channel: str
    kind: str
    state: str
    batch_id: str
    contact_point_id: str | None = None


class TaskView(View):
    """What a person has to see to."""

    kind: str
    opened_at: AwareDatetime


class SystemFaultView(View):
    """From when until when a channel could not take the notice; it goes on while there is no end."""

    channel: str
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime | None = None


class NoticeView(View):
    """A notice as it stands."""

    id: str
    person_id: str
    purpose: str
    period: str
    procedure: str
    about_id: str | None = None
    dossier_number: str | None = None
    state: str
    channel: Annotated[str, Field(description="Provisional until something of the notice left the house: chosen again just before")]
    channel_final: bool
    channel_rule: str
    channel_basis: Annotated[str | None, Field(description="The legal basis of that rule")] = None
    impact: str
    template: str
    content_digest: str | None = None
    submitted_at: AwareDatetime
    reasons: list[str]
    legal_effect_intended: bool
    legal_effect: EffectView
    appeal_term: AppealTermView | None = None
    printed_last_day: date | None = None
    deliveries: list[DeliveryView]
    tasks: list[TaskView]
    system_faults: list[SystemFaultView]
    version: int


class Notices(View):
    """Notices, oldest first."""

    items: list[NoticeView]


async def shown(uow: UnitOfWork, rows: Sequence[Row]) -> list[NoticeView]:
    """These notices with their deliveries, open tasks and faults; three statements whatever their number."""
    ids = [row.notice_id for row in rows]
    sent = await deliveries.of_notices(uow, ids)
    tasks = await notices.tasks(uow, ids)
    met = await faults.of_notices(uow, ids)
    return [
        _view(
            row,
            [_delivery(item) for item in sent if item.notice_id == row.notice_id],
            [TaskView(kind=t.kind, opened_at=t.opened_at) for t in tasks if t.notice_id == row.notice_id and t.closed_at is None],
            [_fault(fault) for fault in met if fault.notice_id == row.notice_id],
        )
        for row in rows
    ]


def _view(row: Row, sent: list[DeliveryView], tasks: list[TaskView], met: list[SystemFaultView]) -> NoticeView:
    return NoticeView(
        id=str(row.notice_id),
        person_id=str(row.person_id),
        purpose=row.purpose,
        period=row.period,
        procedure=row.procedure,
        about_id=str(row.about_id) if row.about_id else None,
        dossier_number=row.dossier_number,
        state=row.state,
        channel=row.channel,
        channel_final=any(item.kind == DeliveryKind.CONTENT and item.state not in _NOT_GONE for item in sent),
        channel_rule=row.channel_rule,
        channel_basis=ROWS[row.channel_rule].source if row.channel_rule in ROWS else None,
        impact=row.impact,
        template=row.template,
        content_digest=row.content_digest.hex() if row.content_digest else None,
        submitted_at=row.submitted_at,
        reasons=list(row.reasons),
        legal_effect_intended=row.legal_effect_intended,
        legal_effect=_effect(row),
        appeal_term=_appeal_term(row),
        printed_last_day=row.printed_last_day,
        deliveries=sent,
        tasks=tasks,
        system_faults=met,
        version=row.version,
    )


def _fault(row: Row) -> SystemFaultView:
    return SystemFaultView.model_validate({"channel": row.channel, "from": row.began_at, "to": row.ended_at})


def _effect(row: Row) -> EffectView:
    return EffectView(
        effective=row.effective_on is not None and row.effect_revoked_at is None,
        moment=local_midnight(row.effective_on) if row.effective_on is not None else None,
        basis=row.effect_basis,
        rule_id=row.effect_rule,
        revoked_at=row.effect_revoked_at,
    )


def _appeal_term(row: Row) -> AppealTermView | None:
    if row.appeal_started is None:
        return None
    return AppealTermView.model_validate({"started": row.appeal_started, "from": row.appeal_from, "lastDay": row.appeal_last_day})


def _delivery(item: Row) -> DeliveryView:
    """A claimed delivery shows as submitted: that an act is under way is nobody's business but the dispatcher's."""
    state = State.SUBMITTED if item.state == State.SENDING else item.state
    return DeliveryView(
        id=str(item.delivery_id),
        channel=item.channel,
        kind=item.kind,
        state=state,
        batch_id=str(item.batch_id),
        contact_point_id=str(item.contact_point_id) if item.contact_point_id else None,
    )
