"""Two people turned out to be one: what was for either is for the survivor, and nobody is told the same thing twice."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from chassis.merging import Merged, mark
from chassis.uow import UnitOfWork
from contracts.codes import Reason
from contracts.identifiers import PersonId
from services.notifications.domain.notices import State
from services.notifications.store import addresses, notices
from services.notifications.store.contact_tables import addressee, consent, contact_point, recipient
from services.notifications.store.notices import NoticeRow
from services.notifications.store.tables import notice, notice_task, postal_address, stopped_registration, undecided_objection
from services.notifications.usecases.send_waiting import send_waiting
from services.notifications.usecases.withdraw import withdraw_one

_MARKED = (notice, notice_task, postal_address, undecided_objection, stopped_registration, consent, contact_point, recipient, addressee)
_GONE = (State.WITHDRAWN, State.REPLACED, State.REFUSED)


async def merge_people(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let each survivor have everything; of two notices that say the same, one that has not left the house yet is withdrawn."""
    await mark(uow, merged, _MARKED)
    await addresses.merge(uow, merged)
    found = await notices.of_people(uow, [one.survivor for one in merged])
    survivors = uow.claim(PersonId(row.person_id) for row in found)
    for row in _second(found, survivors):
        await withdraw_one(uow, survivors[PersonId(row.person_id)], row.notice_id, Reason.MERGED)
    await send_waiting(uow, [one.survivor for one in merged])  # one of them may have had the address that the other's letter waited for


def _second(found: Iterable[NoticeRow], survivors: Mapping[PersonId, PersonId]) -> list[NoticeRow]:
    """Those pending of which an older one stands, or one that is on its way already."""
    groups: dict[tuple[PersonId, str, str, str], list[NoticeRow]] = {}
    for row in found:
        if row.state not in _GONE:
            groups.setdefault((survivors[PersonId(row.person_id)], row.organisation, row.purpose, row.period), []).append(row)
    return [row for rows in groups.values() for row in _pending_after(rows)]


def _pending_after(rows: Sequence[NoticeRow]) -> list[NoticeRow]:
    kept: UUID = min(rows, key=lambda row: (row.state == State.SUBMITTED, row.submitted_at, row.notice_id)).notice_id
    return [row for row in rows if row.state == State.SUBMITTED and row.notice_id != kept]
